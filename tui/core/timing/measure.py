"""From turns to figures and moments, in two passes over chunks of turns; it can be paused between chunks."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from tui.core.limits import SILENCE_MS
from tui.core.timing.course import Course
from tui.core.timing.figures import Response, SideFigures, Timing, share
from tui.core.timing.moments import Moment
from tui.core.timing.sides import Sides
from tui.core.timing.tally import Tally
from tui.core.timing.words import Speech
from tui.core.transcript import Turn

AT_ONCE = 2_000
"""The number of turns that are handled without a pause."""


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


def measuring(
    turns: Sequence[Turn], silence_ms: int = SILENCE_MS, at_once: int = AT_ONCE
) -> Generator[None, None, Timing]:
    """As ``measure``, in slices: yields after each, and returns the result.

    Args:
        turns: All turns of the call, as sent.
        silence_ms: From which length on a silence is a moment.
        at_once: The number of turns that are handled without a pause.
    """
    sides = Sides()
    for begin in range(0, len(turns), at_once):
        sides.take(turns[begin : begin + at_once])
        yield
    sides.sort()
    course = Course(sides.tools(), silence_ms)
    for begin in range(0, len(sides.timed), at_once):
        yield
        course.take(sides.timed[begin : begin + at_once])
    return _timing(sides, course)


def _timing(sides: Sides, course: Course) -> Timing:
    """The result, once all turns are taken."""
    course.end()
    assistant, user = course.assistant, course.user
    span_ms, is_timed = course.frontier_ms - course.first_ms, bool(sides.timed)
    overlap_ms = assistant.talk_ms + user.talk_ms + course.silence_ms - span_ms
    return Timing(
        turns=sides.turns,
        timed=len(sides.timed),
        untimed=sides.untimed,
        other=sides.other,
        unordered=sides.unordered,
        doubtful=len(course.doubtful),
        in_whole_seconds=is_timed and sides.in_whole_seconds,
        backchannels=course.backchannels,
        first_start_ms=course.first_ms if is_timed else None,
        last_end_ms=course.frontier_ms if is_timed else None,
        first_word_ms=assistant.first_ms,
        overlap_ms=overlap_ms if is_timed else None,
        silence_ms=course.silence_ms if is_timed else None,
        assistant=_side(assistant, sides, course),
        user=_side(user, sides, course),
        moments=_with_errors(course.moments, sides.errors),
        silences=tuple(course.silences),
        long_silence_ms=course.long_ms,
        timed_turns=sides.timed,
    )


def _side(side: Tally, sides: Sides, course: Course) -> SideFigures:
    both_ms = course.assistant.talk_ms + course.user.talk_ms
    return SideFigures(
        role=side.role,
        turns=side.turns,
        talk_ms=side.talk_ms if both_ms else None,
        share_of_talk=share(side.talk_ms, both_ms),
        longest_turn=side.longest_turn,
        longest_monologue=side.longest_monologue,
        response=Response(course.changes_to(side), course.tools),
        speech=Speech(side.role, sides.timed, course.doubtful),
    )


def _with_errors(moments: list[Moment], errors: list[tuple[int, Moment]]) -> tuple[Moment, ...]:
    """The moments of the course and the errors, by start; an error without a time follows the previous turn."""
    if not errors:
        return tuple(moments)
    placed = [*((moment.start_ms or 0, moment) for moment in moments), *errors]
    return tuple(moment for _, moment in sorted(placed, key=lambda each: each[0]))
