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
def test_an_excerpt_fits_its_room(hit: str, cells: int, shown: str) -> None:
    at = LONG.index(hit)
    line, ((start, end),) = excerpt(LONG, [(at, at + len(hit))], cells)
    assert line == shown
    assert hit.startswith(line[start:end].rstrip("… "))
    assert line[start:end].startswith(hit[:4])


def test_line_feeds_become_spaces() -> None:
    assert excerpt("first\n\nthe  hit\nlast", [(7, 15)], 40).text == "first the hit last"


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (80, "no [t]wo wi[t]h[ou][t] a [t]ab"),
        (13, "no [t]wo wi[t]h[o]…"),
        (12, "no [t]wo wi[t]h…"),
        (10, "no [t]wo wi…"),
        (3, "…[t]…"),
    ],
)
def test_all_hits_that_an_excerpt_shows_are_in_it(cells: int, shown: str) -> None:
    text, spans = "no two\n  without a tab", [(3, 4), (11, 12), (13, 15), (15, 16), (19, 20)]
    line = "".join(f"[{words}]" if is_hit else words for words, is_hit in excerpt(text, spans, cells).parts())
    assert line == shown


def test_only_text_around_the_hit_is_processed() -> None:
    text = "word " * 200_000
    assert excerpt(text, [(500_000, 500_004)], 20).text == "…word word word wor…"


@given(st.text(max_size=80), st.data())
def test_an_excerpt_is_safe_and_bounded(raw: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([raw, safe(raw)]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spans = [(start, end)]
    while end < len(text) and data.draw(st.booleans()):
        start = data.draw(st.integers(end, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        spans.append((start, end))
    cells = data.draw(st.integers(1, 60))
    found = excerpt(text, spans, cells)
    shown, hits = found
    places = [place for span in hits for place in span]
    assert [0, *places, len(shown)] == sorted([0, *places, len(shown)])
    assert "".join(words for words, _ in found.parts()) == shown
    assert cell_len(shown) <= cells
    assert shown == safe_line(shown)
