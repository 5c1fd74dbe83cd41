"""Counts the anomalies of a call in steps, so that it never blocks the UI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tui.core.transcript import Turn


@dataclass(slots=True)
class Anomalies:
    """Sums over the turns seen so far.

    Attributes:
        turns: The number of turns seen.
        timed: The number of these with a start time.
        last_ms: The latest time seen, as offset in ms; None without any.
        odd: The anomalies, with the number of affected turns.
    """

    turns: int = 0
    timed: int = 0
    last_ms: int | None = None
    odd: Counter[str] = field(default_factory=Counter)
    _latest_start_ms: int | None = None

    def take(self, turns: Iterable[Turn]) -> None:
        """Count more turns, in order."""
        for turn in turns:
            self.turns += 1
            self.odd.update(turn.odd)
            self._take_times(turn)

    def _take_times(self, turn: Turn) -> None:
        self.last_ms = _latest(self.last_ms, turn.start_ms, turn.end_ms)
        if turn.start_ms is not None:
            self.timed += 1
            if self._latest_start_ms is not None and turn.start_ms < self._latest_start_ms:
                self.odd["begins before the turn above it"] += 1
            self._latest_start_ms = _latest(self._latest_start_ms, turn.start_ms)

    def summary(self) -> str:
        """All anomalies on one line: ``2 turns: no text · 1 turn: ends before it starts``; may be empty."""
        return " · ".join(f"{_turns(count)}: {what}" for what, count in self.odd.most_common())


def _turns(count: int) -> str:
    return f"{count:,} turn" + ("" if count == 1 else "s")


def _latest(*times_ms: int | None) -> int | None:
    """The latest of some times; None if none is known."""
    return max((time_ms for time_ms in times_ms if time_ms is not None), default=None)
