"""The line at the top of a call: its name and facts, and a remark about anomalies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.text import ELLIPSIS, cell_len, clip
from tui.widgets.line_builder import LineBuilder

_NAME_CELLS = 44
_BETWEEN = " · "


class HeaderRemark(NamedTuple):
    """A remark at the right of the header.

    Attributes:
        text: Safe text.
        moments: How many moments it counts; 0 for a note.
    """

    text: str
    moments: int = 0


class HeaderFacts(NamedTuple):
    """The content of the header, safe to show; empty values are left out.

    Attributes:
        name: The call's id.
        label: Its session label; left out if the line has too little room for the remark beside it.
        status: Its status.
        failed: Whether the status is a failure.
        facts: Start, length, number of turns; dropped from the end if the line is too narrow.
        remarks: Counts and notes at the right; where they have no room, the last ones are summed up.
    """

    name: str = ""
    label: str = ""
    status: str = ""
    failed: bool = False
    facts: tuple[str, ...] = ()
    remarks: tuple[HeaderRemark, ...] = ()

    @property
    def remark(self) -> str:
        """All remarks."""
        return _BETWEEN.join(remark.text for remark in self.remarks)


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
        """The facts that fit; name, status and moments have priority, notes take half or what the others leave."""
        width = self.size.width
        name, facts = clip(self.shown.name, min(_NAME_CELLS, max(1, width - 2))), self._facts()
        room = width - 4 - cell_len(name) - sum(2 + cell_len(text) for text, _ in facts)
        beside_status = room + sum(2 + cell_len(fact) for fact in self.shown.facts if fact)
        label, wanted = cell_len(self.shown.label), cell_len(self.shown.remark)
        if label and wanted and wanted > min(max(width // 2, room), width - cell_len(name) - label - 6):
            del facts[0]
            room, beside_status = room + 2 + label, beside_status + 2 + label
        room = max(0, width // 2, room, min(beside_status, _cells_of_moments(self.shown.remarks)))
        remark = _fitting(self.shown.remarks, room)
        line = LineBuilder(width, self.rich_style)
        line.put(name, self._style("name"), 1)
        edge = width - (cell_len(remark) + 3 if remark else 1)
        for text, style in facts:
            if line.column + 2 + cell_len(text) > edge:
                break
            line.put(text, style, line.column + 2)
        remark = _fitting(self.shown.remarks, max(cell_len(remark), width - line.column - 3))
        if remark and line.column + 2 + cell_len(remark) <= width:
            line.put_right(remark, self._style("remark"), width - 1)
        return line.strip()

    def _facts(self) -> list[tuple[str, Style]]:
        shown, plain = self.shown, self._style("fact")
        facts = [(shown.label, plain)] if shown.label else []
        if shown.status:
            facts.append((f"● {shown.status}", self._style("bad" if shown.failed else "good")))
        return facts + [(fact, plain) for fact in shown.facts if fact]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"header--{name}", partial=True)


def _cells_of_moments(remarks: Sequence[HeaderRemark]) -> int:
    """The room that the remarks take up to the last one that counts moments, with a sign of those behind it."""
    count = max((place for place, remark in enumerate(remarks, 1) if remark.moments), default=0)
    return cell_len(_BETWEEN.join((*(remark.text for remark in remarks[:count]), *_summed(remarks[count:]))))


def _fitting(remarks: Sequence[HeaderRemark], cells: int) -> str:
    """As many remarks as fit; of the others the number of moments, and a sign of notes: "2 errors · +5 · …"."""
    for count in range(len(remarks), 0, -1):
        text = _BETWEEN.join((*(remark.text for remark in remarks[:count]), *_summed(remarks[count:])))
        if cell_len(text) <= cells:
            return text
    return clip(text, cells) if remarks else ""


def _summed(remarks: Sequence[HeaderRemark]) -> Iterator[str]:
    if moments := sum(remark.moments for remark in remarks):
        yield f"+{moments:,}"
    if any(not remark.moments for remark in remarks):
        yield ELLIPSIS
