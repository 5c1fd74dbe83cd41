"""The benchmarks run and their table is complete; how fast anything is, is not tested here."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks import table
from tests.benchmarks.__main__ import main, measured
from tests.benchmarks.figures import Figure, Goal, Of, Unit, figures
from tests.benchmarks.measures import Pair
from tests.benchmarks.table import HEADINGS, Result
from tests.benchmarks.terminal import NothingShownError, Size, Terminal
from tests.benchmarks.workbench import MissingPeerError, Options, Workbench

CHEAP = {"first picture of the prompt", "next turn (j), still screen"}


def figure(goal: Goal | None = None, *pairs: Pair) -> Figure:
    return Figure("thing", "80×24", Unit.SECONDS, lambda _: list(pairs), "peer", goal)


@pytest.fixture(scope="module")
def results() -> list[Result]:
    cheap = [wanted for wanted in figures() if wanted.name in CHEAP]
    return list(measured(cheap[:2], Options(repetitions=1, is_here=True)))


def test_cheap_figures_are_measured(results: list[Result]) -> None:
    assert [result.remark for result in results] == ["", ""]
    assert all(mine > 0 for result in results for mine, _ in result.pairs)


def test_the_table_is_well_formed(results: list[Result]) -> None:
    heading, *rows = table.text(results).splitlines()
    assert re.split(r" {2,}", heading) == list(HEADINGS)
    assert [len(re.split(r" {2,}", row)) for row in rows] == [len(HEADINGS)] * len(results)


def test_markdown_has_as_many_columns_in_every_row(results: list[Result]) -> None:
    first, blank, *rows = table.markdown(results, "where and when").splitlines()
    assert (first, blank) == ("where and when", "")
    assert {row.count(" | ") for row in rows} == {len(HEADINGS) - 1}


def test_a_bar_in_a_name_ends_no_cell_of_markdown() -> None:
    piped = Figure("thing", "", Unit.BYTES, lambda _: [(1.0, 1.0)], "curl | jq")
    assert "curl \\| jq" in table.markdown([Result(piped, [(1.0, 1.0)])], "")


def test_a_small_library_is_measured() -> None:
    wanted = [wanted for wanted in figures(library_turns=300) if "counted" in wanted.name or "size" in wanted.name]
    results = list(measured([*wanted[-3:], *figures()[-1:]], Options(1, is_here=True, library_turns=300)))
    assert [result.remark for result in results] in ([""] * 4, ["rg is not installed"] * 2 + [""] * 2)
    assert all(mine > 0 and theirs for result in results for mine, theirs in result.pairs)


def test_no_two_rows_are_of_the_same_thing() -> None:
    every = [(row.name, row.at, row.other) for row in figures()]
    assert len(set(every)) == len(every)


def test_another_length_is_one_more_row() -> None:
    assert len(figures((100, 1_000_000))) == len(figures((100,))) + 1


@pytest.mark.parametrize(
    ("goal", "pairs", "met"),
    [
        (Goal(2), [(2.0, 1.0)], "yes"),
        (Goal(2), [(2.1, 1.0)], "NO"),
        (Goal(2), [(9.0, 1.0), (2.0, 1.0), (3.0, 2.0)], "yes"),
        (Goal(2), [(1.0, 0.0)], "NO"),
        (Goal(2, Of.OURS), [(2.0, None)], "yes"),
        (Goal(2, Of.OURS), [(2.1, 9.0)], "NO"),
        (Goal(2, Of.EXCESS), [(3.0, 1.0)], "yes"),
        (Goal(2, Of.EXCESS), [(3.1, 1.0)], "NO"),
        (None, [(1.0, 1.0)], "–"),
        (Goal(2), [], "–"),
    ],
)
def test_a_goal_is_met_by_medians(goal: Goal | None, pairs: list[Pair], met: str) -> None:
    assert table.row(Result(figure(goal, *pairs), pairs))[-1] == met


@pytest.mark.parametrize("error", [MissingPeerError("lnav is not installed"), NothingShownError("wrote nothing")])
def test_what_cannot_be_measured_says_why(error: Exception) -> None:
    def fail(_: Workbench) -> list[Pair]:
        raise error

    [result] = measured([Figure("thing", "here", Unit.BYTES, fail)], Options())
    assert "not measured" in table.row(result)
    assert table.text([result]).endswith(f"- thing, here: {error}")


def test_a_peer_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with Workbench() as bench, pytest.raises(MissingPeerError, match="is not installed"):
        bench.curl_jq_less(1)


def test_a_program_that_shows_something_else_is_quoted() -> None:
    with Terminal(["/bin/echo", "another thing"], Size(80, 24), {}) as terminal:
        with pytest.raises(NothingShownError, match="another thing"):
            terminal.until_shows("the thing")
        with pytest.raises(NothingShownError, match="wrote nothing"):
            _ = terminal.resize(Size(60, 20)).last_s


def test_nothing_to_measure_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "no such figure"]) == 0
    assert capsys.readouterr().out.split("  ")[0] == HEADINGS[0]
