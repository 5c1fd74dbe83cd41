"""Where a text breaks into lines of a number of terminal cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tui.core.text import cell_len, clip

Span = tuple[int, int]

_NOT_SINGLE = re.compile(r"[^\n\x20-\u02ff]")
_NEVER_FIRST = frozenset("、。，．・：；？！）］｝〉》」』】〕ー々ゝぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}…")


def wrap(text: str, cells: int) -> list[Span]:
    """The lines of a safe text, greedily filled.

    A line breaks at spaces, which then belong to no line, and beside wide characters; a word longer than a
    line is cut. A line feed always breaks; the one at the very end opens no further line.

    Args:
        text: Safe text; its lines are separated by line feeds.
        cells: The width to fill, at least 1.

    Returns:
        The ``(start, end)`` offsets of each line in the text; at least one.
    """
    if _NOT_SINGLE.search(text):
        return [span for start, end in _paragraphs(text) for span in _wrap_wide(text, start, end, cells)]
    return [match.span(1) for match in _narrow(cells).finditer(text)] or [(0, 0)]


def lines_within(text: str, cells: int, most: int) -> list[str]:
    """The lines of a text, the last one with "…" if there are more.

    A word longer than a line, such as a path, begins behind the one before it only where less is cut by that.
    """
    spans = wrap(text, cells)
    if len(spans) <= most:
        return [text[start:end] for start, end in spans]
    lines = _filled(text, cells)
    if len(lines) > most:
        lines[most - 1 :] = [clip(" ".join(lines[most - 1 :]), cells)]
    return lines


def _filled(text: str, cells: int) -> list[str]:
    """The lines of a text of one paragraph; a word longer than a line begins behind the one before it."""
    lines = [""]
    for word in text.split(" "):
        beside = f"{lines[-1]} {word}" if lines[-1] else word
        room = cells - cell_len(beside) + cell_len(word)
        if cell_len(beside) <= cells:
            lines[-1] = beside
        elif cell_len(word) <= cells or room < 1:
            lines += [word[start:end] for start, end in wrap(word, cells)]
        else:
            cut = wrap(word, room)[0][1]
            lines[-1] = f"{lines[-1]} {word[:cut]}" if lines[-1] else word[:cut]
            lines += [word[start + cut : end + cut] for start, end in wrap(word[cut:], cells)]
    return lines


@lru_cache(maxsize=32)
def _narrow(cells: int) -> re.Pattern[str]:
    """A match for each line of a text whose characters take one cell each."""
    return re.compile(rf"([^\n]{{0,{cells - 1}}}[^\n ](?=[ \n]|\Z)|[^\n]{{{cells}}}|(?=\n))(?: *\n| +)?")


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for line in text.removesuffix("\n").split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _wrap_wide(text: str, start: int, end: int, cells: int) -> Iterator[Span]:
    """Wrap one paragraph that may hold characters of two cells or of none."""
    line = stop = start  # the line so far
    used = blank = 0  # its cells, and those of the spaces that follow it
    for first, last, width in pieces(text, start, end, cells):
        if text[first:last].isspace():
            blank += width
            continue
        if used + blank + width > cells:
            if stop > line:
                yield line, stop
            line, used, blank = first, 0, 0
        used += blank + width
        stop, blank = last, 0
    yield line, stop


def pieces(text: str, start: int, end: int, cells: int) -> Iterator[tuple[int, int, int]]:
    """The parts that are not broken, with their cells: spaces, words, and each wide character."""
    from rich.cells import split_graphemes

    first, last, width = start, start, 0
    after_blank = after_wide = False
    for begin, until, size in split_graphemes(text[start:end])[0]:
        grapheme, wide = text[start + begin : start + until], size > 1
        blank = grapheme == " "
        breaks = (wide or after_wide) and grapheme[0] not in _NEVER_FIRST
        if last > first and (blank != after_blank or breaks or width + size > cells):
            yield first, last, width
            first, width = start + begin, 0
        last, width, after_blank, after_wide = start + until, width + size, blank, wide
    if last > first:
        yield first, last, width
