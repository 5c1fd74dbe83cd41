"""The line at the foot of a screen: what is going on at the left, where the reader is, and the next keys."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.text import cell_len, clip
from tui.widgets.line_builder import LineBuilder

_GAP = 3


class StatusFacts(NamedTuple):
    """What the foot says, all of it safe to show.

    Attributes:
        find: The pattern of the find on show.
        hits: Its place among the hits, as "3/17".
        notice: Something to know now, instead of the find.
        trouble: Whether the notice is about a fault.
        moment: What happened at the current turn, behind the find; a notice takes its place.
        place: Turn, time and share, each for itself.
        keys: Pairs of a key and its label.
    """

    find: str = ""
    hits: str = ""
    notice: str = ""
    trouble: bool = False
    moment: str = ""
    place: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


class StatusBar(Widget):
    """Draws the foot of a screen on one line; keys give way first, then the place."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status--find",
        "status--count",
        "status--notice",
        "status--trouble",
        "status--dim",
        "status--key",
    }
    shown: reactive[StatusFacts] = reactive(StatusFacts())

    def render_line(self, y: int) -> Strip:  # there is only one line
        """What finds room."""
        row = LineBuilder(self.size.width, self.rich_style)
        self._put_left(row)
        keys, room = list(self.shown.keys), self.size.width - row.column - _GAP - 1
        place = f"{'':{_GAP}}".join(self.shown.place)
        while keys and cell_len(place) + _GAP + _keys_cells(keys) > room:
            keys.pop()
        if cell_len(place) > room:
            place = ""
        start = self.size.width - 1 - _keys_cells(keys) - (_GAP if keys and place else 0) - cell_len(place)
        row.put(place, self._style("dim"), start)
        for index, (key, label) in enumerate(keys):
            row.put(key, self._style("key"), row.column + (2 if index else _GAP if place else 0))
            row.put(f" {label}", self._style("dim"))
        return row.strip()

    def _put_left(self, row: LineBuilder) -> None:
        shown, room = self.shown, max(1, self.size.width - 2)
        if shown.notice:
            row.put(clip(shown.notice, room), self._style("trouble" if shown.trouble else "notice"), 1)
            return
        if shown.find:
            row.put("/ ", self._style("count"), 1)
            row.put(clip(shown.find, max(1, room - max(14, cell_len(shown.hits) + 4))), self._style("find"))
            row.put(shown.hits, self._style("count"), row.column + 2)
        if shown.moment:
            start = row.column + _GAP if shown.find else 1
            row.put(clip(shown.moment, max(0, room - start)), self._style("trouble"), start)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"status--{name}", partial=True)


def _keys_cells(keys: list[tuple[str, str]]) -> int:
    return sum(cell_len(key) + 1 + cell_len(label) + 2 for key, label in keys) - (2 if keys else 0)
