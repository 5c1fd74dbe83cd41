"""A list of lines of which only those on the screen are drawn; its owner says which line is chosen."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.line_builder import LineBuilder

_WHEEL_LINES = 3


class DrawnList(Widget):
    """Scrolls as far as the chosen line needs.

    Attributes:
        heading_lines: How many lines above the first one do not scroll.
    """

    ALLOW_SELECT = False
    heading_lines = 0

    class Scrolled(Message):
        """Other lines are on the screen."""

    @dataclass
    class Clicked(Message):
        """A line was clicked.

        Attributes:
            index: Its number.
        """

        index: int

    @dataclass
    class Wheeled(Message):
        """The wheel was turned.

        Attributes:
            lines: How many lines down, or up if it is negative.
        """

        lines: int

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sized = ()
        self._chosen: int | None = None
        self._top = 0

    def choose(self, index: int | None) -> None:
        """Mark the chosen line, and scroll to it if it is not on the screen; None for none, and the first line."""
        before, top = self._chosen, self._top
        self._chosen = index
        self._scroll_to_chosen()
        if self._top != top:
            self.refresh()
            self.post_message(self.Scrolled())
            return
        for line in {before, index} - {None}:
            self.refresh(Region(0, (line or 0) - top + self.heading_lines, self.size.width, 1))

    @property
    def page(self) -> int:
        """How many lines are on the screen."""
        return max(1, self.size.height - self.heading_lines)

    def on_resize(self) -> None:
        """Keep the chosen line on the screen."""
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Scrolled())

    def on_click(self, event: events.Click) -> None:
        """Post ``Clicked``, unless there is no line."""
        index = self._top + event.y - self.heading_lines
        if event.y >= self.heading_lines and index < len(self._lines):
            self.post_message(self.Clicked(index))

    def on_mouse_scroll_down(self) -> None:
        """Post ``Wheeled``."""
        self.post_message(self.Wheeled(_WHEEL_LINES))

    def on_mouse_scroll_up(self) -> None:
        """Post ``Wheeled``."""
        self.post_message(self.Wheeled(-_WHEEL_LINES))

    def render_line(self, y: int) -> Strip:
        """A heading, or one line."""
        row, index = LineBuilder(self.size.width, self.rich_style), self._top + y - self.heading_lines
        if y < self.heading_lines:
            self._draw_heading(row)
        elif index < len(self._lines):
            self._draw(row, index)
        return row.strip()

    def _draw_heading(self, row: LineBuilder) -> None:
        """Draw what stands above the lines."""

    def _draw(self, row: LineBuilder, index: int) -> None:
        """Draw a line."""
        raise NotImplementedError

    def _first_shown_with(self, index: int) -> int:
        """The first of the lines that are on the screen together with one."""
        return index

    def _scroll_to_chosen(self) -> None:
        at = self._chosen or 0
        first, last_top = self._first_shown_with(at), len(self._lines) - self.page
        self._top = max(at - self.page + 1, min(self._top, first, last_top), 0)
