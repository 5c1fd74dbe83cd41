"""The words around a hit find room on one line, and the hit always does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.excerpt import excerpt
from tui.core.text import cell_len, safe, safe_line

LONG = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("hit", "cells", "shown"),
    [
        ("five", 80, LONG),
        ("five", 24, "…four five six seven ei…"),
        ("one", 12, "one two thr…"),
        ("ten", 12, "…nine ten"),
        ("five six seven eight", 10, "five six …"),
    ],
)
def test_what_finds_room(hit: str, cells: int, shown: str) -> None:
    at = LONG.index(hit)
    line, (start, end) = excerpt(LONG, (at, at + len(hit)), cells)
    assert line == shown
    assert hit.startswith(line[start:end].rstrip("… "))
    assert line[start:end].startswith(hit[:4])


def test_lines_read_as_one() -> None:
    assert excerpt("first\n\nthe  hit\nlast", (7, 15), 40).text == "first the hit last"


def test_of_a_megabyte_only_the_words_around_are_looked_at() -> None:
    text = "word " * 200_000
    assert excerpt(text, (500_000, 500_004), 20).text == "…word word word wor…"


@given(st.text(max_size=80), st.data())
def test_it_is_safe_on_one_line_and_no_longer_than_its_room(raw: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([raw, safe(raw)]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    cells = data.draw(st.integers(1, 60))
    shown, (first, last) = excerpt(text, (start, end), cells)
    assert 0 <= first <= last <= len(shown)
    assert cell_len(shown) <= cells
    assert shown == safe_line(shown)
