"""Going from moment to moment: which one is next, and at which of them the reader is.

The order is that of the turns, so that the walk leads down the screen: by its start, a silence would stand before a
tool call that lies in it and is shown above it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import NamedTuple

from tui.core.timing import Moment

_turn = attrgetter("turn")


class Reported(NamedTuple):
    """A moment that others report: Trace or Recap.

    Attributes:
        turn: The index of the turn.
        start_ms: When, as an offset; None if only the turn is known.
        words: What happened; safe.
        by: Who reports it.
    """

    turn: int
    start_ms: int | None
    words: str
    by: str

    @property
    def described(self) -> str:
        """It in words: "pricing: asked for a discount (Recap)"."""
        return f"{self.words} ({self.by})"

    @property
    def note(self) -> str:
        """The same as a note beside the turn: "recap: pricing: asked for a discount"."""
        return f"{self.by.lower()}: {self.words}"


class MomentWalk:
    """The moments of a call, and the one visited last.

    Attributes:
        moments: The moments, by turn; those of one turn by start, and behind them what others report of it.
        reported: What others report.
    """

    def __init__(self, moments: Sequence[Moment] = ()) -> None:
        self._own = tuple(moments)
        self.moments: list[Moment | Reported] = sorted(moments, key=_turn)
        self.reported: tuple[Reported, ...] = ()
        self._last = -1

    def report(self, reported: Sequence[Reported]) -> None:
        """Walk through moments that others report too, in the place of those reported before."""
        last = self.moments[self._last] if self._last >= 0 else None
        self.reported = tuple(reported)
        self.moments = sorted((*self._own, *reported), key=_turn)
        self._last = self.moments.index(last) if last in self.moments else -1

    def visited_in(self, turn: int) -> int | None:
        """The index of the moment visited last; None if it is not in this turn."""
        return self._last if self._last >= 0 and self.moments[self._last].turn == turn else None

    def step(self, turn: int, direction: int, is_shown: Callable[[int], bool]) -> Moment | Reported | None:
        """Go to the next moment, or to the previous one for a direction of -1; wraps around at the ends.

        Returns:
            The moment; None if no moment is on show.
        """
        count, first = len(self.moments), self._from(turn, direction)
        for steps in range(count):
            index = (first + direction * steps) % count
            if is_shown(self.moments[index].turn):
                self._last = index
                return self.moments[index]
        return None

    def _from(self, turn: int, direction: int) -> int:
        """The index of the first candidate; may be out of range by one."""
        at = self.visited_in(turn)
        if at is not None:
            return at + direction
        if direction > 0:
            return bisect_right(self.moments, turn, key=_turn)
        return bisect_left(self.moments, turn, key=_turn) - 1
