"""One walk along the floor, from turns to figures and moments; it can be paused between slices."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from itertools import islice

from tui.core.timing.figures import Timing, side_figures
from tui.core.timing.floor import TimedTurn, in_order, walk
from tui.core.timing.intervals import Cover
from tui.core.timing.moments import (
    BACKCHANNEL_MS,
    CUT_MS,
    SILENCE_LINE_MS,
    SILENCE_MS,
    SLOW_MS,
    Moment,
    MomentKind,
    Silence,
    with_errors,
)
from tui.core.timing.sides import Sides, are_whole_seconds
from tui.core.timing.tally import Stretch, Tally
from tui.core.transcript import Role, Turn

_SLICE = 2_000
"""So many turns are looked at without a pause."""
_PAUSE_MS = 1_500
"""A continuing turn after a pause of this length begins another stretch."""


def measure(turns: Sequence[Turn], silence_ms: int = SILENCE_MS) -> Timing:
    """The figures and moments of a call.

    Args:
        turns: All its turns, as sent.
        silence_ms: From which length on a silence is a moment.
    """
    slices = measuring(turns, silence_ms)
    while True:
        try:
            next(slices)
        except StopIteration as done:
            timing: Timing = done.value
            return timing


def measuring(turns: Sequence[Turn], silence_ms: int = SILENCE_MS) -> Generator[None, None, Timing]:
    """As ``measure``, in slices: yields after each, and returns the result.

    Args:
        turns: All turns of the call, as sent.
        silence_ms: From which length on a silence is a moment.
    """
    sides, in_whole_seconds = Sides(), True
    for begin in range(0, len(turns), _SLICE):
        some = turns[begin : begin + _SLICE]
        sides.take(some)
        in_whole_seconds = in_whole_seconds and are_whole_seconds(some)
        yield
    timed = in_order(sides.timed) if sides.unordered else sides.timed
    course = _Course(Cover(sides.other_intervals), silence_ms)
    steps = walk(timed)
    for _ in range(0, len(timed), _SLICE):
        course.take(islice(steps, _SLICE))
        yield
    course.end()
    return _timing(sides, course, timed, in_whole_seconds=in_whole_seconds)


class _Course:
    """What happens to the floor, gathered step by step.

    Args:
        tools: The time that the turns of no side fill.
        long_ms: From which length on a silence is a moment.
    """

    def __init__(self, tools: Cover, long_ms: int) -> None:
        self._tools = tools
        self._has_tools = bool(tools)
        self._long_ms = long_ms
        self._notable_ms = min(long_ms, SLOW_MS)
        self.moments: list[Moment] = []
        self.silences: list[Silence] = []
        self.backchannels = 0
        self.silence_ms = 0
        self.frontier_ms = -1
        self._since_ms = -1
        self._holder: Tally | None = None
        self._from_turn = self._to_turn = self._frontier_turn = -1

    def take(self, steps: Iterable[tuple[int, Tally, int, int, int, Tally | None]]) -> None:
        """Take some more steps of the floor, in order; what nearly every turn does is done here, without a call."""
        has_tools, notable_ms = self._has_tools, self._notable_ms
        last_ms, last_side, last_turn = self.frontier_ms, self._holder, self._frontier_turn
        for turn, side, start_ms, end_ms, frontier_ms, holder in steps:
            side.take(turn, start_ms, end_ms)
            if end_ms <= frontier_ms:
                if side is not holder:
                    self._take_nested(turn, side, start_ms, end_ms)
                continue
            offset_ms, tool_ms = start_ms - frontier_ms, 0
            if offset_ms > 0:
                self.silence_ms += offset_ms
                if has_tools or offset_ms >= notable_ms:
                    tool_ms = self._take_silence(turn, side, holder, frontier_ms, offset_ms)
            if side is holder and offset_ms < _PAUSE_MS:
                self._to_turn = turn
            else:
                self._begin_stretch(turn, start_ms, frontier_ms, holder)
            if side is not holder and holder is not None:
                side.answers.append((turn, offset_ms, tool_ms))
                if -offset_ms > CUT_MS:
                    self._take_cut(turn, side, start_ms, -offset_ms, last_turn)
            last_ms, last_side, last_turn = end_ms, side, turn
        self.frontier_ms, self._holder, self._frontier_turn = last_ms, last_side, last_turn

    def end(self) -> None:
        """Take the end of the call."""
        self._begin_stretch(-1, -1, self.frontier_ms, self._holder)

    def _take_nested(self, turn: int, side: Tally, start_ms: int, end_ms: int) -> None:
        """A turn of the other side inside one of the holder's: a backchannel, or two who talk at the same time."""
        if end_ms - start_ms <= BACKCHANNEL_MS:
            self.backchannels += 1
        else:
            self.moments.append(Moment(MomentKind.TALKED_OVER, turn, start_ms, end_ms - start_ms, side.role))

    def _take_cut(self, turn: int, side: Tally, start_ms: int, ms: int, cut_turn: int) -> None:
        """The floor goes to a side that began before the other one ended."""
        self.moments.append(Moment(MomentKind.INTERRUPTION, turn, start_ms, ms, side.role, cut_turn=cut_turn))

    def _take_silence(self, turn: int, side: Tally, holder: Tally | None, since_ms: int, ms: int) -> int:
        """Nobody talks; returns how much of it the turns of no side fill, in ms."""
        tool_ms = self._tools.within(since_ms, since_ms + ms) if self._has_tools else 0
        if ms < self._notable_ms:
            return tool_ms
        if ms >= SILENCE_LINE_MS:
            self.silences.append(Silence(turn, ms))
        is_slow = ms > SLOW_MS and side.role is Role.ASSISTANT and side is not holder
        if is_slow or ms >= self._long_ms:
            kind = MomentKind.SLOW_ANSWER if is_slow else MomentKind.SILENCE
            self.moments.append(Moment(kind, turn, since_ms, ms, side.role, tool_ms))
        return tool_ms

    def _begin_stretch(self, turn: int, start_ms: int, frontier_ms: int, holder: Tally | None) -> None:
        """End the stretch of the holder, and begin another."""
        ms = frontier_ms - self._since_ms
        if holder is not None and (holder.longest_monologue is None or ms > holder.longest_monologue.ms):
            holder.longest_monologue = Stretch(self._from_turn, self._to_turn, ms)
        self._from_turn = self._to_turn = turn
        self._since_ms = start_ms


def _timing(sides: Sides, course: _Course, timed: Sequence[TimedTurn[Tally]], *, in_whole_seconds: bool) -> Timing:
    """The result, once all steps are taken."""
    assistant, user = sides.assistant, sides.user
    first_start_ms = overlap_ms = silence_ms = None
    if timed:
        first_start_ms, silence_ms = timed[0][2], course.silence_ms
        overlap_ms = assistant.talk_ms + user.talk_ms + silence_ms - (course.frontier_ms - first_start_ms)
    return Timing(
        turns=sides.turns,
        timed=len(timed),
        untimed=sides.untimed,
        other=sides.other,
        unordered=sides.unordered,
        doubtful=sides.doubtful,
        in_whole_seconds=bool(timed) and in_whole_seconds,
        backchannels=course.backchannels,
        first_start_ms=first_start_ms,
        last_end_ms=course.frontier_ms if timed else None,
        first_word_ms=next((start_ms for _, side, start_ms, _ in timed if side is assistant), None),
        overlap_ms=overlap_ms,
        silence_ms=silence_ms,
        assistant=side_figures(assistant, user),
        user=side_figures(user, assistant),
        moments=with_errors(course.moments, sides.failed),
        silences=tuple(course.silences),
    )
