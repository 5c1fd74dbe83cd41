"""The buffer: a terminal fed through it shows what one shows that gets all that Textual sends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.terminal.pages import EMOJI, UNSURE, WORDS, Page, changes, pages
from tests.terminal.screens import Terminal
from tui.terminal.differ import CLEAR
from tui.terminal.screen_buffer import MOST_AT_ONCE, SYNC_END, SYNC_START, ScreenBuffer

Changes = list[tuple[str, tuple[Any, ...]]]

EMPTY_PARAMETER = re.compile(r"\x1b\[[\d;]*(?:(?<!\d);|;(?!\d))")
"""One before or behind others, which some terminals skip."""


class Pair:
    """Two terminals that should look the same: one gets everything, the other only what the buffer sends."""

    def __init__(self, width: int, height: int) -> None:
        self.buffer = ScreenBuffer(width, height)
        self.direct = Terminal(width, height)
        self.diffed = Terminal(width, height)

    def update(self, data: str) -> str:
        self.direct.feed(data.replace("\n", "\r\n"))
        self.buffer.feed(data)
        return self.deliver()

    def deliver(self) -> str:
        sent = self.buffer.take()
        assert not EMPTY_PARAMETER.search(sent)
        self.diffed.feed(sent)
        assert self.diffed.state(self.direct) == self.direct.state()
        return sent

    def resize(self, width: int, height: int) -> None:
        self.buffer.resize(width, height)
        for terminal in (self.direct, self.diffed):
            terminal.resize(height, width)


def apply(page: Page, change: str, arguments: tuple[Any, ...], pair: Pair) -> None:
    if change == "resize":
        pair.resize(*arguments)
    pair.update(getattr(page, change)(*arguments))


@settings(max_examples=150, deadline=None)
@given(pages(WORDS + UNSURE), changes(WORDS + UNSURE))
def test_both_terminals_show_the_same_after_every_update(page: Page, made: Changes) -> None:
    pair = Pair(page.width, page.height)
    pair.update(page.full())
    for change, arguments in made:
        apply(page, change, arguments, pair)


@settings(max_examples=60, deadline=None)
@given(pages(WORDS), changes(WORDS), st.integers(2, 5))
def test_updates_may_be_merged(page: Page, made: Changes, at_once: int) -> None:
    pair = Pair(page.width, page.height)
    pair.update(page.full())
    for number, (change, arguments) in enumerate(made):
        if change == "resize":
            pair.resize(*arguments)
        data = getattr(page, change)(*arguments)
        pair.direct.feed(data.replace("\n", "\r\n"))
        pair.buffer.feed(data)
        if number % at_once == 0 or change == "resize":
            pair.deliver()
    pair.deliver()


def in_another_width(grapheme: str) -> int:
    """The width on a terminal that draws what is ambiguous wide, and sequences character by character."""
    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in grapheme)
    if "\u2500" <= grapheme <= "\u25ff":
        return 1
    return 2 if unicodedata.east_asian_width(grapheme[0]) == "A" else wide


@settings(max_examples=100, deadline=None)
@example(Page([[], [], [], [], [("", "é")], [("", "👨‍👩‍👧é")]], 12, 6, top=1), [("scroll", (1,))])
@given(pages(WORDS + UNSURE), changes(WORDS + UNSURE))
def test_where_widths_differ_rows_look_as_after_a_full_redraw(page: Page, made: Changes) -> None:
    buffer = ScreenBuffer(page.width, page.height)
    terminal = Terminal(page.width, page.height, in_another_width)
    buffer.feed(page.full())
    terminal.feed(buffer.take())
    for change, arguments in made:
        if change == "resize":
            buffer.resize(*arguments)
            terminal.resize(arguments[1], arguments[0])
        buffer.feed(getattr(page, change)(*arguments))
        terminal.feed(buffer.take())
        looks = terminal.looks()
        buffer.redraw()
        fresh = Terminal(page.width, page.height, in_another_width)
        fresh.feed(buffer.take())
        assert looks == fresh.looks()


def oldest(grapheme: str) -> int:
    """The width on a terminal that knows no emoji at all."""
    return 1 if grapheme in "".join(EMOJI) or grapheme in EMOJI else cell_len(grapheme)


@pytest.mark.parametrize("width", [in_another_width, oldest])
@settings(max_examples=100, deadline=None)
@given(page=pages(WORDS + EMOJI), made=changes(WORDS + EMOJI))
def test_no_letter_is_wrong_whatever_the_width_of_emoji(width: Callable[[str], int], page: Page, made: Changes) -> None:
    pair = Pair(page.width, page.height)
    pair.diffed = Terminal(page.width, page.height, width)
    for change, arguments in [("full", ()), *made]:
        if change == "resize":
            pair.resize(*arguments)
        data = getattr(page, change)(*arguments)
        pair.direct.feed(data.replace("\n", "\r\n"))
        pair.buffer.feed(data)
        pair.diffed.feed(pair.buffer.take())
        assert letters(pair.diffed) == letters(pair.direct)


def letters(terminal: Terminal) -> list[list[str]]:
    """The letters in their cells."""
    return [[look[0] if look[0].isalnum() else "" for look in row] for row in terminal.looks()]


def shown(data: str, width: int = 20, height: int = 4) -> ScreenBuffer:
    """A buffer whose terminal shows some data already."""
    buffer = ScreenBuffer(width, height)
    buffer.feed(data)
    buffer.take()
    return buffer


def test_the_first_picture_is_drawn_on_a_cleared_screen() -> None:
    buffer = ScreenBuffer(20, 4)
    buffer.feed("\x1b[1;1Hhello\x1b[1;1H")
    assert buffer.take() == f"{CLEAR}hello"


def test_redrawing_the_same_screen_sends_nothing() -> None:
    buffer = shown("\x1b[2;3Hhello\x1b[1;1H")
    buffer.feed("\x1b[2;3H\x1b[39;49mhello\x1b[0m\x1b[1;1H")
    assert buffer.take() == ""


def test_only_what_changed_is_sent() -> None:
    buffer = shown("\x1b[2;3Hhello\x1b[1;1H")
    buffer.feed("\x1b[2;3Hhallo\x1b[1;1H")
    assert buffer.take() == "\x1b[2;4Ha"


def test_the_end_of_a_row_is_erased() -> None:
    buffer = shown("\x1b[2;1Hhello world\x1b[1;1H")
    buffer.feed("\x1b[2;1Hhello      \x1b[1;1H")
    assert buffer.take() == "\x1b[2;7H\x1b[K"


def test_a_painted_end_of_a_row_is_not_erased() -> None:
    buffer = shown("\x1b[2;1H\x1b[44mhello world         \x1b[0m\x1b[1;1H")
    buffer.feed("\x1b[2;1H\x1b[44mhello               \x1b[0m\x1b[1;1H")
    assert buffer.take() == "\x1b[2;7H\x1b[44m     \x1b[m"


def test_a_stretch_within_a_row_is_erased() -> None:
    buffer = shown("\x1b[1;1H0123456789012345678|\x1b[1;1H")
    buffer.feed("\x1b[1;1H0                  |\x1b[1;1H")
    assert buffer.take() == "\x1b[1;2H\x1b[18X"


STYLES = ("", "1", "31", "1;38;5;162", "38;5;30", "4", "44", "2;7")


def dabs(*rows: list[tuple[str, str]]) -> str:
    """Rows in which each piece of text has a style of its own."""
    drawn = ["".join(f"\x1b[0;{style}m{text}" for text, style in cells) for cells in rows]
    return "\x1b[H" + "\n".join(drawn) + "\x1b[m\x1b[H"


PIECES = st.tuples(st.sampled_from(("a", "bc", " ", "▃", "漢", "🙂", "    ")), st.sampled_from(STYLES))
SCREEN_OF_DABS = st.lists(st.lists(PIECES, max_size=12), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.lists(SCREEN_OF_DABS, max_size=4), st.sets(st.sampled_from(STYLES), min_size=2, max_size=4))
def test_screens_of_many_styles_are_shown_as_they_are(
    screens: list[list[list[tuple[str, str]]]], few: set[str]
) -> None:
    pair = Pair(50, 7)
    for screen in screens:  # of four styles at most: the more of one style, the more is drawn in layers
        pair.update(dabs(*([(text, style if style in few else min(few)) for text, style in row] for row in screen)))


def test_a_style_that_stands_in_many_rows_is_set_once() -> None:
    times = [[("    ", ""), (f"0:0{row}", "38;5;243"), ("   words of this turn", "")] for row in range(6)]
    sent = Pair(50, 7).update(dabs(*times))
    assert sent.count("38;5;243") == 1
    assert sent.index("words of this turn") < sent.index("0:00")


def test_dabs_of_another_style_are_drawn_after_what_is_around_them() -> None:
    timeline = [("▃▃▃", "38;5;130"), ("!", "1;38;5;162")] * 12
    one_by_one = 12 * len("\x1b[0;38;5;130m▃▃▃\x1b[1;38;5;162m!".encode())
    sent = Pair(50, 2).update(dabs([*timeline, ("▃", "38;5;130")]))
    assert len(sent.encode()) < one_by_one * 0.6
    assert sent.count("38;5;130") == sent.count("38;5;162") == 1


def test_blanks_lead_over_cells_that_are_drawn_later() -> None:
    timeline = [("▃▃▃", "38;5;130"), ("!", "1;38;5;162"), ("漢", "38;5;30")] * 8
    sent = Pair(50, 2).update(dabs(timeline))
    assert "▃▃▃   ▃▃▃" in sent
    assert sent.count("38;5;30") == 1


def test_words_that_are_drawn_later_are_written_with_the_blanks_between_them() -> None:
    foot = [piece for key in "?/eo" for piece in ((key, "1"), ("  two words  ", "38;5;243"))]
    sent = Pair(80, 2).update(dabs([*foot, ("q", "1")]))
    assert sent.count("two words") == 4
    assert sent.count("38;5;243") == 1


def scrolled(rows: int) -> str:
    texts = ["one two three", "four five six!", "seven eight 9.", "ten eleven 12.", "twelve 13 14.."]
    texts = texts[rows:] + texts[:rows]
    lines = [f"\x1b[{y};1H{text:<20}" for y, text in enumerate(texts, 2)]
    return "\x1b[1;1Hhead\n" + "\n".join(lines) + "\x1b[7;1Hfoot of the screen\x1b[1;1H"


def test_a_scrolled_band_is_moved_by_the_terminal() -> None:
    buffer = shown(scrolled(0), height=7)
    buffer.feed(scrolled(1))
    assert buffer.take() == "\x1b[2H\x1b[M\x1b[6H\x1b[Lone two three"
    buffer.feed(scrolled(0))
    assert buffer.take() == "\x1b[6H\x1b[M\x1b[H\x1b[Lhead\r\none two three"


def test_a_rule_of_blanks_below_a_scrolled_band_stays_where_it_is() -> None:
    texts = [
        "one two three",
        "four five six!",
        "seven eight 9.",
        "ten eleven 12.",
        "twelve 13 14..",
        "fifteen 16 17.",
        "18",
    ]

    def page(first: int) -> str:
        turns = "".join(f"\x1b[{y};1H{texts[first + y - 1]:<20}" for y in range(1, 7))
        return f"{turns}\x1b[7;1H\x1b[4m{' ' * 20}\x1b[m\x1b[8;1Hfoot"

    buffer = shown(page(0), height=8)
    buffer.feed(page(1))
    sent = buffer.take()
    assert "\x1b[M" in sent
    assert "\x1b[4m" not in sent


def test_passed_through_sequences_precede_the_picture() -> None:
    buffer = shown("\x1b[1;1Hhello\x1b[1;1H")
    modes = "\x1b[?25l\x1b[?1000h\x1b[>13u\x1b[?2026$p\x07\x1b]52;c;eA==\x07\x1b]0;title\x1b\\\x1b[2 q"
    buffer.feed("\x1b[1;1Hj\x1b[1;1H")
    buffer.feed(modes)
    assert buffer.take() == f"{modes}\x1b[Hj"


@pytest.mark.parametrize("unknown", ["\x1b[2J", "\x1bc", "\x1b[5;3r", "\x1bPq#1\x1b\\", "\x1b[3S", "\x1b[?1047l"])
def test_an_unknown_sequence_causes_a_full_redraw(unknown: str) -> None:
    buffer = shown("\x1b[1;1Hhello\x1b[1;1H")
    buffer.feed(unknown)
    assert buffer.take() == f"{unknown}{CLEAR}hello"


@pytest.mark.parametrize("string", ["\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\", "\x1b_G\x1b\x1b[m\x1b\x1b\\\x1b\\"])
def test_a_control_string_with_escapes_passes_unchanged(string: str) -> None:
    buffer = shown("\x1b[1;1Hhello\x1b[1;1H")
    buffer.feed(f"{string}\x1b[1;1Hj\x1b[1;1H")
    assert buffer.take() == f"{string}{CLEAR}jello"


@pytest.mark.parametrize("control", ["\x00", "\t", "\x0b", "\x7f", "\x9b", "\x1b", "\x1b[12", "\x1b]0;x"])
def test_stray_controls_in_text_do_not_reach_the_terminal(control: str) -> None:
    buffer = shown("")
    buffer.feed(f"\x1b[1;1Ha{control}")
    assert buffer.take().removeprefix(CLEAR).isprintable()


def test_only_long_changes_are_synchronized() -> None:
    buffer = ScreenBuffer(MOST_AT_ONCE, 3)
    long = "x" * MOST_AT_ONCE
    buffer.feed(f"{SYNC_START}\x1b[1;1H{long}\x1b[1;1H{SYNC_END}")
    sent = buffer.take()
    assert (sent.startswith(f"{SYNC_START}{CLEAR}{long}"), sent.endswith(SYNC_END)) == (True, True)
    buffer.feed(f"{SYNC_START}\x1b[1;1Hhello\x1b[1;1H{SYNC_END}")
    assert buffer.take() == "\x1b[Hhello"
    buffer.feed(f"{SYNC_START}\x1b[1;1Hhello\x1b[1;1H{SYNC_END}")
    assert buffer.take() == ""


def test_nothing_is_drawn_outside_the_alternate_screen() -> None:
    buffer = shown("\x1b[?1049h\x1b[1;1Hhello\x1b[1;1H")
    buffer.feed("\x1b[1;1Hhallo\x1b[1;1H")
    buffer.feed("\x1b[?1049l")
    assert buffer.take() == "\x1b[?1049l"
    assert not buffer.pending
    buffer.feed("\x1b[?1049h")
    assert buffer.take() == f"\x1b[?1049h{CLEAR}hallo"


def test_hyperlinks_belong_to_the_style() -> None:
    buffer = shown("\x1b[1;1Hone two\x1b[1;1H")
    buffer.feed("\x1b[1;5H\x1b]8;id=1;https://x\x1b\\\x1b[4mtwo\x1b[0m\x1b]8;;\x1b\\\x1b[1;1H")
    assert buffer.take() == "\x1b[1;5H\x1b]8;id=1;https://x\x1b\\\x1b[4mtwo\x1b]8;;\x1b\\\x1b[m"


def test_a_held_back_picture_comes_later() -> None:
    buffer = shown("\x1b[1;1Hhello\x1b[1;1H")
    buffer.feed("\x1b[1;1Hj\x1b[1;1H\x07")
    assert buffer.take(picture=False) == "\x07"
    assert buffer.pending
    assert buffer.take() == "\x1b[Hj"


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (300, 120)])
def test_any_size_works(size: tuple[int, int]) -> None:
    pair = Pair(5, 2)
    pair.update("\x1b[1;1Hhello\n\x1b[2;1H日本x\x1b[1;1H")
    pair.buffer.resize(*size)
    pair.direct, pair.diffed = Terminal(*size), Terminal(*size)
    blank = " " * size[0]
    pair.update("\n".join(f"\x1b[{y};1H{blank}" for y in range(1, size[1] + 1)) + "\x1b[1;1Hx\x1b[1;1H")
