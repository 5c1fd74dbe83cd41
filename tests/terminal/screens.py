"""Terminals to compare: pyte's screen, mended where it is not what terminals do, and what can be seen on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyte
from rich.cells import cell_len

from tui.terminal.cells import split

Look = tuple[str, str, str, bool, bool, bool, bool, bool]
"""What is seen of a cell: text, colours, bold, italics, underline, strike, reverse."""


def as_textual(grapheme: str) -> int:
    """The width that Textual lays out with."""
    return cell_len(grapheme)


class Terminal(pyte.Screen):
    """A screen that draws graphemes, in widths of its own, and does not leave half of a wide one.

    Args:
        columns: In cells.
        lines: In rows.
        width: Says how many cells a grapheme takes, 1 or more.
    """

    def __init__(self, columns: int, lines: int, width: Callable[[str], int] = as_textual) -> None:
        self.width_of = width
        self._drawn = ("", -1, -1)
        super().__init__(columns, lines)
        self.stream = pyte.Stream(self)

    def feed(self, data: str) -> None:
        self.stream.feed(data)

    def draw(self, data: str) -> None:
        data = self._unfinished(data) + data
        marks, cells = split(data)
        if marks and self.cursor.x:
            self._join(marks)
        for grapheme in filter(None, cells):
            x = self.cursor.x
            self._place(grapheme, self.width_of(grapheme))
            self._drawn = (grapheme, x, self.cursor.x)

    def _unfinished(self, data: str) -> str:
        """The grapheme left of the cursor if the data go on with it; the cursor returns to where it begins.

        What a program writes arrives in pieces of any size, so a piece may end within a grapheme.
        """
        grapheme, start, end = self._drawn
        is_here = self.cursor.x == end and start < self.columns and self.buffer[self.cursor.y][start].data == grapheme
        if not grapheme or not is_here or split(grapheme + data)[1][0] == grapheme:
            return ""
        self.cursor.x = start
        return grapheme

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        self._split(self.cursor.x)
        super().erase_in_line(how, private)

    def erase_characters(self, count: int | None = None) -> None:
        for edge in (self.cursor.x, self.cursor.x + (count or 1)):
            self._split(edge)
        super().erase_characters(count)

    def delete_lines(self, count: int | None = None) -> None:
        for y in range(self.lines):
            self.buffer[y]  # an empty line must be there to be moved; pyte leaves another one in its place
        super().delete_lines(count)

    @property
    def display(self) -> list[str]:
        return ["".join(self.buffer[y][x].data for x in range(self.columns)) for y in range(self.lines)]

    def looks(self) -> list[list[Look]]:
        return [[self._look(y, x) for x in range(self.columns)] for y in range(self.lines)]

    def state(self, wanted: Terminal | None = None) -> tuple[Any, ...]:
        """All that is seen, and where and how the next character would be written.

        Args:
            wanted: A terminal that gets all that Textual sends. Where it has its cursor at home, which is hidden, no
                widget wants it anywhere, and the cursor of this one counts as being there.
        """
        is_anywhere = wanted is not None and (wanted.cursor.x, wanted.cursor.y) == (0, 0)
        x, y = (0, 0) if is_anywhere else (self.cursor.x, self.cursor.y)
        return self.looks(), x, y, self.cursor.attrs

    def _look(self, y: int, x: int) -> Look:
        cell = self.buffer[y][x]
        plain = not (cell.underscore or cell.strikethrough or cell.reverse)
        if cell.data == " " and plain:
            # bold and italic of a blank are invisible
            return " ", "default", cell.bg, False, False, False, False, False
        return (
            cell.data, cell.fg, cell.bg, cell.bold,
            cell.italics, cell.underscore, cell.strikethrough, cell.reverse,
        )  # fmt: skip

    def _place(self, grapheme: str, width: int) -> None:
        # as with autowrap off, where Textual keeps it: what comes at the end overwrites the last cell
        x = min(self.cursor.x, self.columns - 1)
        width = min(width, self.columns - x)
        line = self.buffer[self.cursor.y]
        for edge in (x, x + width):
            self._split(edge)
        for offset in range(width):
            line[x + offset] = self.cursor.attrs._replace(data="" if offset else grapheme)
        self.cursor.x = x + width

    def _split(self, x: int) -> None:
        line = self.buffer[self.cursor.y]
        if not 0 < x < self.columns or line[x].data:
            return
        start = end = x
        while start and not line[start].data:
            start -= 1
        while end < self.columns and not line[end].data:
            end += 1
        for column in range(start, end):
            line[column] = line[column]._replace(data=" ")

    def _join(self, marks: str) -> None:
        line, x = self.buffer[self.cursor.y], self.cursor.x - 1
        while x and not line[x].data:
            x -= 1
        line[x] = line[x]._replace(data=line[x].data + marks)
