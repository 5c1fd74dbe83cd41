"""Excerpts: the text around a hit, on one line, with all hits that are in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from tui.core.fold import Span
from tui.core.text import ELLIPSIS, cell_len, clip, safe_line

_LOOKED_AT = 400
"""Characters considered on either side of a hit; more never fit on a line."""


class Excerpt(NamedTuple):
    """A part of a text on one line, safe to show.

    Attributes:
        text: The text.
        hits: The spans of the hits in it, in order; one that is cut off ends where the text does.
    """

    text: str
    hits: tuple[Span, ...]

    def parts(self) -> Iterator[tuple[str, bool]]:
        """The text in parts, each with whether it is a hit."""
        at = 0
        for begins, ends in self.hits:
            yield self.text[at:begins], False
            yield self.text[begins:ends], True
            at = ends
        yield self.text[at:], False


def excerpt(text: str, spans: Sequence[Span], cells: int) -> Excerpt:
    """A hit with as much text around it as fits; an ellipsis marks omitted text.

    Args:
        text: The whole text; need not be safe.
        spans: The span of the hit, and of others behind it, in order.
        cells: The available width in terminal cells.
    """
    start, end = spans[0]
    before, hit, after = text[max(0, start - _LOOKED_AT) : start], text[start:end], text[end : end + _LOOKED_AT]
    hit = clip(_one_line(hit), cells)
    room = max(0, cells - cell_len(hit))
    before = _last(_one_line(before), max(room // 2, room - cell_len(_one_line(after))), cut=start > _LOOKED_AT)
    after = clip(_one_line(after), max(0, room - cell_len(before)))
    line = clip(safe_line(before + hit + after), cells)
    begins, ends = (len(safe_line(f"{part}x")) - 1 for part in (before, before + hit))
    first = (min(begins, len(line)), min(ends, len(line)))
    return Excerpt(line, (first, *_behind(text, spans, before + hit, line)))


def _behind(text: str, spans: Sequence[Span], shown: str, line: str) -> Iterator[Span]:
    """The spans of further hits in a line, as far as it shows them; ``shown`` is what stands in it up to the first."""
    end = spans[0][1]
    room = len(line) - line.endswith(ELLIPSIS)
    for span in takewhile(lambda span: span[0] < end + _LOOKED_AT, spans[1:]):
        begins, ends = (len(safe_line(f"{shown}{_one_line(text[end:at])}x")) - 1 for at in span)
        if begins >= room:
            return
        yield begins, min(ends, room)


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
