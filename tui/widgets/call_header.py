"""The line at the top of a call: its name and facts, and a remark about anomalies."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.text import cell_len, clip
from tui.widgets.line_builder import LineBuilder

_NAME_CELLS = 44
_BETWEEN = " · "


class HeaderFacts(NamedTuple):
    """The content of the header, safe to show; empty values are left out.

    Attributes:
        name: The call's id.
        label: Its session label; left out if the line has too little room for the remark beside it.
        status: Its status.
        failed: Whether the status is a failure.
        facts: Start, length, number of turns; dropped from the end if the line is too narrow.
        remark: Counts and notes at the right, separated by " · "; where they have no room, the last ones are counted.
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
        """The facts that fit; name and half of the remark have priority, the rest of it takes what they leave."""
        styles = {name: self.get_component_rich_style(name, partial=True) for name in self.COMPONENT_CLASSES}
        width = self.size.width
        name, facts = clip(self.shown.name, min(_NAME_CELLS, max(1, width - 2))), self._facts(styles)
        room = width - 4 - cell_len(name) - sum(2 + cell_len(text) for text, _ in facts)
        label, wanted = cell_len(self.shown.label), cell_len(self.shown.remark)
        if label and wanted and wanted > min(max(width // 2, room), width - cell_len(name) - label - 6):
            del facts[0]
            room += 2 + label
        remark = _fitting(self.shown.remark, max(0, width // 2, room))  # half of the width, or more if there is room
        line = LineBuilder(width, self.rich_style)
        line.put(name, styles["header--name"], 1)
        edge = width - (cell_len(remark) + 3 if remark else 1)
        for text, style in facts:
            if line.column + 2 + cell_len(text) > edge:
                break
            line.put(text, style, line.column + 2)
        remark = _fitting(self.shown.remark, max(cell_len(remark), width - line.column - 3))
        if remark and line.column + 2 + cell_len(remark) <= width:
            line.put_right(remark, styles["header--remark"], width - 1)
        return line.strip()

    def _facts(self, styles: dict[str, Style]) -> list[tuple[str, Style]]:
        state = styles["header--bad" if self.shown.failed else "header--good"]
        facts = [(self.shown.label, styles["header--fact"])] if self.shown.label else []
        if self.shown.status:
            facts.append((f"● {self.shown.status}", state))
        return facts + [(fact, styles["header--fact"]) for fact in self.shown.facts if fact]


def _fitting(remark: str, cells: int) -> str:
    """As many parts of a remark as fit, and how many more there are: "2 errors · 4 slow · +2"."""
    parts = remark.split(_BETWEEN)
    for count in range(len(parts), 0, -1):
        more = [f"+{len(parts) - count}"] if count < len(parts) else []
        text = _BETWEEN.join((*parts[:count], *more))
        if cell_len(text) <= cells:
            return text
    return clip(remark, cells)
