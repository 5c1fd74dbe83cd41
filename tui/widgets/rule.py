"""A line across the screen, drawn as underlined blanks: a third of the bytes of box-drawing characters."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget


class Rule(Widget):
    """Separates the content above from that below."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rule--line"}

    def render_line(self, y: int) -> Strip:
        """The line, at the lower edge of its row."""
        style = self.get_component_rich_style("rule--line", partial=True)
        return Strip([Segment(" " * self.size.width, self.rich_style + style)], self.size.width)
