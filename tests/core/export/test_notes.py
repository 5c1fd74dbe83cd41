"""What the exports say of times: the words of the chat, read back by parsers that are not ours."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Sequence

import html5lib
import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from tests.core.timing.calls import call, turns_at_random
from tests.core.timing.naive import moments, steps, timed_turns, tool_ms
from tui.core.call import CallDocument
from tui.core.export import FORMATS
from tui.core.export.model import Options
from tui.core.layout import TimeStyle
from tui.core.remarks import remarks_of
from tui.core.timing import measure
from tui.core.transcript import Transcript, Turn

XHTML = "{http://www.w3.org/1999/xhtml}"
NOTED = ("txt", "md", "html")
TURNS = call(
    ("u", 0, 1_000), ("t", 1_500, 3_600), ("a", 4_200, 6_001), ("u", 5_401, 8_000), ("a", 6_000, 6_600),
    ("u", 11_000, 11_900), ("a", 11_400, 13_000), ("t", None, None), text="one two",
)  # fmt: skip
TURNS[7] = Turn(7, "tool", "", extra={"name": "track", "result": "no", "is_error": True})
SILENCES = {2: "·· 3.2 s silence ··", 5: "·· 3.0 s silence ··"}
NOTES = {
    2: ["took 3.2 s, of which tool 2.1 s", "cut off after 0.6 s"],
    3: ["cuts in"],
    4: ["at the same time, 0.6 s"],
    6: ["speaks over the user, 0.5 s"],
    7: ["error"],
}


def rendered(name: str, turns: Sequence[Turn], options: Options = Options()) -> str:  # noqa: B008 - frozen
    return FORMATS[name].render(CallDocument(Transcript("c", turns)), options).text


def read_txt(document: str) -> tuple[dict[int, str], dict[int, list[str]]]:
    """The silence before each turn and the notes of it, by turn."""
    silences, notes, turn = {}, {}, 0
    _, _, body = document.partition("\n\n")
    for line in body.splitlines():
        if line.startswith("··"):
            silences[turn] = line
        elif not line.startswith(" "):
            beside = re.match(r"\[(.*?)\] ", line)
            parts = beside[1].split(" · ") if beside else []
            notes[turn] = [part for part in parts if not re.fullmatch(r"[0-9]+:[0-9.]+", part)]
            turn += 1
    return silences, {at: words for at, words in notes.items() if words}


def read_md(document: str) -> tuple[dict[int, str], dict[int, list[str]]]:
    tokens = MarkdownIt("commonmark").parse(document)
    paragraphs = [
        "".join(child.content for child in token.children or ())
        for token in tokens
        if token.type == "inline" and token.level == 1
    ][1:]
    silences, notes, turn = {}, {}, 0
    for paragraph in paragraphs:
        if paragraph.startswith("··"):
            silences[turn] = paragraph
        else:
            _, *parts = paragraph.split(" · ")
            notes[turn] = [part for part in parts if not re.fullmatch(r"[0-9]+:[0-9.]+", part)]
            turn += 1
    return silences, {at: words for at, words in notes.items() if words}


def read_html(document: str) -> tuple[dict[int, str], dict[int, list[str]]]:
    main = html5lib.HTMLParser(strict=True).parse(document).find(f".//{XHTML}main")
    silences, notes, turn = {}, defaultdict[int, list[str]](list), 0
    for element in main:
        if element.tag == f"{XHTML}p":
            silences[turn] = element.text
            continue
        notes[turn] += [note.text for note in element.iter(f"{XHTML}span")]
        turn += 1
    return silences, {at: words for at, words in notes.items() if words}


READERS = {"txt": read_txt, "md": read_md, "html": read_html}


@pytest.mark.parametrize("name", NOTED)
def test_turns_bear_the_notes_and_silences_of_the_chat(name: str) -> None:
    assert READERS[name](rendered(name, TURNS)) == (SILENCES, NOTES)


@pytest.mark.parametrize("name", NOTED)
@given(turns=turns_at_random())
def test_every_turn_bears_what_the_chat_says_of_it(name: str, turns: list[Turn]) -> None:
    remarks = [remarks_of(measure(turns)).of(turn) for turn in range(len(turns))]
    silences = {turn: said.silence for turn, said in enumerate(remarks) if said.silence}
    notes = {turn: list(said.notes) for turn, said in enumerate(remarks) if said.notes}
    assert READERS[name](rendered(name, turns)) == (silences, notes)


@pytest.mark.parametrize("name", NOTED)
def test_a_range_bears_the_notes_of_the_whole_call(name: str) -> None:
    silences, notes = READERS[name](rendered(name, TURNS, Options(turns=range(5, 7))))
    assert silences == {0: SILENCES[5]}
    assert notes == {1: NOTES[6]}


@pytest.mark.parametrize("name", NOTED)
def test_without_times_only_errors_are_told(name: str) -> None:
    turns = call(("u", None, None), ("a", 4_200, None), ("t", None, None), ("u", None, None))
    turns[2] = Turn(2, "tool", "", extra={"name": "track", "is_error": True})
    document = rendered(name, turns)
    assert READERS[name](document) == ({}, {2: ["error"]})
    assert document.count("no turn has a start and a later end") == 1


def test_the_head_counts_moments_and_says_what_times_are_worth() -> None:
    whole = call(("u", 0, 1_000), ("a", 4_000, 4_000), ("a", 7_000, 9_000), ("u", 3_000, 5_000))
    for name in NOTED:
        document = rendered(name, whole)
        assert document.count("1 slow") == 1
        for words in (
            "1 turn has no start and later end",
            "before a turn sent earlier",
            "times in whole seconds, ± 1 s",
        ):
            assert document.count(words) == 1
    assert "Timing" not in rendered("txt", TURNS)
    ranged = rendered("txt", TURNS, Options(turns=range(3, 4)))
    assert (
        "\nTurns    4 of 8\nMoments  1 slow · 1 silence · 2 cut-offs · 1 talked over · 1 error, in the whole call\n"
        in ranged
    )


def test_notes_stand_without_times_too_in_the_text() -> None:
    document = rendered("txt", TURNS, Options(time=TimeStyle.OFF))
    assert "\n[took 3.2 s, of which tool 2.1 s · cut off after 0.6 s] assistant: one two\n" in document
    assert "\nuser: one two\n" in document


@pytest.mark.parametrize("name", ["json", "srt", "vtt"])
def test_other_formats_compute_and_hold_nothing_of_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("measured in vain")

    monkeypatch.setattr("tui.core.export.measured.measure", refused)
    monkeypatch.setattr("tui.core.export.csv.measure", refused)
    assert "silence" not in rendered(name, TURNS)


@given(turns=turns_at_random())
def test_the_table_holds_offsets_and_moments_by_the_rules(turns: list[Turn]) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered("csv", turns), newline=""), strict=True))
    expected = {row["turn"]: {"offset_ms": "", "floor": "", "tool_ms": "", "moments": ""} for row in rows}
    for step in steps(timed_turns(turns)):
        tools = str(tool_ms(turns, step["frontier"], step["start"])) if step["offset"] > 0 else ""
        expected[str(step["turn"])] |= {"offset_ms": str(step["offset"]), "floor": step["kind"], "tool_ms": tools}
    for moment in moments(turns):
        row = expected[str(moment["turn"])]
        row["moments"] = f"{row['moments']} {moment['kind']}".strip()
    assert {row["turn"]: {name: row[name] for name in expected[row["turn"]]} for row in rows} == expected


def test_a_row_may_have_several_moments() -> None:
    turns = call(("u", 0, 1_000), ("a", 4_000, 5_500), error="lost")
    rows = list(csv.DictReader(io.StringIO(rendered("csv", turns[:]), newline="")))
    assert [row["moments"] for row in rows] == ["error", "slow_answer error"]
    ranged = rendered("csv", TURNS, Options(turns=range(5, 7)))
    assert [row[7:] for row in csv.reader(io.StringIO(ranged, newline=""))][1:] == [
        ["3000", "continuing", "0", "silence"],
        ["-500", "change", "", "interruption"],
    ]
