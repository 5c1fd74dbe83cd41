"""The terminal that the tests look through."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.terminal.screens import Terminal

_PIECES = ["a", " ", "é", "e\u0301", "❤️", "❤", "👨‍👩‍👧", "👍🏽", "🇩🇪", "漢", "क्षि", "\x1b[1m", "\x1b[0m", "\x1b[3;9H"]


@given(st.lists(st.sampled_from(_PIECES), max_size=20), st.sets(st.integers(0, 60)))
def test_pieces_of_any_size_show_the_same(pieces: list[str], cuts: set[int]) -> None:
    data = "".join(pieces)
    whole, cut = Terminal(100, 5), Terminal(100, 5)
    whole.feed(data)
    edges = sorted({0, len(data), *(place for place in cuts if place < len(data))})
    for start, end in pairwise(edges):
        cut.feed(data[start:end])
    assert cut.state() == whole.state()


def test_an_empty_line_moves_up_like_any_other() -> None:
    terminal = Terminal(10, 4)
    terminal.feed("one\x1b[3;1Hthree\x1b[1;1H\x1b[M")
    assert [row.rstrip() for row in terminal.display] == ["", "three", "", ""]
