"""Intervals of time in ms, as half-open pairs, and the measure of their union."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypeGuard

Interval: TypeAlias = tuple[int, int]
"""Start and end in ms, with ``0 <= start < end``."""


def is_interval(times_ms: tuple[int | None, int | None]) -> TypeGuard[Interval]:
    """Whether two times are both known and are ``0 <= start < end``; no others take part in any figure."""
    start_ms, end_ms = times_ms
    return start_ms is not None and end_ms is not None and 0 <= start_ms < end_ms


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same stretches of time as intervals that are apart from one another, in order."""
    apart: list[Interval] = []
    for start_ms, end_ms in sorted(intervals):
        if apart and start_ms <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end_ms))
        else:
            apart.append((start_ms, end_ms))
    return apart


class Cover:
    """How much of a window of time a union of intervals covers.

    Args:
        intervals: The intervals. The windows are asked for in order and do not overlap, so that all of them
            together take one pass.
    """

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._union = union(intervals)
        self._next = 0

    def __bool__(self) -> bool:
        """Whether there is any interval."""
        return bool(self._union)

    def within(self, since_ms: int, until_ms: int) -> int:
        """The measure in ms of what is covered between two times."""
        covered_ms = 0
        while self._next < len(self._union):
            start_ms, end_ms = self._union[self._next]
            covered_ms += max(0, min(end_ms, until_ms) - max(start_ms, since_ms))
            if end_ms > until_ms:
                break
            self._next += 1
        return covered_ms
