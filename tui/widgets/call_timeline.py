"""The timeline of the call on show, a row for each side: it follows the turns, the find and the reader.

Owns when it is there: where the window has 30 rows or more, and the call has times. What stands in its cells is
decided by ``core.timeline``. It is never focused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.transcript import Turn
from tui.widgets.line_builder import LineBuilder
from tui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from tui.core.timeline import Cells, Timeline

_LEFT = 11
_FIRST = 32
"""How many turns are looked at to see whether the call has times."""
_NO_BLOCKS = {"linux", "vt100", "vt102", "vt220", "ansi"}
"""Terminals whose fonts lack most blocks."""


class TimelineRows(NamedTuple):
    """The cells of both rows; empty as long as they are not known.

    Attributes:
        user: Those of the user.
        assistant: Those of the assistant.
    """

    user: tuple[Cells, ...] = ()
    assistant: tuple[Cells, ...] = ()


class CallTimeline(Widget):
    """Draws the timeline of the turns that a view shows.

    Args:
        view: Shows the turns.
    """

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

    def __init__(self, view: TranscriptView) -> None:
        super().__init__()
        self._view = view
        self._timeline: Timeline | None = None
        self._marks: Collection[int] = ()
        self._fitted = 0

    def mark(self, marks: Collection[int]) -> None:
        """Draw the turns that the user has marked."""
        self._marks = marks
        self.follow()

    def renew(self) -> None:
        """Clear the rows, as the view has other turns; ``take`` fills them."""
        self._timeline, self._marks, self.shown = None, (), TimelineRows()
        self.set_class(_have_times(self._view.turns), "-timed")

    def take(self, timeline: Timeline, *, is_timed: bool) -> None:
        """Show a timeline of the turns.

        Args:
            timeline: Their timeline.
            is_timed: Whether any of them is timed.
        """
        self._timeline = timeline
        self.set_class(is_timed, "-timed")
        self.follow()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows for the current width: drawing comes before the message of a resize."""
        if self._fitted != self._columns:
            self.set_reactive(CallTimeline.shown, self._rows())
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A name and its row."""
        side, line = TimelineRows._fields[y], LineBuilder(self.size.width, self.rich_style)
        line.put(side, self.get_component_rich_style("timeline--name", partial=True), 1)
        line.put("", self.rich_style, _LEFT)
        for kind, text in self.shown[y]:
            name = side if kind.value == "speech" else kind.value
            line.put(text, self.get_component_rich_style(f"timeline--{name}", partial=True))
        return line.strip()

    def follow(self) -> None:
        """Update the marks of the window and of the hits."""
        if self.size:
            self.shown = self._rows()

    @property
    def _columns(self) -> int:
        """How many cells a row has room for."""
        return max(1, self.size.width - _LEFT - 1)

    def _rows(self) -> TimelineRows:
        """The rows as they are now, empty without a timeline."""
        self._fitted = self._columns
        if self._timeline is None:
            return TimelineRows()
        from tui.core.timeline import BLOCKS, PLAIN, SIDES

        levels, shown = BLOCKS if _has_blocks() else PLAIN, self._view.turns_shown
        hits, marks = self._view.turn_with_hit, self._marks
        rows = (self._timeline.row(role, self._fitted, levels, shown, hits, marks=marks) for role in SIDES)
        return TimelineRows(*rows)


def _have_times(turns: Sequence[Turn]) -> bool:
    return any(turn.start_ms is not None and turn.end_ms is not None for turn in islice(turns, _FIRST))


def _has_blocks() -> bool:
    """Whether the terminal can show blocks."""
    try:
        "▁".encode(getattr(sys.__stderr__, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return os.environ.get("TERM") not in _NO_BLOCKS
