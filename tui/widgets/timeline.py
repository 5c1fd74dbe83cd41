"""The timeline of a call as it is drawn: a row for each side, with its name before it. It is never focused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.line_builder import LineBuilder

if TYPE_CHECKING:
    from tui.core.timeline import Cells

_NAMES = ("user", "assistant")
_LEFT = 11


class TimelineRows(NamedTuple):
    """The cells of both rows; empty as long as they are not known.

    Attributes:
        user: Those of the user.
        assistant: Those of the assistant.
    """

    user: tuple[Cells, ...] = ()
    assistant: tuple[Cells, ...] = ()


class TimelineBar(Widget):
    """Draws the two rows."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--name",
        "timeline--user",
        "timeline--assistant",
        "timeline--hit",
        "timeline--moment",
        "timeline--reported",
        "timeline--mark",
        "timeline--bracket",
    }
    shown: reactive[TimelineRows] = reactive(TimelineRows())

    @property
    def columns(self) -> int:
        """How many cells a row has room for."""
        return max(1, self.size.width - _LEFT - 1)

    def render_line(self, y: int) -> Strip:
        """A name and its row."""
        line, own = LineBuilder(self.size.width, self.rich_style), f"timeline--{_NAMES[y]}"
        line.put(_NAMES[y], self.get_component_rich_style("timeline--name", partial=True), 1)
        column = _LEFT
        for kind, text in self.shown[y]:
            name = own if kind.value == "speech" else f"timeline--{kind.value}"
            line.put(text, self.get_component_rich_style(name, partial=True), column)
            column += len(text)
        return line.strip()
