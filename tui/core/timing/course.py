"""The course of a call: one walk along the floor, which collects silences and overlaps, and what follows from it.

The floor-transfer offset of conversation analysis (Heldner & Edlund 2010; Stivers et al. 2009; Levinson & Torreira
2015), with the frontier in place of "the turn before", so that a backchannel inside a long turn makes no silence
behind it. The walk handles ordinary turns inline, as calling a method would cost more than the work; methods handle the
others. What only some readers need is worked out when it is first asked for.
"""

from __future__ import annotations

from array import array
from functools import cached_property, partial
from itertools import pairwise

from tui.core.timing.intervals import OtherTurns, Union
from tui.core.timing.moments import BACKCHANNEL_MS, CUT_MS, SILENCE_LINE_MS, SLOW_MS, Moment, MomentKind, Silence
from tui.core.timing.sides import TimedTurns
from tui.core.transcript import Role

_PAUSE_MS = 1_500
"""A continuing turn after a pause of this length begins another stretch."""
_ASSISTANT = Role.ASSISTANT
_moment = partial(tuple.__new__, Moment)
"""Makes a moment of all its fields, twice as fast as the class does: a call may have tens of thousands."""
_SLOW_ANSWER, _SILENCE = MomentKind.SLOW_ANSWER, MomentKind.SILENCE
_INTERRUPTION, _TALKED_OVER = MomentKind.INTERRUPTION, MomentKind.TALKED_OVER


class Course:
    """What the timed turns seen so far have done to the floor. Places are those among the timed turns.

    Attributes:
        timed: The timed turns.
        others: The time that the turns of no side fill.
        long_ms: From which length on a silence is a moment.
        floor: The places of the turns that took or held the floor; the others are nested.
        moments: What went wrong, by start.
        silences: The silences that are shown between the turns, by start.
        backchannels: How many short turns were nested in one of the other side.
        talk: When each side talks.
    """

    def __init__(self, timed: TimedTurns, others: OtherTurns, long_ms: int) -> None:
        self.timed = timed
        self.others = others
        self.long_ms = long_ms
        self.floor = array("q")
        self.moments: list[Moment] = []
        self.silences: list[Silence] = []
        self.backchannels = 0
        self.talk = _Talk(timed)
        self._notable_ms = max(1, min(long_ms, SLOW_MS))
        self._line_ms = min(long_ms, SILENCE_LINE_MS)

    def take(self, begin: int, end: int) -> None:
        """Take the next of the timed turns."""
        notable_ms, floor, timed = self._notable_ms, self.floor, self.timed
        frontier_ms = timed.ends_ms[floor[-1]] if floor else timed.starts_ms[0]
        for at, start_ms, end_ms in zip(
            range(begin, end), timed.starts_ms[begin:end], timed.ends_ms[begin:end], strict=False
        ):
            if end_ms <= frontier_ms:
                self._take_nested(at, end_ms - start_ms)
                continue
            offset_ms = start_ms - frontier_ms
            if offset_ms >= notable_ms:
                self._take_silence(at, offset_ms, frontier_ms)
            elif offset_ms < -CUT_MS:
                self._take_overlap(at, -offset_ms)
            floor.append(at)
            frontier_ms = end_ms

    def _take_nested(self, at: int, ms: int) -> None:
        """A nested turn of the other side: a backchannel, or two who talk at the same time."""
        role, start_ms = self.timed.roles[at], self.timed.starts_ms[at]
        if role is self.timed.roles[self.floor[-1]]:
            return
        if ms <= BACKCHANNEL_MS:
            self.backchannels += 1
        else:
            self.moments.append(
                _moment((_TALKED_OVER, self.timed.turns[at].index, start_ms, ms, role, None, None, True))
            )

    def _take_overlap(self, at: int, ms: int) -> None:
        """A turn that begins before the floor is free; by one of the other side the floor changes."""
        timed, cut = self.timed, self.floor[-1]
        role, start_ms, turn, cut_turn = timed.roles[at], timed.starts_ms[at], timed.turns[at], timed.turns[cut]
        if role is not timed.roles[cut]:
            self.moments.append(_moment((_INTERRUPTION, turn.index, start_ms, ms, role, None, cut_turn.index, True)))

    def _take_silence(self, at: int, ms: int, since_ms: int) -> None:
        """Neither side talks for some time."""
        role, turn = self.timed.roles[at], self.timed.turns[at].index
        if ms >= self._line_ms:
            self.silences.append(Silence(turn, ms))
        is_slow = role is _ASSISTANT and ms > SLOW_MS and role is not self.timed.roles[self.floor[-1]]
        if is_slow or ms >= self.long_ms:
            kind, span_ms = _SLOW_ANSWER if is_slow else _SILENCE, (since_ms, since_ms + ms)
            tool_ms, are_tools = self.others.within(*span_ms), self.others.are_tools(*span_ms)
            self.moments.append(_moment((kind, turn, since_ms, ms, role, tool_ms, None, are_tools)))

    # What follows from the walk

    def turn(self, at: int) -> int:
        """The place as sent of a timed turn."""
        return self.timed.turns[at].index

    @cached_property
    def changes(self) -> list[tuple[int, int]]:
        """The changes of the floor: the turn that held it, and the one that takes it."""
        roles = self.timed.roles
        return [(before, at) for before, at in pairwise(self.floor) if roles[before] is not roles[at]]

    @cached_property
    def stretches(self) -> list[tuple[int, int]]:
        """The first and the last turn of each stretch of one holder without a long pause."""
        roles, starts_ms, ends_ms = self.timed.roles, self.timed.starts_ms, self.timed.ends_ms
        ends = [
            place
            for place, (before, at) in enumerate(pairwise(self.floor))
            if roles[before] is not roles[at] or starts_ms[at] - ends_ms[before] >= _PAUSE_MS
        ]
        lasts = [*ends, len(self.floor) - 1] if self.floor else []
        firsts = [0, *(place + 1 for place in ends)]
        return [(self.floor[first], self.floor[last]) for first, last in zip(firsts, lasts, strict=False)]

    @cached_property
    def silence_ms(self) -> int:
        """All silences together."""
        starts_ms, ends_ms = self.timed.starts_ms, self.timed.ends_ms
        return sum(max(0, starts_ms[at] - ends_ms[before]) for before, at in pairwise(self.floor))


class _Talk(dict[Role, Union]):
    """The time that the timed turns of a side fill, worked out when it is first asked for."""

    def __init__(self, timed: TimedTurns) -> None:
        super().__init__()
        self._timed = timed

    def __missing__(self, role: Role) -> Union:
        columns = zip(self._timed.roles, self._timed.starts_ms, self._timed.ends_ms, strict=True)
        talk = self[role] = Union([(start_ms, end_ms) for side, start_ms, end_ms in columns if side is role])
        return talk
