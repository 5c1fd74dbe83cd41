"""The list of calls: one call a line, of which only those on the screen are drawn.

Its owner says which one is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.core.call_columns import Column, Widths, columns
from tui.core.call_row import CallRow
from tui.core.text import cell_len, clip
from tui.widgets.line_builder import LineBuilder

_START = 2
_RIGHT_ALIGNED = frozenset({"when", "length"})
_HEADING_ROWS = 1
_WHEEL_ROWS = 3


class TableRow(Protocol):
    """A row of the table."""

    @property
    def row(self) -> CallRow:
        """Its columns."""

    @property
    def has_failed(self) -> bool:
        """Whether the call failed."""


class CallTable(Widget):
    """A list of calls below a line of headings."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "calls--heading", "calls--chosen", "calls--fact", "calls--text", "calls--bad",
    }  # fmt: skip

    class Scrolled(Message):
        """Other rows are on the screen."""

    class Clicked(Message):
        """A row was clicked.

        Args:
            index: Its number.
        """

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Wheeled(Message):
        """The wheel was turned.

        Args:
            rows: How many rows down, or up if it is negative.
        """

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TableRow] = ()
        self._kept: Mapping[str, str] = {}
        self._widths = Widths()
        self._chosen = self._top = 0

    def show(self, rows: Sequence[TableRow], chosen: int, widths: Widths, kept: Mapping[str, str]) -> None:
        """Show rows.

        Args:
            rows: All of them; only those on the screen are read.
            chosen: The number of the chosen one.
            widths: The widths that their columns need.
            kept: By call id, what is known of calls that were opened; may grow.
        """
        self._rows, self._widths, self._kept = rows, widths, kept
        self.choose(chosen)
        self.refresh()

    def choose(self, index: int) -> None:
        """Mark the chosen row, and bring it onto the screen."""
        before, top = self._chosen, self._top
        self._chosen = index
        self._bring()
        if self._top != top:
            self.refresh()
            self.post_message(self.Scrolled())
        elif index != before:
            self._refresh_rows(before, index)

    def renew(self) -> None:
        """Draw again what is known of the opened calls."""
        self.refresh()

    @property
    def page(self) -> int:
        """How many rows are on the screen."""
        return max(1, self.size.height - _HEADING_ROWS)

    def on_screen_rows(self) -> Sequence[TableRow]:
        """The rows on the screen."""
        return self._rows[self._top : self._top + self.page]

    def on_resize(self) -> None:
        """Keep the chosen row on the screen."""
        self._bring()
        self.refresh()
        self.post_message(self.Scrolled())

    def on_click(self, event: events.Click) -> None:
        """Tell which row was clicked."""
        index = self._top + event.y - _HEADING_ROWS
        if event.y >= _HEADING_ROWS and index < len(self._rows):
            self.post_message(self.Clicked(index))

    def on_mouse_scroll_down(self) -> None:
        """Tell that the wheel was turned."""
        self.post_message(self.Wheeled(_WHEEL_ROWS))

    def on_mouse_scroll_up(self) -> None:
        """Tell that the wheel was turned."""
        self.post_message(self.Wheeled(-_WHEEL_ROWS))

    def _bring(self) -> None:
        self._top = max(self._chosen - self.page + 1, min(self._top, self._chosen, len(self._rows) - self.page), 0)

    def _refresh_rows(self, *indices: int) -> None:
        for index in indices:
            self.refresh(Region(0, index - self._top + _HEADING_ROWS, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The headings, or one call."""
        line = LineBuilder(self.size.width, self.rich_style)
        across = columns(self.size.width, self._widths, _START)
        index = self._top + y - _HEADING_ROWS
        if y < _HEADING_ROWS:
            for column in across:
                self._put(line, column, column.heading, self._style("heading"))
        elif index < len(self._rows):
            self._draw(line, across, index)
        return line.strip()

    def _draw(self, line: LineBuilder, across: Sequence[Column], index: int) -> None:
        item, is_chosen = self._rows[index], index == self._chosen
        if is_chosen:
            line.put("▌", self._style("chosen"), 0)
        for column in across:
            style = self._style("fact")
            if column.name == "call_id":
                style = self._style("chosen" if is_chosen else "text")
            elif column.name == "label":
                style = self._style("text")
            elif column.name == "status" and item.has_failed:
                style = self._style("bad")
            self._put(line, column, self._text(item.row, column.name), style)

    def _text(self, row: CallRow, name: str) -> str:
        text: str = self._kept.get(row.call_id, "") if name == "kept" else getattr(row, name)
        return text

    def _put(self, line: LineBuilder, column: Column, text: str, style: Style) -> None:
        text = clip(text, column.width)
        end = column.start + column.width
        line.put(text, style, end - cell_len(text) if column.name in _RIGHT_ALIGNED else column.start)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"calls--{name}", partial=True)
