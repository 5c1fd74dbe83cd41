"""A page lays each turn out once, as it is to be shown, and anew for another width or style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import pytest

from tui.core.layout import Layout, LineKind, TimeLabels, TimeStyle, TranscriptLayout
from tui.core.layout.block import NO_REMARKS, Remarks
from tui.core.transcript import Transcript, Turn

TURNS = (
    Turn(0, "assistant", "Good morning", 0, 900),
    Turn(1, "us\x1b[2Jer", "a\x1b]0;x\x07b", 4_200),
    Turn(2, "tool", "", extra={"tool_calls": [{"name": "find"}], "seq": 3}),
    Turn(3, "user", "  "),
    Turn(4, "a speaker with a long, long name", "x", extra={"tool_calls": []}),
)
PAGE = Transcript("c1", TURNS)


class Counted(Sequence[Turn]):
    """Turns that are made when they are asked for, and counted."""

    def __init__(self, count: int) -> None:
        self.length = count
        self.made: list[int] = []

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> Turn: ...
    @overload
    def __getitem__(self, index: slice) -> list[Turn]: ...
    def __getitem__(self, index: int | slice) -> Turn | list[Turn]:
        assert isinstance(index, int)
        self.made.append(index)
        return Turn(index, "user", f"turn {index}", index)

    def __iter__(self) -> Iterator[Turn]:
        raise AssertionError("nobody goes through all turns")


def arranged(
    transcript: Transcript, layout: Layout = Layout.SCRIPT, style: TimeStyle = TimeStyle.OFFSET
) -> TranscriptLayout:
    page = TranscriptLayout(transcript)
    page.arrange(layout, 80, TimeLabels(style))
    return page


def test_a_turn_is_shown_safe() -> None:
    page = arranged(PAGE)
    assert page.block(1).content.body == "a␛b" == page.texts[1]
    assert page.block(1).content.speaker == "us␛er"
    assert page.time(1) == "0:04.2"
    assert page.time(2) == ""


def test_the_placeholder_of_a_missing_text_is_not_searched() -> None:
    page = arranged(PAGE)
    assert page.block(3).content[3:5] == ("(no text)", 0)
    assert page.texts[3] == ""


def test_structures_stand_below_the_words_and_are_searched() -> None:
    page = arranged(PAGE)
    assert page.block(2).content[3:5] == ("▸ find", 0) == (page.texts[2], 0)
    turn = Turn(0, "user", "said", extra={"tool_calls": [{"a": "x" * 500 + "\n\x1b[2J"}], "final": True, "b": {}})
    page = arranged(Transcript("c1", (turn,)))
    body, words = page.block(0).content[3:5]
    assert (body[:words], words) == ("said", 4)
    assert body == page.texts[0]
    assert body.endswith("x" * 500 + " ␛")
    assert page.block(0).height == 2
    page.fold(page.folds.toggled(0))
    assert page.block(0).height > 3


def test_a_text_is_sanitized_once() -> None:
    page = arranged(PAGE)
    assert page.texts.of(1) is page.texts.of(1)


def test_the_columns_of_a_script_fit_their_content() -> None:
    assert arranged(PAGE).block(0).left == 2 + 7 + 12 + 1
    assert arranged(PAGE).block(4).content.speaker == "a speaker w…"
    assert arranged(PAGE, style=TimeStyle.OFF).block(0).left == 2 + 12 + 1
    assert arranged(Transcript("c1", TURNS[:1])).block(0).left == 2 + 7 + len("assistant") + 1


def test_the_chat_gives_a_speaker_more_room() -> None:
    assert arranged(PAGE, Layout.CHAT).block(4).content.speaker == "a speaker with a long, …"


def test_a_legacy_text_is_one_block_without_a_head() -> None:
    page = arranged(Transcript("c1", plain="Caller: hi\nAgent: hello"), Layout.CHAT)
    assert len(page.turns) == 1
    assert [line.kind for line in page.block(0).lines] == [LineKind.BLANK, LineKind.TEXT, LineKind.TEXT]


def test_turns_of_one_speaker_in_a_row_are_one_run() -> None:
    page = arranged(Transcript("c1", tuple(Turn(i, who, "x") for i, who in enumerate(("a", "a", "b", "a")))))
    assert [page.block(index).content.continues for index in range(4)] == [False, True, False, False]


def test_hidden_turns_divide_a_run() -> None:
    page = arranged(Transcript("c1", tuple(Turn(i, "a", "x") for i in range(4))))
    page.show_only({0, 2, 3})
    assert [page.block(index).content.continues for index in (0, 2, 3)] == [False, False, True]


def test_another_width_or_style_lays_out_again() -> None:
    page = arranged(Transcript("c1", (Turn(0, "user", "word " * 40, 1_000),)))
    before = page.block(0)
    assert page.block(0) is before
    page.arrange(Layout.SCRIPT, 40, TimeLabels(TimeStyle.OFF))
    assert len(page.block(0).spans) > len(before.spans)
    assert page.time(0) == ""


@pytest.mark.parametrize("layout", Layout)
def test_only_turns_with_other_remarks_are_laid_out_again(layout: Layout) -> None:
    page = arranged(PAGE, layout)
    before = [page.block(index) for index in range(3)]
    page.remark(lambda turn: Remarks(notes=("cuts in",), moments=("cuts in",)) if turn == 1 else NO_REMARKS)
    after = [page.block(index) for index in range(3)]
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True]
    assert any("cuts in" in piece.text for line in after[1].lines for piece in line.pieces)
    page.remark(lambda turn: NO_REMARKS)
    assert page.block(1) == before[1]


def test_only_a_few_turns_are_looked_at() -> None:
    turns = Counted(100_000)
    page = arranged(Transcript("c1", turns))
    assert page.block(50_000).content.body == "turn 50000"
    assert len(set(turns.made)) < 500


def test_the_blocks_kept_are_bounded() -> None:
    turns = Counted(5_000)
    page = arranged(Transcript("c1", turns), Layout.CHAT)
    first = page.block(0)
    for index in range(1, 5_000):
        page.block(index)
    turns.made.clear()
    page.block(4_999)
    assert turns.made == []
    assert page.block(0) == first
    assert page.block(0) is not first


def test_the_start_in_a_transcript_is_known_at_once() -> None:
    assert TranscriptLayout(Transcript("c1", epoch_ms=7)).labels.epoch_ms == 7


@pytest.mark.parametrize("layout", Layout)
def test_an_empty_transcript_can_be_arranged(layout: Layout) -> None:
    assert len(arranged(Transcript("c1"), layout).turns) == 0
