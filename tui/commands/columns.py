"""Columns of text for people: each as wide, in terminal cells, as its widest cell so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from tui.core.counted import counted
from tui.core.text import cell_len

_BETWEEN = "  "


class AlignedColumns:
    """Aligns rows; the columns only grow, so that rows can be written before all are known.

    Args:
        right: The indexes of the columns that are aligned to the right.
    """

    def __init__(self, right: Collection[int] = ()) -> None:
        self._right = right
        self._widths: list[int] = []

    def make_room(self, rows: Iterable[Sequence[str]]) -> None:
        """Make the columns wide enough for rows, which may have fewer columns than later ones."""
        for row in rows:
            self._widths += [0] * (len(row) - len(self._widths))
            for at, text in enumerate(row):
                self._widths[at] = max(self._widths[at], cell_len(text))

    def lines(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """The line of each row; a column that has never had a text is left out."""
        self.make_room(rows)
        for row in rows:
            yield _BETWEEN.join(text for text, width in zip(self.padded(row), self._widths, strict=True) if width)

    def padded(self, row: Sequence[str]) -> list[str]:
        """The cells of a row, as wide as their columns."""
        return [self._padded(at, text) for at, text in enumerate(row)]

    def _padded(self, at: int, text: str) -> str:
        blank = " " * (self._widths[at] - cell_len(text))
        return blank + text if at in self._right else text + blank


def count_cell(count: int, noun: str) -> str:
    """A number of things for a column to the right: the numbers stand below each other."""
    return counted(count, noun) + " " * (count == 1)
