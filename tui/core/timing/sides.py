"""The turns by whose they are: the timed turns of both sides with their words, the untimed, the others, the failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.core.shown import has_failed
from tui.core.timing.floor import TimedTurn
from tui.core.timing.intervals import Interval, is_interval
from tui.core.timing.tally import Tally
from tui.core.timing.words import FASTEST_WORD_MS, is_doubtful, is_spaced, word_counts
from tui.core.transcript import Role, Turn, role_of


class Failed(NamedTuple):
    """A turn that says itself that something went wrong.

    Attributes:
        turn: Its place as sent, from 0.
        side: Whose it is.
        start_ms: Its start; None where its times are no interval.
        behind_ms: The start of the nearest turn sent before it that has one; -1 without any.
    """

    turn: int
    side: Role
    start_ms: int | None
    behind_ms: int


class _Speakers(dict[str, Tally | None]):
    """The side that each speaker is on, None for any other, looked up once for each word.

    Args:
        assistant: The tally of the assistant.
        user: The tally of the user.
    """

    def __init__(self, assistant: Tally, user: Tally) -> None:
        super().__init__()
        self._sides = {Role.ASSISTANT: assistant, Role.USER: user}

    def __missing__(self, speaker: str) -> Tally | None:
        side = self[speaker] = self._sides.get(role_of(speaker))
        return side


@dataclass(slots=True)
class Sides:
    """The turns seen so far, in the order in which they were sent.

    Attributes:
        assistant: The tally of the assistant.
        user: The tally of the user.
        turns: How many turns were seen.
        other: Turns of no side.
        unordered: Timed turns that start before a timed turn sent earlier.
        doubtful: Timed turns that are faster than anybody speaks.
        timed: The timed turns.
        other_intervals: The intervals of the turns of no side, of those that have one.
        failed: The turns that say that something went wrong.
    """

    assistant: Tally = field(default_factory=lambda: Tally(Role.ASSISTANT))
    user: Tally = field(default_factory=lambda: Tally(Role.USER))
    turns: int = 0
    other: int = 0
    unordered: int = 0
    doubtful: int = 0
    timed: list[TimedTurn[Tally]] = field(default_factory=list)
    other_intervals: list[Interval] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    _latest_start_ms: int = -1
    _behind_ms: int = -1
    _of_speaker: _Speakers = field(init=False)

    def __post_init__(self) -> None:
        self._of_speaker = _Speakers(self.assistant, self.user)

    @property
    def untimed(self) -> int:
        """Turns of a side whose times are no interval."""
        return self.turns - self.other - len(self.timed)

    def take(self, turns: Sequence[Turn]) -> None:
        """Sort some more turns, in the order in which they were sent."""
        self.turns += len(turns)
        timed: list[TimedTurn[Tally]] = []
        texts: list[str] = []
        of_speaker = self._of_speaker
        for turn in turns:
            start_ms, end_ms = turn.start_ms, turn.end_ms
            side = of_speaker[turn.speaker]
            if side is None:
                self._take_other(turn)
            elif start_ms is not None and end_ms is not None and 0 <= start_ms < end_ms:
                timed.append((turn.index, side, start_ms, end_ms))
                texts.append(turn.text)
        self.timed += timed
        self._take_order(timed)
        self._take_words(timed, texts)
        self._take_failed(turns)

    def _take_other(self, turn: Turn) -> None:
        self.other += 1
        times_ms = turn.start_ms, turn.end_ms
        if is_interval(times_ms):
            self.other_intervals.append(times_ms)

    def _take_order(self, timed: Sequence[TimedTurn[Tally]]) -> None:
        latest_ms = self._latest_start_ms
        for _, _, start_ms, _ in timed:
            if start_ms < latest_ms:
                self.unordered += 1
            else:
                latest_ms = start_ms
        self._latest_start_ms = latest_ms

    def _take_words(self, timed: Sequence[TimedTurn[Tally]], texts: Sequence[str]) -> None:
        are_spaced = is_spaced("".join(texts))
        for (_, side, start_ms, end_ms), text, words in zip(timed, texts, word_counts(texts), strict=True):
            ms = end_ms - start_ms
            if words * FASTEST_WORD_MS > ms and is_doubtful(words, ms):
                self.doubtful += 1
                continue
            side.words += words
            side.spoken_ms += ms
            if not are_spaced:
                side.are_words_spaced = side.are_words_spaced and is_spaced(text)

    def _take_failed(self, turns: Sequence[Turn]) -> None:
        seen = 0
        for place, turn in enumerate(turns):
            if turn.extra and has_failed(turn):
                self._behind_ms = _last_start_ms(turns[seen:place], self._behind_ms)
                start_ms = turn.start_ms if is_interval((turn.start_ms, turn.end_ms)) else None
                self.failed.append(Failed(turn.index, turn.role, start_ms, self._behind_ms))
                seen = place
        self._behind_ms = _last_start_ms(turns[seen:], self._behind_ms)


def are_whole_seconds(turns: Iterable[Turn]) -> bool:
    """Whether no time of some turns has a part of a second; nearly always the first turn has one."""
    return not any((turn.start_ms or 0) % 1_000 or (turn.end_ms or 0) % 1_000 for turn in turns)


def _last_start_ms(turns: Sequence[Turn], otherwise_ms: int) -> int:
    """The start of the last of some turns whose times are an interval."""
    for turn in reversed(turns):
        times_ms = turn.start_ms, turn.end_ms
        if is_interval(times_ms):
            return times_ms[0]
    return otherwise_ms
