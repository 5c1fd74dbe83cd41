"""The list of calls: one call a line, of which only those on the screen are drawn.

Its owner says which one is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from rich.style import Style

from tui.core.call_list_columns import Column, Widths, columns
from tui.core.call_row import CallRow
from tui.core.text import cell_len, clip
from tui.widgets.drawn_list import DrawnList
from tui.widgets.line_builder import LineBuilder

_START = 2
_RIGHT_ALIGNED = frozenset({"when", "length"})


class TableRow(Protocol):
    """A row of the table."""

    @property
    def row(self) -> CallRow:
        """Its columns."""

    @property
    def has_failed(self) -> bool:
        """Whether the call failed."""


class CallTable(DrawnList):
    """A list of calls below a line of headings."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "calls--heading", "calls--chosen", "calls--fact", "calls--text", "calls--bad",
    }  # fmt: skip

    heading_lines = 1

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[TableRow] = ()
        self._kept: Mapping[str, str] = {}
        self._widths = Widths()

    def show(self, rows: Sequence[TableRow], chosen: int, widths: Widths, kept: Mapping[str, str]) -> None:
        """Show rows.

        Args:
            rows: All of them; only those on the screen are read.
            chosen: The number of the chosen one.
            widths: The widths that their columns need.
            kept: By call id, what is known of calls that are kept; may grow.
        """
        self._lines, self._widths, self._kept = rows, widths, kept
        self.choose(chosen)
        self.refresh()

    def on_screen_rows(self) -> Sequence[TableRow]:
        """The rows on the screen."""
        return self._lines[self._top : self._top + self.page]

    def _columns(self) -> Sequence[Column]:
        return columns(self.size.width, self._widths, _START)

    def _draw_heading(self, row: LineBuilder) -> None:
        for column in self._columns():
            self._put(row, column, column.heading, self._style("heading"))

    def _draw(self, row: LineBuilder, index: int) -> None:
        item, is_chosen = self._lines[index], index == self._chosen
        if is_chosen:
            row.put("▌", self._style("chosen"), 0)
        for column in self._columns():
            style = self._style("fact")
            if column.name == "call_id":
                style = self._style("chosen" if is_chosen else "text")
            elif column.name == "label":
                style = self._style("text")
            elif column.name == "status" and item.has_failed:
                style = self._style("bad")
            self._put(row, column, self._text(item.row, column.name), style)

    def _text(self, row: CallRow, name: str) -> str:
        text: str = self._kept.get(row.call_id, "") if name == "kept" else getattr(row, name)
        return text

    def _put(self, row: LineBuilder, column: Column, text: str, style: Style) -> None:
        text = clip(text, column.width)
        end = column.start + column.width
        row.put(text, style, end - cell_len(text) if column.name in _RIGHT_ALIGNED else column.start)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"calls--{name}", partial=True)
