"""Splits the text of a turn into subtitles of at most two lines of 42 cells.

A cut is best after a sentence, else after a clause, else between words, and within a word only if it is
longer than a line; beside a wide character, as in Chinese, it counts as between words. Pieces of one text are
about equally long. Joined, they are the text with its white space folded.

Some lines have a meaning in subtitle files: a lone number names the next cue, two timestamps
are its times. No such line is produced.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from tui.core.layout import pieces
from tui.core.text import cell_len

LINE_CELLS = 42

_IN_WORD, _WORD, _CLAUSE, _SENTENCE = range(4)
"""The quality of a cut, in ascending order."""
_CLOSING = "[\"'”’»)\\]」』）]*"
_SENTENCE_END = re.compile(f"[.!?…。！？]{_CLOSING}$")
_CLAUSE_END = re.compile(f"([,;:–—、，；：]|^-){_CLOSING}$")
_LEAST_SHARE = 3
"""A piece has at least a third of the maximum length, whatever the quality of the cut."""
_RANK_CELLS = 10
"""Two lines may differ by this many cells more for a cut that is better by one."""
_NOT_SINGLE = re.compile(r"[^\x20-\u02ff]")
_SINGLE_WORD = re.compile(f"[^ ]{{1,{LINE_CELLS}}}")
"""A word of single-cell characters, or as much of it as fits on a line."""
_TIMESTAMP_END = re.compile(r":\d{1,2}[.,]\d+")


def whole(text: str) -> list[str]:
    """The lines of a whole turn, of any length; joined, they are the text except for white space.

    Empty lines, which would end the cue, are left out. A line with two timestamps is broken after each. A lone number
    joins its neighbour.
    """
    broken = [part for line in text.split("\n") for part in _between_timestamps(line)]
    groups: list[list[str]] = []
    for line in broken:
        alone = len(groups[-1]) == 1 and _is_number(groups[-1][0]) if groups else False
        if groups and (alone or _is_number(line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [" ".join(group) for group in groups]


def cut(text: str, most_characters: float, lead: int = 0) -> Iterator[list[str]]:
    """Split the text into pieces of one or two lines each.

    Args:
        text: Safe text that is not blank.
        most_characters: The longest piece; a single word may be longer.
        lead: The number of leading characters, such as the speaker's name, that stay with what follows.
    """
    folded = " ".join(text.split())
    if len(folded) <= most_characters and cell_len(folded) <= LINE_CELLS and _is_harmless(folded):
        return iter([[folded]])
    return _Cutter(text, lead).pieces(most_characters)


def _between_timestamps(line: str) -> list[str]:
    """The line, or its parts if it has several timestamps; no part is empty."""
    if not _is_harmless(line):
        line = _TIMESTAMP_END.sub("\\g<0>\n", line)
    return [stripped for part in line.split("\n") if (stripped := part.strip())]


def _is_harmless(line: str) -> bool:
    """Whether a line cannot be taken for the times of a cue."""
    return ":" not in line or len(_TIMESTAMP_END.findall(line)) < 2


def _is_number(line: str) -> bool:
    return line.removeprefix("-").replace(".", "", 1).isdigit()


class _Word(NamedTuple):
    """An unbreakable unit: a word, a part of one that is longer than a line, or a wide character.

    Attributes:
        start: Its start in the text.
        end: Its end in the text.
        cells: Its width.
        is_wide: Whether it can be separated from its neighbours without a space.
    """

    start: int
    end: int
    cells: int
    is_wide: bool


class _Cutter:
    """Finds the cuts in one text. Words are numbered from 0; cut n is before word n."""

    def __init__(self, text: str, lead: int) -> None:
        lines = [folded for line in text.split("\n") if (folded := " ".join(line.split()))]
        self._text = " ".join(lines)
        self._line_ends = set(accumulate((len(line) + 1 for line in lines), initial=-1))
        self._words = list(_words(self._text))
        self._columns = [0]  # the end column of each word if all were on one line
        end = 0
        for word in self._words:
            self._columns.append(self._columns[-1] + (word.start - end) + word.cells)
            end = word.end
        self._has_digits = any(map(str.isdigit, self._text))
        self._lead = lead

    def pieces(self, most_characters: float) -> Iterator[list[str]]:
        """The pieces in order."""
        first = 0
        while first < len(self._words):
            last = self._best_end(first, most_characters)
            yield self._lines(first, last)
            first = last

    def _best_end(self, first: int, most_characters: float) -> int:
        """The best cut after the piece that begins with word ``first``."""
        ends = self._possible_ends(first, most_characters)
        if ends[-1] == len(self._words):
            return ends[-1]
        most = self._length(first, ends[-1])
        left = self._length(first, len(self._words))
        wanted = left / math.ceil(left / most)

        def merit(end: int) -> tuple[int, float]:
            length = self._length(first, end)
            return self._rank(end) if length * _LEAST_SHARE >= most else -1, -abs(length - wanted)

        return max(ends, key=merit)

    def _possible_ends(self, first: int, most_characters: float) -> Sequence[int]:
        """The cuts after all pieces that begin with word ``first`` and fit; at least one."""
        beyond = self._last_within(self._last_within(first)) + 1
        while beyond > first + 2 and self._length(first, beyond - 1) > most_characters:
            beyond -= 1
        ends = range(first + 1, beyond)
        if not self._has_digits:
            return ends
        return [end for end in ends if self._fits_line(first, end) or any(True for _ in self._breaks(first, end))]

    def _lines(self, first: int, end: int) -> list[str]:
        """The piece as one line, or as two of similar length."""
        if self._fits_line(first, end):
            return [self._between(first, end)]

        def demerit(middle: int) -> int:
            difference = abs(self._cells(first, middle) - self._cells(middle, end))
            return difference - _RANK_CELLS * self._rank(middle)

        middle = min(self._breaks(first, end), key=demerit)
        return [self._between(first, middle), self._between(middle, end)]

    def _breaks(self, first: int, end: int) -> Iterator[int]:
        """The cuts that split a piece into two lines."""
        for middle in range(min(self._last_within(first), end - 1), first, -1):
            if self._cells(middle, end) > LINE_CELLS:
                return
            if self._is_line(first, middle) and self._is_line(middle, end):
                yield middle

    def _last_within(self, first: int) -> int:
        """The last cut that fits on a line that begins with word ``first``."""
        if first == len(self._words):
            return first
        return bisect_right(self._columns, self._column(first) + LINE_CELLS, first + 1) - 1

    def _fits_line(self, first: int, end: int) -> bool:
        return self._cells(first, end) <= LINE_CELLS and _is_harmless(self._between(first, end))

    def _is_line(self, first: int, end: int) -> bool:
        """Whether a line has no special meaning in a subtitle file."""
        if not self._has_digits:
            return True
        line = self._between(first, end)
        return _is_harmless(line) and not _is_number(line)

    def _rank(self, cut: int) -> int:
        """The quality of a cut, in ascending order."""
        before, after = self._words[cut - 1], self._words[cut]
        if before.end <= self._lead:
            return _IN_WORD
        if before.end in self._line_ends:
            return _SENTENCE
        word, is_spaced = self._text[before.start : before.end], after.start > before.end
        if not (is_spaced or before.is_wide or after.is_wide):
            return _IN_WORD
        if _SENTENCE_END.search(word) and not self._text[after.start].islower():
            return _SENTENCE
        return _CLAUSE if _CLAUSE_END.search(word) else _WORD

    def _between(self, first: int, end: int) -> str:
        return self._text[self._words[first].start : self._words[end - 1].end]

    def _length(self, first: int, end: int) -> int:
        return self._words[end - 1].end - self._words[first].start

    def _column(self, word: int) -> int:
        """The start column of a word if all were on one line."""
        return self._columns[word + 1] - self._words[word].cells

    def _cells(self, first: int, end: int) -> int:
        return self._columns[end] - self._column(first)


def _words(text: str) -> Iterator[_Word]:
    """Split a single-line text into words."""
    if _NOT_SINGLE.search(text):
        spans = [piece for piece in pieces(text, 0, len(text), LINE_CELLS) if text[piece[0]] != " "]
    else:
        spans = [(*word.span(), len(word.group())) for word in _SINGLE_WORD.finditer(text)]
    for start, end, cells in spans:
        if _is_harmless(text[start:end]):
            yield _Word(start, end, cells, cells > end - start)
            continue
        stamps = [stamp.end() for stamp in _TIMESTAMP_END.finditer(text, start, end)]
        for begin, stop in pairwise(sorted({start, *stamps, end})):
            yield _Word(begin, stop, cell_len(text[begin:stop]), is_wide=False)
