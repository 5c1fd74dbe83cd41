"""Intervals of time in ms, as half-open pairs, and the measure of their union."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeAlias, TypeGuard

Interval: TypeAlias = tuple[int, int]
"""Start and end in ms, with ``0 <= start < end``."""


def is_interval(times_ms: tuple[int | None, int | None]) -> TypeGuard[Interval]:
    """Whether two times are both known and are ``0 <= start < end``; no others take part in any figure."""
    start_ms, end_ms = times_ms
    return start_ms is not None and end_ms is not None and 0 <= start_ms < end_ms


class Union:
    """The union of intervals.

    Args:
        intervals: All of them, by start.

    Attributes:
        total_ms: Its measure.
    """

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self._starts_ms = [start_ms for start_ms, _ in intervals]
        self._ends_ms = ends_ms = list(accumulate([end_ms for _, end_ms in intervals], max, initial=-1))
        """The latest end before each, and the one after the last."""
        new_ms = [
            after_ms - (start_ms if start_ms > before_ms else before_ms)
            for start_ms, before_ms, after_ms in zip(self._starts_ms, ends_ms, ends_ms[1:], strict=False)
        ]
        self._sums_ms = _packed(list(accumulate(new_ms, initial=0)))
        self.total_ms = self._sums_ms[-1]

    def within(self, since_ms: int, until_ms: int) -> int:
        """How much time in ms it covers between two times."""
        return self._before(until_ms) - self._before(since_ms) if self._starts_ms else 0

    def _before(self, at_ms: int) -> int:
        begun = bisect_left(self._starts_ms, at_ms)
        return self._sums_ms[begun] - max(0, self._ends_ms[begun] - at_ms)


class OtherTurns(Union):
    """The time that the turns of no side fill.

    Args:
        intervals: Those of all these turns, in any order.
        not_tools: Those of the ones that are not of tools.
    """

    def __init__(self, intervals: Sequence[Interval], not_tools: Sequence[Interval] = ()) -> None:
        super().__init__(sorted(intervals))
        self._not_tools = Union(sorted(not_tools))

    def are_tools(self, since_ms: int, until_ms: int) -> bool:
        """Whether all turns that fill time between two times are of tools."""
        return not self._not_tools.within(since_ms, until_ms)


def _packed(numbers: list[int]) -> Sequence[int]:
    """Numbers in eight bytes each; as they are if one does not fit, which no time of the API makes."""
    try:
        return array("q", numbers)
    except OverflowError:
        return numbers
