"""What stands in the columns of the timeline."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.timing.calls import Spoken, call, turns_at_random
from tui.core.moment_walk import Reported
from tui.core.timeline import BLOCKS, PLAIN, CellKind, Cells, NextHit, Timeline, drawing
from tui.core.timing import measure
from tui.core.transcript import Role, Turn


def no_hits(_: int) -> None:
    return None


def hits_in(*turns: int) -> NextHit:
    return lambda since: next((turn for turn in turns if turn >= since), None)


def drawn(turns: list[Turn]) -> Timeline:
    slices = drawing(turns, measure(turns))
    while True:
        try:
            next(slices)
        except StopIteration as end:
            timeline: Timeline = end.value
            return timeline


def rows(
    turns: list[Turn], width: int, levels: str = BLOCKS, shown: range = range(0), hits: NextHit = no_hits
) -> tuple[str, str]:
    timeline = drawn(turns)
    user, assistant = (timeline.row(role, width, levels, shown, hits) for role in (Role.USER, Role.ASSISTANT))
    return "".join(cells.text for cells in user), "".join(cells.text for cells in assistant)


def kinds(turns: list[Turn], role: Role, width: int, hits: NextHit = no_hits) -> tuple[Cells, ...]:
    return drawn(turns).row(role, width, BLOCKS, range(0), hits)


def looked_at(turns: list[Turn], role: Role, width: int) -> int:
    """How often a row asks for a hit where each turn has one."""
    asked: list[int] = []

    def every(turn: int) -> int | None:
        asked.append(turn)
        return turn if turn < len(turns) else None

    drawn(turns).row(role, width, BLOCKS, range(0), every)
    return len(asked)


TALK: tuple[Spoken, ...] = (("u", 0, 3000), ("a", 3000, 4500), ("u", 5000, 5200), ("a", 5250, 10_000))


def test_a_column_tells_how_much_of_it_a_side_spoke() -> None:
    assert rows(call(*TALK), 10) == ("▆▆▆  ▂    ", "   ▆▃▅▆▆▆▆")
    assert rows(call(*TALK), 10, PLAIN) == ("###  -    ", "   #=####"[:5] + "#####")


def test_brackets_stand_around_what_is_on_the_screen() -> None:
    assert rows(call(*TALK), 10, shown=range(1, 2)) == ("▆▆▆  ▂    ", "  [▆▃]▆▆▆▆")
    assert rows(call(*TALK), 10, shown=range(4))[1] == "[  ▆▃▅▆▆▆]"
    assert rows(call(("u", 0, 100), ("t", None, None)), 4, shown=range(1, 2))[1] == "    "


def test_moments_and_hits_are_marked_in_the_row_of_their_side() -> None:
    turns = call(("u", 0, 1000), ("a", 9000, 20_000))
    assert kinds(turns, Role.ASSISTANT, 20)[1] == Cells(CellKind.MOMENT, "!")
    assert all(cells.kind is CellKind.SPEECH for cells in kinds(turns, Role.USER, 20))
    assert kinds(turns, Role.USER, 20, hits_in(0))[0] == Cells(CellKind.HIT, "▆")
    assert Cells(CellKind.HIT, "▆") in kinds(turns, Role.ASSISTANT, 20, hits_in(1))


def test_marks_that_stand_nearly_everywhere_are_left_out() -> None:
    turns = call(*[("ua"[place % 2], place * 100, place * 100 + 100) for place in range(40)])
    assert [cells.kind for cells in kinds(turns, Role.USER, 20, hits_in(*range(40)))] == [CellKind.SPEECH]


def test_many_hits_of_a_column_are_not_all_looked_at() -> None:
    turns = call(*[("u", place, place + 1) for place in range(20_000)])
    assert looked_at(turns, Role.ASSISTANT, 10) <= 10 * 12 + 1


def test_hits_that_would_be_left_out_are_not_looked_for() -> None:
    turns = call(*[("u", place, place + 1) for place in range(20_000)])
    assert looked_at(turns, Role.USER, 100) <= 100 / 4 + 2


def test_a_hit_of_each_side_in_one_column_is_drawn_in_both_rows() -> None:
    turns = call(*[("u", place, place + 1) for place in range(8)], ("a", 8, 9), ("u", 90, 100))
    for role in (Role.USER, Role.ASSISTANT):
        assert kinds(turns, role, 10, hits_in(*range(9)))[0].kind is CellKind.HIT


def test_turns_behind_the_last_end_are_not_all_looked_at() -> None:
    turns = call(("u", 0, 10), *[("u", 1_000 + place, None) for place in range(20_000)])
    assert looked_at(turns, Role.ASSISTANT, 10) <= 2 * 12 + 1


@given(turns_at_random(), st.integers(1, 40), st.integers(0, 14), st.integers(0, 14))
@settings(max_examples=80, deadline=None)
def test_every_row_fills_its_width_whatever_the_turns(turns: list[Turn], width: int, first: int, last: int) -> None:
    shown = range(min(first, len(turns)), min(last, len(turns)))
    assert [len(row) for row in rows(turns, width, shown=shown, hits=hits_in(*range(len(turns))))] == [width, width]


def test_what_others_report_has_a_sign_of_its_own() -> None:
    timeline = drawn(call(("u", 0, 1000), ("a", 9000, 20_000)))
    timeline.report([Reported(1, 12_000, "x", "Recap"), Reported(0, None, "x", "Trace"), Reported(1, 1_000, "x", "")])
    user, assistant = (timeline.row(role, 20, BLOCKS, range(0), no_hits) for role in (Role.USER, Role.ASSISTANT))
    assert user[0] == Cells(CellKind.REPORTED, "+")
    assert [cells.text for cells in assistant if cells.kind is CellKind.REPORTED] == ["+"]
    assert Cells(CellKind.MOMENT, "!") in assistant
    timeline.report([])
    assert timeline.row(Role.USER, 20, BLOCKS, range(0), no_hits)[0].kind is CellKind.SPEECH
