"""Builds one row of the screen from pieces of text at columns."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.core.text import cell_len


class LineBuilder:
    """Pieces of safe text at ascending columns, with blanks in between.

    Args:
        cells: The width of the row.
        blank: The style of blanks.
    """

    def __init__(self, cells: int, blank: Style) -> None:
        self._cells = cells
        self._blank = blank
        self._segments: list[Segment] = []
        self.column = 0

    def put(self, text: str, style: Style, column: int | None = None) -> None:
        """Write text at a column, or directly after the last piece."""
        if column is not None and column > self.column:
            self._segments.append(Segment(" " * (column - self.column), self._blank))
            self.column = column
        if text:
            self._segments.append(Segment(text, self._blank + style))
            self.column += cell_len(text)

    def strip(self) -> Strip:
        """The row, truncated or padded to its width."""
        return Strip(self._segments, self.column).adjust_cell_length(self._cells, self._blank)
