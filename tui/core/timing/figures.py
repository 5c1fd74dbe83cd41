"""The figures of a call, each exact or unknown (None), as frozen values; the walk that finds them is in ``measure``.

Percentiles, shares and rates are worked out when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from tui.core.timing.course import Changes
from tui.core.timing.intervals import Union
from tui.core.timing.moments import SLOW_MS, Moment, Silence
from tui.core.timing.tally import Longest, Stretch
from tui.core.timing.words import Speech
from tui.core.transcript import Role, Turn

GOOD_MS = 800
"""A response below this is good."""
FAIR_MS = SLOW_MS
"""A response up to this is fair, above it slow."""


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


class Response:
    """The response latency of a side: the offsets of its changes, negative ones too.

    Args:
        changes: The changes, in order.
        tools: The time that the turns of no side fill.
    """

    def __init__(self, changes: Changes, tools: Union) -> None:
        self._changes = changes
        self._tools = tools

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self._changes[0])

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """All of them, in order."""
        within = self._tools.within
        return tuple(
            Answer(turn, ms, within(since_ms, since_ms + ms) if ms > 0 else 0)
            for turn, ms, since_ms in zip(*self._changes, strict=True)
        )

    @cached_property
    def _sorted_ms(self) -> list[int]:
        return sorted(self._changes[1])

    def percentile_ms(self, percent: int) -> int | None:
        """The latency in ms by nearest rank: sorted, index ``ceil(q * n) - 1``; None without any.

        Args:
            percent: From 1 to 100; the longest is 100.
        """
        rank = -(-percent * self.n // 100)  # ceil without floats
        return self._sorted_ms[rank - 1] if self.n else None

    @cached_property
    def slow(self) -> int:
        """How many took more than 1,500 ms."""
        return sum(ms > SLOW_MS for ms in self._sorted_ms)


class SideFigures(NamedTuple):
    """The figures of one side.

    Attributes:
        role: The side.
        turns: Its timed turns.
        talk_ms: The measure in ms of the union of these; None where no turn of the call is timed.
        share_of_talk: ``talk / (talk of both)``.
        longest_turn: The longest timed turn, the first of several.
        longest_monologue: The longest stretch as holder without a pause of 1,500 ms, the first of several.
        response: Its response latency.
        speech: What it said.
    """

    role: Role
    turns: int
    talk_ms: int | None
    share_of_talk: float | None
    longest_turn: Longest | None
    longest_monologue: Stretch | None
    response: Response
    speech: Speech

    @property
    def words_per_minute(self) -> int | None:
        """Words / minutes of the turns that are not doubtful; None below 15 s, and in scripts without spaces."""
        return self.speech.words_per_minute


class Timing(NamedTuple):
    """The figures of a call.

    Attributes:
        turns: All turns.
        timed: Turns of a side with ``0 <= start < end``.
        untimed: All other turns of a side.
        other: Turns of no side.
        unordered: Timed turns that start before a timed turn sent earlier.
        doubtful: Timed turns of 3 words or more with more than 400 words a minute.
        in_whole_seconds: Whether all times of the call are whole seconds, so that each figure may be off by 1 s.
        backchannels: Nested turns of the other side of at most 500 ms.
        first_start_ms: The first start of a timed turn.
        last_end_ms: The last end of one.
        first_word_ms: The start of the first timed turn of the assistant.
        overlap_ms: Talking at once: the measure of the intersection of both sides' unions.
        silence_ms: Nobody talking: last end - first start - the measure of the union of all timed turns.
        assistant: The figures of the assistant.
        user: The figures of the user.
        moments: What happened, by start.
        silences: The silences of 2 s or more, by start.
        long_silence_ms: From which length on a silence is a moment.
        timed_turns: The timed turns, by start.
    """

    turns: int
    timed: int
    untimed: int
    other: int
    unordered: int
    doubtful: int
    in_whole_seconds: bool
    backchannels: int
    first_start_ms: int | None
    last_end_ms: int | None
    first_word_ms: int | None
    overlap_ms: int | None
    silence_ms: int | None
    assistant: SideFigures
    user: SideFigures
    moments: tuple[Moment, ...]
    silences: tuple[Silence, ...]
    long_silence_ms: int
    timed_turns: Sequence[Turn]

    def share_of_call(self, side: SideFigures, duration_ms: int | None) -> float | None:
        """``talk / duration``; None without timed turns, or for a call without length.

        Args:
            side: One of the two.
            duration_ms: The duration of the record; None uses the last end instead.
        """
        return share(side.talk_ms, self.last_end_ms if duration_ms is None else duration_ms)


def share(part_ms: int | None, whole_ms: int | None) -> float | None:
    """A part of a whole, to three decimals; None if either is unknown, or the whole is 0."""
    return round(part_ms / whole_ms, 3) if part_ms is not None and whole_ms else None
