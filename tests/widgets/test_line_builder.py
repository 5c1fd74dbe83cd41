"""A row holds its pieces at their columns and is exactly as wide as it was made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tui.core.text import safe_line
from tui.widgets.line_builder import LineBuilder

PLAIN, BOLD = Style.null(), Style(bold=True)


def test_pieces_are_at_their_columns() -> None:
    row = LineBuilder(12, PLAIN)
    row.put("ab", BOLD, 1)
    row.put("c", PLAIN)
    row.put("d", PLAIN, 6)
    assert row.strip().text == " abc  d     "
    assert row.column == 7


def test_a_piece_never_moves_back_over_another() -> None:
    row = LineBuilder(8, PLAIN)
    row.put("abcd", PLAIN)
    row.put("e", PLAIN, 2)
    assert row.strip().text == "abcde   "


def test_wide_characters_take_two_columns() -> None:
    row = LineBuilder(10, PLAIN)
    row.put("日本", PLAIN, 5)
    assert (row.column, row.strip().text) == (9, "     日本 ")


def test_long_text_is_truncated() -> None:
    row = LineBuilder(4, PLAIN)
    row.put("日本語", PLAIN, 1)
    assert row.strip().cell_length == 4
    assert row.strip().text.startswith(" 日")


def test_each_piece_keeps_its_style_over_that_of_the_row() -> None:
    row = LineBuilder(4, Style(color="red"))
    row.put("a", BOLD, 1)
    segments = [(segment.text, segment.style) for segment in row.strip()]
    assert segments[1] == ("a", Style(color="red", bold=True))
    assert segments[0] == (" ", Style(color="red"))


@given(
    st.integers(min_value=0, max_value=30),
    st.lists(st.tuples(st.text(max_size=8), st.none() | st.integers(min_value=-5, max_value=40)), max_size=5),
)
def test_a_row_has_its_given_width(cells: int, pieces: list[tuple[str, int | None]]) -> None:
    row = LineBuilder(cells, PLAIN)
    for text, column in pieces:
        row.put(safe_line(text), PLAIN, column)
    assert row.strip().cell_length == cells
