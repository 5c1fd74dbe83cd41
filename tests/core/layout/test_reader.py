"""The reader's place: whatever is pressed, the window is full of the call and the current turn is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout import Block, Layout, LinePosition, Reader, Remarks, TimeLabels, TranscriptLayout
from tui.core.layout.folds import Folds
from tui.core.transcript import Transcript, Turn

SPEAKERS = ("user", "assistant", "tool")
MOVES: dict[str, Callable[[Reader], None]] = {
    "next": Reader.next_turn,
    "previous": Reader.previous_turn,
    "next of role": Reader.next_same_role,
    "previous of role": Reader.previous_same_role,
    "line down": lambda reader: reader.scroll(1),
    "line up": lambda reader: reader.scroll(-1),
    "page down": lambda reader: reader.scroll(reader.page_lines()),
    "page up": lambda reader: reader.scroll(-reader.page_lines()),
    "half down": lambda reader: reader.scroll(reader.page_lines(half=True)),
    "start": Reader.go_to_start,
    "end": Reader.go_to_end,
    "row": lambda reader: reader.go_to_row(3),
    "few": lambda reader: reader.show_only([turn for turn in range(len(reader.page.turns)) if turn % 3 == 0]),
    "all": lambda reader: reader.show_only(None),
    "unfold": Reader.unfold,
    "unfold all": Reader.unfold_all,
    "narrow": lambda reader: reader.arrange(Layout.SCRIPT, 40, 12, TimeLabels(), is_first=False),
    "outline": lambda reader: reader.arrange(Layout.OUTLINE, 80, 12, TimeLabels(), is_first=False),
    "remark": lambda reader: reader.remark(lambda turn: Remarks(("slow",), silence="3.2 s" if turn % 2 else "")),
    "remark nothing": lambda reader: reader.remark(lambda _: Remarks()),
    "low": lambda reader: reader.arrange(Layout.CHAT, 80, 2, TimeLabels(), is_first=False),
    "show current": Reader.show_current,
    "first row": lambda reader: reader.go_to_row(0),
    "last row": lambda reader: reader.go_to_row(max(0, len(reader.rows()) - 1)),
    "wide": lambda reader: reader.arrange(Layout.CHAT, 120, 30, TimeLabels(), is_first=False),
}


def besides(turn: int) -> dict[str, Any]:
    """What a turn carries besides its words: tool calls, where a tool speaks."""
    calls = [{"name": "find", "args": {f"of {at}": [{"id": at}] * at for at in range(turn % 9)}, "result": "done"}] * 2
    return {"tool_calls": calls} if SPEAKERS[turn % 3] == "tool" else {}


def reader_of(words: list[int], height: int = 12) -> Reader:
    """A reader of a call whose turns have so many words."""
    turns = [
        Turn(at, SPEAKERS[at % 3], "word " * count, 1000 * at, extra=besides(at)) for at, count in enumerate(words)
    ]
    reader = Reader(TranscriptLayout(Transcript(call_id="c", turns=turns)), height)
    reader.arrange(Layout.CHAT, 80, height, TimeLabels(), is_first=True)
    return reader


@given(st.lists(st.integers(0, 300), max_size=30), st.lists(st.sampled_from(sorted(MOVES)), max_size=30))
def test_every_movement_keeps_the_current_turn_in_the_window(words: list[int], moves: list[str]) -> None:
    reader = reader_of(words)
    for move in moves:
        MOVES[move](reader)
        rows = reader.rows()
        assert len(rows) <= 30
        assert [*rows] == sorted(rows)
        assert len(set(rows)) == len(rows)
        if words:
            assert 0 <= reader.current < len(words)
            lead = reader.page.block(reader.current).lead
            assert any(turn == reader.current and line >= lead for turn, line in rows)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.data())
def test_a_reader_returns_to_its_position(words: list[int], data: st.DataObject) -> None:
    reader = reader_of(words)
    reader.go_to_turn(data.draw(st.integers(0, len(words) - 1)))
    before, rows = reader.reading_position, [*reader.rows()]
    reader.go_to_end()
    reader.return_to(before)
    assert (reader.reading_position, [*reader.rows()]) == (before, rows)


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=12),
    st.lists(st.sampled_from(sorted(MOVES)), max_size=12),
    st.lists(st.integers(0, 60), max_size=12),
    st.lists(st.sampled_from(["few", "narrow", "wide"]), max_size=3),
)
def test_a_position_of_another_layout_or_call_is_accepted(
    words: list[int], moves: list[str], others: list[int], changes: list[str]
) -> None:
    reader, other = reader_of(words), reader_of(others)
    for move in moves:
        MOVES[move](reader)
    position = reader.reading_position
    for change in changes:
        MOVES[change](reader)
        MOVES[change](other)
    for returned in (reader, other):
        returned.return_to(position)
        assert len(returned.rows()) <= 30
        assert 0 <= returned.current < max(1, len(returned.page.turns))


def test_a_hit_is_current_until_another_turn_is() -> None:
    reader = reader_of([400] * 5)
    reader.go_to_hit((3, 1500, 1504))
    line = reader.page.block(3).line_of(1500)
    assert (3, line) in reader.rows()
    assert reader.current_hit == (3, 1500, 1504)
    reader.next_same_role()
    assert reader.current_hit == (3, 1500, 1504)  # there is none
    reader.go_to_start()
    assert reader.current_hit is None


def test_a_turn_taller_than_the_window_is_read_by_lines() -> None:
    reader = reader_of([2, 400, 2])
    reader.next_turn()
    assert reader.current == 1
    tops = []
    while reader.current == 1:
        tops.append(reader.rows()[0])
        reader.next_turn()
    assert len(tops) > 20
    assert tops == sorted(set(tops))
    reader.previous_turn()
    assert reader.current == 1
    assert (1, reader.page.block(1).height - 1) in reader.rows()


def test_a_hit_in_a_folded_structure_unfolds_its_turn() -> None:
    reader = reader_of([4] * 9)
    body = reader.page.block(8).content.body
    at = body.rindex('"id": 7')
    reader.go_to_hit((8, at, at + 7))
    assert [turn for turn in range(9) if reader.page.folds.is_unfolded(turn)] == [8]
    block = reader.page.block(8)
    assert (8, block.line_of(at)) in reader.rows()
    assert not block.folds_away(at, at + 7)
    reader.unfold()
    assert (8, block.line_of(at)) not in reader.rows()
    shown = body.index("find")
    reader.go_to_hit((8, shown, shown + 4))
    assert not reader.page.folds.is_unfolded(8)


def test_a_turn_without_structures_cannot_be_unfolded() -> None:
    reader = reader_of([80] * 9, height=8)
    reader.go_to_turn(3)
    reader._viewport.scroll(-7)
    reader._rows = None
    before = [*reader.rows()]
    reader.unfold()
    assert ([*reader.rows()], reader.page.folds) == (before, Folds())


def test_returning_restores_the_folds() -> None:
    reader = reader_of([4] * 9)
    before = reader.reading_position
    rows = [*reader.rows()]
    reader.unfold_all()
    assert [*reader.rows()] != rows
    reader.return_to(before)
    assert [*reader.rows()] == rows


def test_all_turns_are_folded_only_if_all_are_unfolded() -> None:
    folds = Folds().toggled(3).all_toggled()
    assert folds == Folds(unfolds_all=True)
    assert folds.all_toggled() == Folds()
    assert folds.toggled(2).all_toggled() == folds


def test_an_unfolded_structure_is_brought_into_the_window() -> None:
    reader = reader_of([1] * 12, height=14)
    reader.go_to_turn(8)
    reader._viewport.put(LinePosition(8, 3), 13)
    reader._rows = None
    reader.unfold()
    rows, first = list(reader.rows()), reader.page.block(8).first
    assert len([row for row in rows if row >= (8, first)]) >= 7


@pytest.mark.parametrize("move", [name for name in MOVES if name not in {"few", "all"}])
def test_a_movement_looks_only_at_turns_in_the_window(move: str) -> None:
    reader = reader_of([8] * 20_000)
    reader.go_to_turn(10_000)
    laid_out = []
    lay_out = reader.page._lay_out

    def counted(turn: Turn) -> Block:
        laid_out.append(turn.index)
        return lay_out(turn)

    reader.page._lay_out = counted  # type: ignore[method-assign]  # the turns that are laid out are counted
    MOVES[move](reader)
    assert [*reader.rows()]
    assert len(laid_out) < 100


def test_an_empty_transcript_can_be_read() -> None:
    reader = reader_of([])
    for move in MOVES.values():
        move(reader)
        assert [*reader.rows()] == []
    assert reader.reading_position.turn == 0
