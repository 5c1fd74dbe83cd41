"""Going from moment to moment: which one is next, and at which of them the reader is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.core.timing.moments import Moment


class MomentWalk:
    """The moments of a call, and the one visited last.

    Attributes:
        moments: The moments, by start.
    """

    def __init__(self, moments: Sequence[Moment] = ()) -> None:
        self.moments: list[Moment] = []
        self._last = -1
        self._first_of: dict[int, int] = {}
        self.take(moments)

    def take(self, moments: Sequence[Moment]) -> None:
        """Add more moments, by start."""
        for index, moment in enumerate(moments, len(self.moments)):
            self._first_of.setdefault(moment.turn, index)
        self.moments += moments

    def gone_to(self, turn: int) -> int | None:
        """The index of the moment visited last if it is in the given turn, else None."""
        return self._last if self._last >= 0 and self.moments[self._last].turn == turn else None

    def step(self, turn: int, direction: int, is_shown: Callable[[int], bool]) -> Moment | None:
        """Go to the next moment, or to the previous one for a direction of -1; wraps around at the ends.

        Args:
            turn: The current turn.
            direction: 1 or -1.
            is_shown: Whether a turn is on show.

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
        at = self.gone_to(turn)
        at = self._first_of.get(turn) if at is None else at
        if at is not None:
            return at + direction
        turns = [moment.turn for moment in self.moments]
        if direction > 0:
            return next((index for index, other in enumerate(turns) if other > turn), 0)
        return next((index for index in reversed(range(len(turns))) if turns[index] < turn), -1)
