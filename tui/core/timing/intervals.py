"""Intervals of time in ms, as half-open pairs, and the measure of their union."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeAlias, TypeGuard

Interval: TypeAlias = tuple[int, int]
"""Start and end in ms, with ``0 <= start < end``."""


def is_interval(times_ms: tuple[int | None, int | None]) -> TypeGuard[Interval]:
    """Whether two times are both known and are ``0 <= start < end``; no others take part in any figure."""
    start_ms, end_ms = times_ms
    return start_ms is not None and end_ms is not None and 0 <= start_ms < end_ms


def frontiers(times_ms: Sequence[int], before_ms: int) -> list[int]:
    """The latest time before each, and the one after the last.

    Args:
        times_ms: The times.
        before_ms: The latest time before the first of them.
    """
    times = [before_ms, *times_ms]
    return times if times == sorted(times) else list(accumulate(times, max))  # sorting what is in order is cheap


class Union:
    """The union of intervals.

    Args:
        intervals: The first of them, by start.
    """

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._starts_ms: list[int] = []
        self._ends_ms = [-1]  # one place behind its start
        self._sums_ms = [0]
        self.take(intervals)

    def __bool__(self) -> bool:
        """Whether there is any interval."""
        return bool(self._starts_ms)

    def take(self, intervals: Iterable[Interval]) -> None:
        """Take some more, in the order of their start."""
        for start_ms, end_ms in intervals:
            if start_ms > self._ends_ms[-1]:
                self._sums_ms.append(self._sums_ms[-1] + end_ms - start_ms)
                self._starts_ms.append(start_ms)
                self._ends_ms.append(end_ms)
            elif end_ms > self._ends_ms[-1]:
                self._sums_ms[-1] += end_ms - self._ends_ms[-1]
                self._ends_ms[-1] = end_ms

    def within(self, since_ms: int, until_ms: int) -> int:
        """How much time in ms it covers between two times."""
        return self._before(until_ms) - self._before(since_ms) if self._starts_ms else 0

    def _before(self, at_ms: int) -> int:
        begun = bisect_left(self._starts_ms, at_ms)
        return self._sums_ms[begun] - max(0, self._ends_ms[begun] - at_ms)
