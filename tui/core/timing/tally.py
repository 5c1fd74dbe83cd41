"""What is counted of one side while the floor is walked, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tui.core.transcript import Role


class Longest(NamedTuple):
    """A turn and its length.

    Attributes:
        turn: Its place as sent, from 0.
        ms: Its length.
    """

    turn: int
    ms: int


class Stretch(NamedTuple):
    """A stretch of one holder of the floor.

    Attributes:
        from_turn: The turn that begins it.
        to_turn: The last turn that continues it.
        ms: From the first start to the last end.
    """

    from_turn: int
    to_turn: int
    ms: int


class Answer(NamedTuple):
    """A change of the floor.

    Attributes:
        turn: The turn that took the floor, from 0.
        ms: Its offset, the latency; negative for an overlap.
        tool_ms: How much of it the turns of no side fill.
    """

    turn: int
    ms: int
    tool_ms: int


@dataclass(slots=True)
class Tally:
    """Sums over the turns of one side.

    Attributes:
        role: The side.
        turns: Its timed turns.
        talk_ms: The measure of the union of these.
        words: The words of those that are not doubtful.
        spoken_ms: The lengths of those, added up.
        are_words_spaced: Whether the words of all of those can be counted.
        answers: Its changes, in order, each as a plain ``Answer``, as there are many.
        longest_turn: The longest timed turn, the first of several.
        longest_monologue: The longest stretch without a pause of 1,500 ms.
    """

    role: Role
    turns: int = 0
    talk_ms: int = 0
    words: int = 0
    spoken_ms: int = 0
    are_words_spaced: bool = True
    answers: list[tuple[int, int, int]] = field(default_factory=list)
    longest_turn: Longest | None = None
    longest_monologue: Stretch | None = None
    _end_ms: int = 0
    _longest_ms: int = 0

    def take(self, turn: int, start_ms: int, end_ms: int) -> None:
        """Count one more of its timed turns, in order."""
        self.turns += 1
        if start_ms >= self._end_ms:
            self.talk_ms += end_ms - start_ms
            self._end_ms = end_ms
        elif end_ms > self._end_ms:
            self.talk_ms += end_ms - self._end_ms
            self._end_ms = end_ms
        if end_ms - start_ms > self._longest_ms:
            self._longest_ms = end_ms - start_ms
            self.longest_turn = Longest(turn, self._longest_ms)
