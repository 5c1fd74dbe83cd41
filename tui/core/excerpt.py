"""Excerpts: the text around a hit, on one line."""

from __future__ import annotations

from typing import NamedTuple

from tui.core.fold import Span
from tui.core.text import ELLIPSIS, cell_len, clip, safe_line

_LOOKED_AT = 400
"""Characters considered on either side of a hit; more never fit on a line."""


class Excerpt(NamedTuple):
    """A part of a text on one line, safe to show.

    Attributes:
        text: The text.
        hit: The span of the hit in it.
    """

    text: str
    hit: Span


def excerpt(text: str, span: Span, cells: int) -> Excerpt:
    """A hit with as much text around it as fits; an ellipsis marks omitted text.

    Args:
        text: The whole text; need not be safe.
        span: The span of the hit.
        cells: The available width in terminal cells.
    """
    start, end = span
    before, hit, after = text[max(0, start - _LOOKED_AT) : start], text[start:end], text[end : end + _LOOKED_AT]
    hit = clip(_one_line(hit), cells)
    room = max(0, cells - cell_len(hit))
    before = _last(_one_line(before), max(room // 2, room - cell_len(_one_line(after))), cut=start > _LOOKED_AT)
    after = clip(_one_line(after), max(0, room - cell_len(before)))
    line = clip(safe_line(before + hit + after), cells)
    begins, ends = (len(safe_line(f"{part}x")) - 1 for part in (before, before + hit))
    return Excerpt(line, (min(begins, len(line)), min(ends, len(line))))


def _one_line(text: str) -> str:
    """Replace white space by single spaces; unlike ``safe_line``, keeps it at the ends, as the text continues there."""
    ends = (" " if text[:1].isspace() else "", " " if text[-1:].isspace() else "")
    return ends[0] + " ".join(text.split()) + ends[1] if text.strip() else text[:1] and " "


def _last(line: str, cells: int, *, cut: bool) -> str:
    """The end of a line that fits into ``cells``, after an ellipsis if it is cut."""
    if cell_len(line) <= cells and not cut:
        return line
    words = line.split(" ")
    while words and cell_len(ELLIPSIS) + cell_len(" ".join(words)) > cells:
        del words[0]
    return ELLIPSIS + " ".join(words) if words else ""
