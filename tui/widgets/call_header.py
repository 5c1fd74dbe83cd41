"""The line at the top of a call: its name and facts, and a remark about anomalies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.counted import counted
from tui.core.status import COMPLETED
from tui.core.text import cell_len, clip
from tui.widgets.line_builder import LineBuilder

_NAME_CELLS = 44
_BETWEEN = " · "


class HeaderRemark(NamedTuple):
    """A remark at the right of the header.

    Attributes:
        text: Safe text.
        moments: How many moments it counts; 0 for a note.
        is_trouble: Whether these are trouble, and no remarks of others.
    """

    text: str
    moments: int = 0
    is_trouble: bool = False


class HeaderFacts(NamedTuple):
    """The content of the header, safe to show; empty values are left out.

    Attributes:
        name: The call's id.
        label: Its session label; left out if the line has too little room for the remark beside it.
        status: Its status; of a call that ended as it should the sign alone, where not all has room.
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
        return _text(self.remarks)


class CallHeader(Widget):
    """Draws the facts of a call on one line."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--name",
        "header--fact",
        "header--good",
        "header--bad",
        "header--remark",
        "header--trouble",
    }
    shown: reactive[HeaderFacts] = reactive(HeaderFacts())

    def render_line(self, y: int) -> Strip:  # there is only one line
        """The facts that fit; name, status and moments have priority, notes take half or what the others leave."""
        width = self.size.width
        name, facts = clip(self.shown.name, min(_NAME_CELLS, max(1, width - 2))), self._facts()
        if cell_len(name) + _cells_of(facts) + cell_len(self.shown.remark) + 4 > width:
            facts = self._facts(is_brief=True)
        room = width - 4 - cell_len(name) - _cells_of(facts)
        beside_status = room + sum(2 + cell_len(fact) for fact in self.shown.facts if fact)
        label, wanted = cell_len(self.shown.label), cell_len(self.shown.remark)
        if label and wanted and wanted > min(max(width // 2, room), width - cell_len(name) - label - 6):
            del facts[0]
            room, beside_status = room + 2 + label, beside_status + 2 + label
        room = max(0, width // 2, room, min(beside_status, _cells_of_moments(self.shown.remarks)))
        remarks = _fitting(self.shown.remarks, room)
        line = LineBuilder(width, self.rich_style)
        line.put(name, self._style("name"), 1)
        edge = width - (_cells(remarks) + 3 if remarks else 1)
        for text, style in facts:
            if line.column + 2 + cell_len(text) > edge:
                break
            line.put(text, style, line.column + 2)
        remarks = _fitting(self.shown.remarks, max(_cells(remarks), width - line.column - 3))
        if remarks and line.column + 2 + _cells(remarks) <= width:
            self._put_remarks(line, remarks)
        return line.strip()

    def _put_remarks(self, line: LineBuilder, remarks: Sequence[HeaderRemark]) -> None:
        """Draw the remarks at the right edge, trouble in its colour."""
        line.put("", self._style("remark"), self.size.width - 1 - _cells(remarks))
        for place, remark in enumerate(remarks):
            between = _BETWEEN if place else ""
            line.put(f"{between}{remark.text}", self._style("trouble" if remark.is_trouble else "remark"))

    def _facts(self, *, is_brief: bool = False) -> list[tuple[str, Style]]:
        shown, plain = self.shown, self._style("fact")
        facts = [(shown.label, plain)] if shown.label else []
        if shown.status:
            status = "●" if is_brief and shown.status == COMPLETED else f"● {shown.status}"
            facts.append((status, self._style("bad" if shown.failed else "good")))
        return facts + [(fact, plain) for fact in shown.facts if fact]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"header--{name}", partial=True)


def _cells_of(facts: Iterable[tuple[str, Style]]) -> int:
    """The cells of facts, each with the gap before it."""
    return sum(2 + cell_len(text) for text, _ in facts)


def _cells_of_moments(remarks: Sequence[HeaderRemark]) -> int:
    """The room that the remarks take up to the last one that counts moments, with a sign of those behind it."""
    count = max((place for place, remark in enumerate(remarks, 1) if remark.moments), default=0)
    return _cells((*remarks[:count], *_summed(remarks[count:])))


def _fitting(remarks: Sequence[HeaderRemark], cells: int) -> Sequence[HeaderRemark]:
    """As many remarks as fit; of the others the number of moments, and that of notes: "2 errors · +5 · 1 note"."""
    for count in range(len(remarks), 0, -1):
        shown = (*remarks[:count], *_summed(remarks[count:]))
        if _cells(shown) <= cells:
            return shown
    return [remarks[0]._replace(text=clip(_text(shown), cells))] if remarks else ()


def _summed(remarks: Sequence[HeaderRemark]) -> Iterator[HeaderRemark]:
    if moments := sum(remark.moments for remark in remarks):
        yield HeaderRemark(f"+{moments:,}", moments, any(remark.is_trouble for remark in remarks))
    if notes := sum(not remark.moments for remark in remarks):
        yield HeaderRemark(counted(notes, "note"))


def _text(remarks: Iterable[HeaderRemark]) -> str:
    return _BETWEEN.join(remark.text for remark in remarks)


def _cells(remarks: Iterable[HeaderRemark]) -> int:
    return cell_len(_text(remarks))
