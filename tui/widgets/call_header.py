"""The line at the top of a call: which call this is, and what stands out about it as a whole."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.text import cell_len, clip
from tui.widgets.row import Row

_NAME_CELLS = 44


class HeaderFacts(NamedTuple):
    """What the header says, all of it safe to show; what is empty is left out.

    Attributes:
        name: The call's id.
        label: Its session label.
        status: Its status.
        failed: Whether the status is one of trouble.
        facts: Start, length, number of turns; the last go first where the line is too narrow.
        remark: What stands out, at the right.
    """

    name: str = ""
    label: str = ""
    status: str = ""
    failed: bool = False
    facts: tuple[str, ...] = ()
    remark: str = ""


class CallHeader(Widget):
    """Draws the facts of a call on one line."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--name",
        "header--fact",
        "header--good",
        "header--bad",
        "header--remark",
    }
    shown: reactive[HeaderFacts] = reactive(HeaderFacts())

    def render_line(self, y: int) -> Strip:  # there is only one line
        """The facts that find room; name and remark go before all others."""
        ink = {name: self.get_component_rich_style(name, partial=True) for name in self.COMPONENT_CLASSES}
        width = self.size.width
        remark = clip(self.shown.remark, max(0, width // 2 - 2))
        row = Row(width, self.rich_style)
        row.put(clip(self.shown.name, min(_NAME_CELLS, max(1, width - 2))), ink["header--name"], 1)
        edge = width - (cell_len(remark) + 3 if remark else 1)
        for text, style in self._facts(ink):
            if row.column + 2 + cell_len(text) > edge:
                break
            row.put(text, style, row.column + 2)
        if remark and row.column + 2 + cell_len(remark) <= width:
            row.put_right(remark, ink["header--remark"], width - 1)
        return row.strip()

    def _facts(self, ink: dict[str, Style]) -> list[tuple[str, Style]]:
        state = ink["header--bad" if self.shown.failed else "header--good"]
        facts = [(self.shown.label, ink["header--fact"])] if self.shown.label else []
        if self.shown.status:
            facts.append((f"● {self.shown.status}", state))
        return facts + [(fact, ink["header--fact"]) for fact in self.shown.facts if fact]
