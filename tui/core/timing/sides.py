"""Sorts turns: the timed turns of both sides, the untimed, the others, those that report an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import gt, not_

from tui.core.shown import has_failed
from tui.core.timing.intervals import Union, frontiers, is_interval
from tui.core.timing.moments import Moment, MomentKind
from tui.core.transcript import Role, Turn, role_of


class Sides:
    """The turns seen so far, in the order in which they were sent.

    Attributes:
        turns: How many turns were seen.
        other: Turns of no side.
        unordered: Timed turns that start before a timed turn sent earlier.
        in_whole_seconds: Whether all times of all turns are whole seconds.
        timed: The timed turns.
        errors: The turns that report one, each with the time in ms that it follows.
    """

    def __init__(self) -> None:
        self.turns = self.other = self.unordered = 0
        self.in_whole_seconds = True
        self.timed: list[Turn] = []
        self.errors: list[tuple[int, Moment]] = []
        self._other_intervals: list[tuple[int, int]] = []
        self._has_side = _HasSide()
        self._latest_start_ms = self._behind_ms = -1

    @property
    def untimed(self) -> int:
        """Turns of a side whose times are no interval."""
        return self.turns - self.other - len(self.timed)

    def take(self, turns: Sequence[Turn]) -> None:
        """Sort some more turns, in the order in which they were sent."""
        self.turns += len(turns)
        self.in_whole_seconds = self.in_whole_seconds and _are_whole_seconds(turns)
        have_side = map(self._has_side.__getitem__, [turn.speaker for turn in turns])
        are_timed = [
            has_side and start_ms is not None and end_ms is not None and 0 <= start_ms < end_ms
            for has_side, start_ms, end_ms in zip(
                have_side, [turn.start_ms for turn in turns], [turn.end_ms for turn in turns], strict=True
            )
        ]
        timed = list(compress(turns, are_timed))
        if len(timed) < len(turns):
            self._take_others(compress(turns, map(not_, are_timed)))
        self._take_order(timed)
        if any([turn.extra for turn in turns]):  # noqa: C419 - a list is the faster way
            self._take_errors(turns)
        self._behind_ms = _last_start_ms(turns, self._behind_ms)

    def tools(self) -> Union:
        """The union of the times of the turns of no side."""
        return Union(sorted(self._other_intervals))

    def _take_order(self, timed: list[Turn]) -> None:
        """Count the unordered turns, and sort these ones, so that little is left for ``sort``."""
        starts_ms = [turn.start_ms or 0 for turn in timed]
        latest_ms = frontiers(starts_ms, self._latest_start_ms)
        self._latest_start_ms = latest_ms[-1]
        if latest_ms[1:] != starts_ms:
            self.unordered += sum(map(gt, latest_ms, starts_ms))
            timed.sort(key=_start_ms)
        self.timed += timed

    def sort(self) -> None:
        """Put the timed turns into order: by start, those of one start by their place as sent."""
        if self.unordered:
            self.timed.sort(key=_start_ms)

    def _take_others(self, turns: Iterable[Turn]) -> None:
        for turn in turns:
            if not self._has_side[turn.speaker]:
                self.other += 1
                times_ms = turn.start_ms, turn.end_ms
                if is_interval(times_ms):
                    self._other_intervals.append(times_ms)

    def _take_errors(self, turns: Sequence[Turn]) -> None:
        behind_ms = self._behind_ms
        for turn in turns:
            start_ms = turn.start_ms if is_interval((turn.start_ms, turn.end_ms)) else None
            if turn.extra and has_failed(turn):
                error = Moment(MomentKind.ERROR, turn.index, start_ms, None, turn.role)
                self.errors.append((behind_ms if start_ms is None else start_ms, error))
            behind_ms = behind_ms if start_ms is None else start_ms


class _HasSide(dict[str, bool]):
    """Whether each speaker is of a side, found once for each speaker word."""

    def __missing__(self, speaker: str) -> bool:
        has_side = self[speaker] = role_of(speaker) is not Role.OTHER
        return has_side


def _start_ms(turn: Turn) -> int:
    return turn.start_ms or 0


def _are_whole_seconds(turns: Iterable[Turn]) -> bool:
    """Whether all times of some turns are whole seconds; nearly always the first turn decides."""
    return not any((turn.start_ms or 0) % 1_000 or (turn.end_ms or 0) % 1_000 for turn in turns)


def _last_start_ms(turns: Sequence[Turn], otherwise_ms: int) -> int:
    """The start of the last of some turns whose times are an interval."""
    for turn in reversed(turns):
        times_ms = turn.start_ms, turn.end_ms
        if is_interval(times_ms):
            return times_ms[0]
    return otherwise_ms
