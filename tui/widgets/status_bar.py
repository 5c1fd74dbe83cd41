"""The line at the bottom of a screen: search or notice at the left, then the reading position, and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.text import cell_len, clip
from tui.widgets.line_builder import LineBuilder

_GAP = 3
_MOST_LINES = 3
"""A notice takes as many lines as it needs, but not more."""
_ROWS_A_LINE = 4
"""So many rows the screen has for each of these lines."""


Keys = tuple[tuple[str, str], ...]
"""Pairs of a key and its label."""


class StatusFacts(NamedTuple):
    """The content of the status bar, safe to show.

    Attributes:
        find: The query of the current search.
        prefix: What stands before it, as in the bar where it was typed.
        hits: The position among the hits, such as "3/17".
        filtered: What the filter shows, such as "4 of 38 turns"; empty while all turns are shown.
        notice: A notice, shown instead of the search, with what the filter shows if there is room.
        trouble: Whether the notice reports an error.
        moment: The moment at the current turn, after the find; a notice replaces both.
        place: Turn, time and share, as separate texts.
        keys: The keys, the most important first.
    """

    find: str = ""
    prefix: str = ""
    hits: str = ""
    filtered: str = ""
    notice: str = ""
    trouble: bool = False
    moment: str = ""
    place: tuple[str, ...] = ()
    keys: Keys = ()


class StatusBar(Widget):
    """Draws the status bar on one line; if it is too narrow, keys are dropped first, then the position.

    A notice for which one line has no room stands on several, without keys.
    """

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

    _wrapped: Sequence[str] = ()

    def watch_shown(self) -> None:
        """Take the lines that the notice needs."""
        self._fit()

    def on_resize(self) -> None:
        """Take the lines that the notice needs in another width."""
        self._fit()

    def _fit(self) -> None:
        width = self.size.width or self.app.size.width  # that of the app may be of a window that is already another one
        room = max(1, width - 2)
        wrapped = self._lines(room) if cell_len(self.shown.notice) > room else ()
        if wrapped != self._wrapped:  # it may have been drawn in the new width before this event
            self._wrapped = wrapped
            self.refresh()
        lines = len(wrapped) or 1
        if (self.styles.height is None and lines > 1) or (self.styles.height and self.styles.height.value != lines):
            self.styles.height = lines

    def _lines(self, cells: int) -> Sequence[str]:
        from tui.core.layout import lines_within  # not before the first picture of the prompt

        most = max(1, min(_MOST_LINES, self.app.size.height // _ROWS_A_LINE))
        return lines_within(self.shown.notice, cells, most)

    def render_line(self, y: int) -> Strip:
        """The parts that fit, or a line of the notice, behind the last of them the place."""
        row = LineBuilder(self.size.width, self.rich_style)
        if self._wrapped:
            text = self._wrapped[y] if y < len(self._wrapped) else ""
            row.put(text, self._style("trouble" if self.shown.trouble else "notice"), 1)
            start = self.size.width - 1 - cell_len(self._place)
            if y == len(self._wrapped) - 1 and row.column + _GAP <= start:
                row.put(self._place, self._style("dim"), start)
            return row.strip()
        self._put_left(row)
        keys, room = list(self.shown.keys), self.size.width - row.column - (_GAP if row.column else 1) - 1
        place = self._place
        while keys and cell_len(place) + (_GAP if place else 0) + _keys_cells(keys) > room:
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
            if cell_len(shown.notice) + _GAP + cell_len(shown.filtered) <= room:
                row.put(shown.filtered, self._style("count"), row.column + _GAP)
            return
        if shown.find:
            row.put(shown.prefix, self._style("count"), 1)
            counts = " · ".join(filter(None, (shown.hits, shown.filtered)))
            taken = cell_len(shown.prefix) + max(12, cell_len(counts) + 2)
            row.put(clip(shown.find, max(1, room - taken)), self._style("find"))
            row.put(counts, self._style("count"), row.column + 2)
        if shown.moment:
            start = row.column + _GAP if shown.find else 1
            row.put(clip(shown.moment, max(0, room - start)), self._style("trouble"), start)

    @property
    def _place(self) -> str:
        return f"{'':{_GAP}}".join(self.shown.place)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"status--{name}", partial=True)


def _keys_cells(keys: list[tuple[str, str]]) -> int:
    return sum(cell_len(key) + 1 + cell_len(label) + 2 for key, label in keys) - (2 if keys else 0)
