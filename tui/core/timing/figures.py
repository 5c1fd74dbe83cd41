"""The figures of a call, each exact or unknown (None); the walk that they follow from is in ``course``.

Moments, silences and counts are there from the start, as every screen shows them. What only some readers need is
worked out when it is first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from heapq import nlargest
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from tui.core.timing.course import Course
from tui.core.timing.intervals import OtherTurns, Union
from tui.core.timing.moments import SLOW_MS, Moment, MomentKind
from tui.core.timing.offsets import FloorOffset, floor_offsets
from tui.core.timing.sides import Sides
from tui.core.timing.words import words_per_minute
from tui.core.transcript import Role

SIDES = (Role.ASSISTANT, Role.USER)
Changes: TypeAlias = tuple[list[int], list[int], list[int]]
"""Changes of the floor: the turns that took it, the offsets, which are the latencies, and the frontiers before them."""

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
        are_tools: Whether all turns that fill it are of tools.
    """

    turn: int
    ms: int
    tool_ms: int
    are_tools: bool = True


class Response:
    """The response latency of a side: the offsets of its changes, negative ones too."""

    def __init__(self, changes: Changes, others: OtherTurns) -> None:
        self._changes = changes
        self._others = others

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self._changes[0])

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """All of them, in order."""
        return tuple(map(self._answer, *self._changes))

    def slowest(self, count: int) -> list[Answer]:
        """The slowest of them, the first of equal ones first."""
        return [
            self._answer(*change) for change in nlargest(count, zip(*self._changes, strict=True), key=itemgetter(1))
        ]

    def _answer(self, turn: int, ms: int, since_ms: int) -> Answer:
        if ms <= 0:
            return Answer(turn, ms, 0)
        span_ms = since_ms, since_ms + ms
        return Answer(turn, ms, self._others.within(*span_ms), self._others.are_tools(*span_ms))

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


class SideFigures:
    """The figures of one side.

    Args:
        role: The side.
        course: The course of the call.
        doubtful: The places as sent of the turns with doubtful times.
    """

    def __init__(self, role: Role, course: Course, doubtful: Collection[int]) -> None:
        self.role = role
        self._course = course
        self._timed = course.timed
        self._doubtful = doubtful

    @cached_property
    def _own(self) -> list[int]:
        """Its timed turns, their places among those of the call."""
        return [at for at, role in enumerate(self._timed.roles) if role is self.role]

    @property
    def turns(self) -> int:
        """How many timed turns it has."""
        return len(self._own)

    @property
    def first_ms(self) -> int | None:
        """The start of the first of them; None without any."""
        return self._timed.starts_ms[self._own[0]] if self._own else None

    @property
    def talk_ms(self) -> int | None:
        """The measure in ms of the union of these; None where no turn of the call is timed."""
        return self._course.talk[self.role].total_ms if self._timed else None

    @property
    def share_of_talk(self) -> float | None:
        """``talk / (talk of both)``."""
        return share(self.talk_ms, sum(self._course.talk[role].total_ms for role in SIDES))

    @cached_property
    def longest_turn(self) -> Longest | None:
        """The longest timed turn, the first of several."""
        longest = max(self._own, key=lambda at: self._length_ms(at, at), default=None)
        return None if longest is None else Longest(self._course.turn(longest), self._length_ms(longest, longest))

    @cached_property
    def longest_monologue(self) -> Stretch | None:
        """The longest stretch as holder without a pause of 1,500 ms, the first of several."""
        own = [stretch for stretch in self._course.stretches if self._timed.roles[stretch[0]] is self.role]
        if not own:
            return None
        first, last = max(own, key=lambda stretch: self._length_ms(*stretch))
        return Stretch(self._course.turn(first), self._course.turn(last), self._length_ms(first, last))

    def _length_ms(self, first: int, last: int) -> int:
        return self._timed.ends_ms[last] - self._timed.starts_ms[first]

    @cached_property
    def response(self) -> Response:
        """Its response latency."""
        starts_ms, ends_ms, roles = self._timed.starts_ms, self._timed.ends_ms, self._timed.roles
        changes = [(before, at) for before, at in self._course.changes if roles[at] is self.role]
        turns = [self._course.turn(at) for _, at in changes]
        offsets_ms = [starts_ms[at] - ends_ms[before] for before, at in changes]
        return Response((turns, offsets_ms, [ends_ms[before] for before, _ in changes]), self._course.others)

    @cached_property
    def words_per_minute(self) -> int | None:
        """Words / minutes of the turns that are not doubtful; None below 15 s, and in scripts without spaces."""
        turns = [self._timed.turns[at] for at in self._own]
        return words_per_minute([turn for turn in turns if turn.index not in self._doubtful])


class Timing:
    """The figures of a call.

    Args:
        sides: The turns, sorted.
        course: The course of the call, which has ended.

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
        assistant: The figures of the assistant.
        user: The figures of the user.
        moments: What happened, by start.
        silences: The silences that are shown between the turns, of 2 s or more and those that are moments, by start.
        long_silence_ms: From which length on a silence is a moment.
        talk: When each side talks.
    """

    def __init__(self, sides: Sides, course: Course) -> None:
        self.turns, self.timed, self.untimed, self.other = sides.turns, len(sides.timed), sides.untimed, sides.other
        self.unordered, self.doubtful = sides.unordered, len(sides.doubtful)
        self.in_whole_seconds = self.timed > 0 and sides.in_whole_seconds
        self.backchannels = course.backchannels
        self.first_start_ms = sides.timed.starts_ms[0] if self.timed else None
        self.last_end_ms = sides.timed.ends_ms[course.floor[-1]] if self.timed else None
        self.assistant, self.user = (SideFigures(role, course, sides.doubtful) for role in SIDES)
        self.moments = _with_errors(course.moments, sides.errors)
        self.silences = tuple(course.silences)
        self.long_silence_ms = course.long_ms
        self.talk: Mapping[Role, Union] = course.talk
        self._course = course

    def complete(self) -> None:
        """Compute all figures that are computed on demand, in a thread, as it takes a while in a long call."""
        for side in (self.assistant, self.user):
            side.response.percentile_ms(50)
            _ = side.talk_ms, side.longest_turn, side.longest_monologue, side.words_per_minute
        _ = self.silence_ms

    @property
    def first_word_ms(self) -> int | None:
        """The start of the first timed turn of the assistant."""
        return self.assistant.first_ms

    @property
    def other_ms(self) -> int:
        """The measure of the union of the turns of no side."""
        return self._course.others.total_ms

    @property
    def overlap_ms(self) -> int | None:
        """Talking at once: the measure of the intersection of both sides' unions."""
        if self.first_start_ms is None or self.last_end_ms is None:
            return None
        talk_ms = sum(self.talk[role].total_ms for role in SIDES)
        return talk_ms + self._course.silence_ms - (self.last_end_ms - self.first_start_ms)

    @property
    def silence_ms(self) -> int | None:
        """Neither talking: last end - first start - the measure of the union of all timed turns."""
        return self._course.silence_ms if self.timed else None

    @property
    def floor_offsets(self) -> dict[int, FloorOffset]:
        """The offset of each timed turn but the first, by its place as sent."""
        return floor_offsets(self._course.timed, self._course.others)

    @property
    def kinds(self) -> dict[int, list[MomentKind]]:
        """The kinds of the moments of each turn that has some, by its place as sent."""
        kinds: dict[int, list[MomentKind]] = {}
        for moment in self.moments:
            kinds.setdefault(moment.turn, []).append(moment.kind)
        return kinds

    def share_of_call(self, side: SideFigures, duration_ms: int | None) -> float | None:
        """``talk / duration``; None without timed turns, or for a call without length.

        Args:
            side: One of the two.
            duration_ms: The duration of the record; None uses the last end instead.
        """
        return share(side.talk_ms, self.last_end_ms if duration_ms is None else duration_ms)


def _with_errors(moments: list[Moment], errors: list[tuple[int, Moment]]) -> tuple[Moment, ...]:
    """The moments of the course and the errors, by start; an error without a time follows the previous turn."""
    if not errors:
        return tuple(moments)
    placed = [*((moment.start_ms or 0, moment) for moment in moments), *errors]
    return tuple(moment for _, moment in sorted(placed, key=lambda each: each[0]))


def share(part_ms: int | None, whole_ms: int | None) -> float | None:
    """A part of a whole, to three decimals; None if either is unknown, or the whole is 0."""
    return round(part_ms / whole_ms, 3) if part_ms is not None and whole_ms else None
