"""Counts the anomalies of a call in steps, so that it never blocks the UI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.core.counted import counted
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

    def take(self, turns: Sequence[Turn]) -> None:
        """Count more turns, in order."""
        self.turns += len(turns)
        starts_ms = [turn.start_ms for turn in turns if turn.start_ms is not None]
        ends_ms = [turn.end_ms for turn in turns if turn.end_ms is not None]
        self.timed += len(starts_ms)
        self.last_ms = max([*_known(self.last_ms), *starts_ms, *ends_ms], default=None)
        so_far_ms = [*_known(self._latest_start_ms), *starts_ms]
        in_order = so_far_ms == sorted(so_far_ms)
        for turn in [turn for turn in turns if turn.odd] if in_order else turns:
            self.odd.update(turn.odd)
            if not in_order:  # one by one, as anomalies of the same number are listed in the order of their turns
                self._take_start(turn.start_ms)
        self._latest_start_ms = max(so_far_ms, default=None)

    def _take_start(self, start_ms: int | None) -> None:
        latest_ms = self._latest_start_ms
        if start_ms is not None and latest_ms is not None and start_ms < latest_ms:
            self.odd["begins before the turn above it"] += 1
        self._latest_start_ms = max([*_known(latest_ms), *_known(start_ms)], default=None)

    def counts(self) -> tuple[str, ...]:
        """All anomalies, with how many turns have them: "2 turns: no text", "1 turn: ends before it starts"."""
        return tuple(f"{counted(count, 'turn')}: {what}" for what, count in self.odd.most_common())


def _known(time_ms: int | None) -> list[int]:
    return [] if time_ms is None else [time_ms]
