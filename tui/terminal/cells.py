"""Rows of screen cells, and which graphemes differ in width between terminals.

Widths come from Rich's table, which Textual's layout uses as well. No escape sequences here.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from itertools import compress
from operator import is_not, ne, or_

from rich.cells import cell_len, split_graphemes

from tui.terminal.sgr import PLAIN, Style, blank

_UNSURE_KINDS = frozenset({"Mn", "Me", "Mc", "Cf", "Cn", "Co", "Cs"})
"""Categories whose width differs between terminals: marks, invisible, unassigned and private characters."""

_MARKS = frozenset({"Mn", "Me", "Mc", "Cf"})

_IDEOGRAPHIC = (
    "\u1100\u115f\u2e80\u303e\u3041\u4dbf\u4e00\ua4cf\ua960\ua97c\uac00\ud7a3\uf900\ufaff\ufe30\ufe6f\uff01\uff60\uffe0\uffe6"
    "\U00020000\U0003fffd"
)
"""First and last of the ranges of Han, kana, Hangul, Bopomofo, Yi and full-width forms: wide in every terminal since
Unicode 5."""


class Row:
    """One row of the screen.

    Attributes:
        chars: For each cell the grapheme that begins in it; empty where a wide one reaches over it.
        styles: For each cell its style. A blank has none of the attributes that only show on a glyph.
    """

    __slots__ = ("chars", "styles")

    def __init__(self, chars: list[str], styles: list[Style]) -> None:
        self.chars = chars
        self.styles = styles

    @classmethod
    def of(cls, width: int) -> Row:
        """An empty row of ``width`` cells."""
        return cls([" "] * width, [PLAIN] * width)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.chars == other.chars and self.styles == other.styles

    __hash__ = None  # type: ignore[assignment]  # rows change, and are no keys

    def copy(self) -> Row:
        """An independent copy."""
        return Row(self.chars.copy(), self.styles.copy())

    def cleared(self, columns: Iterable[int]) -> Row:
        """A copy in which the graphemes in some columns are blanks."""
        row = self.copy()
        for x in columns:
            row._clear(row._start(x), row.after(x))
        return row

    def resize(self, width: int) -> None:
        """Truncate the row, or pad it with blanks, to ``width`` cells."""
        self._split(width)
        missing = width - len(self.chars)
        self.chars[width:] = [" "] * missing
        self.styles[width:] = [PLAIN] * missing

    def put(self, x: int, cells: list[str], style: Style) -> None:
        """Write cells from column ``x`` on; cells beyond the row are dropped, wide graphemes cut in half blanked."""
        end = min(x + len(cells), len(self.chars))
        self._split(x)
        self._split(end)
        self.chars[x:end] = cells[: end - x]
        if (bare := blank(style)) is style:
            self.styles[x:end] = [style] * (end - x)
        else:
            self.styles[x:end] = [bare if char == " " else style for char in self.chars[x:end]]
        if end < x + len(cells) and not cells[end - x]:
            self._clear(self._start(end - 1), end)

    def join(self, x: int, mark: str) -> None:
        """Add a character without width to the grapheme left of a column."""
        if x > 0:
            self.chars[self._start(x - 1)] += mark

    def changes(self, other: Row) -> list[int]:
        """The columns in which two rows of one width differ."""
        differ = map(or_, map(ne, self.chars, other.chars), map(is_not, self.styles, other.styles))
        return list(compress(range(len(self.chars)), differ))

    def empty(self, x: int) -> bool:
        """Whether a cell is a plain blank."""
        return self.chars[x] == " " and self.styles[x] is PLAIN

    def end(self) -> int:
        """The column after the last cell that is not empty."""
        chars, styles, end = self.chars, self.styles, len(self.chars)
        while end and chars[end - 1] == " " and styles[end - 1] is PLAIN:
            end -= 1
        return end

    def unsure(self, start: int, end: int) -> list[int]:
        """The columns in ``start:end`` in which a grapheme of unsure width begins."""
        chars = self.chars[start:end]
        odd = set[str]() if "".join(chars).isascii() else {char for char in set(chars) if unsure(char)}
        return [x for x in range(start, end) if self.chars[x] in odd] if odd else []

    def first_narrow_unsure(self) -> int:
        """The first column with a grapheme of unsure width that counts as narrow; the row's width if there is none."""
        width = len(self.chars)
        return next((x for x in self.unsure(0, width) if self.after(x) == x + 1), width)

    def after(self, x: int) -> int:
        """The column after the grapheme that begins in column ``x``."""
        end = x + 1
        while end < len(self.chars) and not self.chars[end]:
            end += 1
        return end

    def _start(self, x: int) -> int:
        while x > 0 and not self.chars[x]:
            x -= 1
        return x

    def _split(self, x: int) -> None:
        """Blank a wide grapheme that reaches over the left edge of a column."""
        if 0 < x < len(self.chars) and not self.chars[x]:
            self._clear(self._start(x), self.after(x))

    def _clear(self, start: int, end: int) -> None:
        self.chars[start:end] = [" "] * (end - start)
        self.styles[start:end] = [blank(style) for style in self.styles[start:end]]


@lru_cache(maxsize=512)  # a few screens of rows; a row of wide text takes kilobytes
def split(text: str) -> tuple[str, list[str]]:
    """The leading zero-width characters, which belong to the previous cell, and the cells of the rest."""
    spans, _ = split_graphemes(text)
    marks, cells = "", list[str]()
    for start, end, width in spans:
        if width:
            cells += [text[start:end], *[""] * (width - 1)]
        else:
            marks += text[start:end]
    return marks, cells


@lru_cache(maxsize=4096)
def unsure(grapheme: str) -> bool:
    """Whether terminals disagree about a grapheme's width.

    That holds for sequences, for what Unicode calls ambiguous (UAX #11), for emoji and symbols, which each
    version of Unicode makes wider, and for characters newer than the terminal. Box drawing, blocks and geometric shapes
    count as sure although ambiguous: where those are wide, no full-screen program has straight edges anyway.
    """
    if len(grapheme) != 1 or grapheme.isascii():
        return len(grapheme) > 1
    width = unicodedata.east_asian_width(grapheme)
    if unicodedata.category(grapheme) in _UNSURE_KINDS and not _is_ideographic(grapheme):
        return True
    if width in "WF" or cell_len(grapheme) > 1:
        return not _is_ideographic(grapheme)
    if "\u2500" <= grapheme <= "\u25ff":
        return False
    return (
        width == "A" or "\U0001f1e6" <= grapheme <= "\U0001f1ff" or cell_len(f"{grapheme}\ufe0f") != cell_len(grapheme)
    )


def _is_ideographic(char: str) -> bool:
    """Whether a character lies in one of the ranges."""
    at = bisect_left(_IDEOGRAPHIC, char)
    return at < len(_IDEOGRAPHIC) and (at % 2 == 1 or _IDEOGRAPHIC[at] == char)


@lru_cache(maxsize=4096)
def reach(grapheme: str) -> int:
    """The most cells a terminal may use for a grapheme: one without emoji sequences draws each character separately."""
    return sum(1 if unicodedata.category(char) in _MARKS else 2 for char in grapheme)


@lru_cache(maxsize=4096)
def has_spacing_mark(grapheme: str) -> bool:
    """Whether most terminals draw a part of a narrow grapheme in a cell of its own, as vowel signs of Indic scripts."""
    return sum(unicodedata.category(char) not in _MARKS - {"Mc"} for char in grapheme) > 1
