"""The floor: who holds it, and what each timed turn does to it.

The floor-transfer offset of conversation analysis (Heldner & Edlund 2010; Stivers et al. 2009; Levinson & Torreira
2015), with the frontier in place of "the turn before", so that a backchannel inside a long turn makes no silence
behind it. What follows from the floor is in ``figures`` and ``moments``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeAlias, TypeVar

Side = TypeVar("Side")
"""Whatever stands for a side; the same object for the same side."""
TimedTurn: TypeAlias = tuple[int, Side, int, int]
"""A timed turn: its place as sent, its side, its start and its end in ms. A plain tuple, as there are many."""


class Step(NamedTuple, Generic[Side]):
    """A timed turn with the floor as it was before it.

    Attributes:
        turn: Its place among the turns as sent, from 0.
        side: Its side.
        start_ms: Its start.
        end_ms: Its end, after its start.
        frontier_ms: The latest end of the timed turns before it; its own start for the first.
        holder: The side of the turn that set the frontier; None for the first.
    """

    turn: int
    side: Side
    start_ms: int
    end_ms: int
    frontier_ms: int
    holder: Side | None

    @property
    def offset_ms(self) -> int:
        """The floor-transfer offset, ``start - frontier``: a silence above 0, at once below."""
        return self.start_ms - self.frontier_ms

    @property
    def is_nested(self) -> bool:
        """Whether it ends before the frontier or at it, which then stays."""
        return self.end_ms <= self.frontier_ms

    @property
    def is_continuing(self) -> bool:
        """Whether the holder goes on."""
        return not self.is_nested and self.side is self.holder

    @property
    def is_change(self) -> bool:
        """Whether the floor goes to the other side."""
        return not self.is_nested and self.holder is not None and self.side is not self.holder


def in_order(timed: list[TimedTurn[Side]]) -> list[TimedTurn[Side]]:
    """Timed turns by start, those of one start by their place as sent.

    Args:
        timed: The turns in the order in which they were sent.
    """
    return sorted(timed, key=lambda turn: turn[2])


def walk(timed: Iterable[TimedTurn[Side]]) -> Iterator[tuple[int, Side, int, int, int, Side | None]]:
    """The steps of the floor, one for each timed turn, as plain tuples in the order of ``Step``.

    Args:
        timed: The timed turns in order.
    """
    frontier_ms, holder = -1, None
    for turn, side, start_ms, end_ms in timed:
        if holder is None:
            frontier_ms = start_ms
        yield turn, side, start_ms, end_ms, frontier_ms, holder
        if end_ms > frontier_ms:
            frontier_ms, holder = end_ms, side
