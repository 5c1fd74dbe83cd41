"""The timeline of the call on show: it follows the turns, the find and the reader.

Owns when it is there: where the window has 30 rows or more, and the call has times. What stands in its cells is
decided by ``core.timeline``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.strip import Strip

from tui.core.transcript import Turn
from tui.widgets.timeline import TimelineBar, TimelineRows
from tui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from tui.core.timeline import Timeline

_FIRST = 32
"""How many turns are looked at to see whether the call has times."""
_NO_BLOCKS = {"linux", "vt100", "vt102", "vt220", "ansi"}
"""Terminals whose fonts lack most blocks."""


class CallTimeline(TimelineBar):
    """Draws the timeline of the turns that a view shows.

    Args:
        view: Shows the turns.
    """

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
        if self._fitted != self.columns:
            self.set_reactive(TimelineBar.shown, self._rows())
        return super().render_lines(crop)

    def follow(self) -> None:
        """Update the marks of the window and of the hits."""
        if self.size:
            self.shown = self._rows()

    def _rows(self) -> TimelineRows:
        """The rows as they are now, empty without a timeline."""
        self._fitted = self.columns
        if self._timeline is None:
            return TimelineRows()
        from tui.core.timeline import BLOCKS, PLAIN, SIDES

        levels, shown = BLOCKS if _has_blocks() else PLAIN, self._view.turns_shown
        hits, marks = self._view.turn_with_hit, self._marks
        rows = (self._timeline.row(role, self.columns, levels, shown, hits, marks=marks) for role in SIDES)
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
