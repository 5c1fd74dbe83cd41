"""The hits of a find in the order of the transcript, to step through, to highlight and to count."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from tui.core.fold import Span

Hit = tuple[int, int, int]
"""Index of a turn, and start and end of the hit within its text; both are 0 where the turn is found as a whole."""


class Hits:
    """The hits found so far, in the order of the transcript."""

    def __init__(self, hits: Iterable[Hit] = ()) -> None:
        self._hits = sorted(hits)

    @property
    def count(self) -> int:
        """The number of hits."""
        return len(self._hits)

    def add(self, batch: Sequence[Hit]) -> None:
        """Add a sorted batch of ``Corpus.hits``; no existing hit lies within its range."""
        if batch:
            at = bisect_left(self._hits, batch[0])
            self._hits[at:at] = batch

    def next_after(self, turn: int, offset: int) -> Hit | None:
        """The first hit that starts after the offset (-1: before all text) in the turn, or in a later one."""
        at = bisect_left(self._hits, (turn, offset + 1, 0))
        return self._hits[at] if at < len(self._hits) else None

    def previous_before(self, turn: int, offset: int) -> Hit | None:
        """The last hit that starts before the offset in the turn, or in an earlier one."""
        at = bisect_left(self._hits, (turn, offset, 0))
        return self._hits[at - 1] if at else None

    def in_part(self, turn: int, start: int, end: int) -> list[Span]:
        """The spans of the hits that overlap a part of a turn's text."""
        first = bisect_left(self._hits, (turn, start, 0))
        if first and self._hits[first - 1][0] == turn and self._hits[first - 1][2] > start:
            first -= 1
        last = bisect_left(self._hits, (turn, end, 0))
        return [(at, until) for _, at, until in self._hits[first:last] if at < until]

    def index_of(self, hit: Hit) -> int | None:
        """The index of a hit, from 0; None if it is not among them."""
        at = bisect_left(self._hits, hit)
        return at if at < len(self._hits) and self._hits[at] == hit else None

    def turns(self) -> list[int]:
        """The turns with a hit, each once, in order."""
        return list(dict.fromkeys(turn for turn, _, _ in self._hits))

    def turns_around(self, around: int, count: int) -> list[int]:
        """The turns with a hit, and ``around`` turns before and after each, in order; the call has ``count`` turns."""
        turns: list[int] = []
        for turn in self.turns():
            first = max(turn - around, turns[-1] + 1 if turns else 0)
            turns += range(first, min(turn + around + 1, count))
        return turns
