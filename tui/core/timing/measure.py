"""From turns to figures and moments, in two passes over chunks of turns; it can be paused between chunks."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from tui.core.limits import SILENCE_MS
from tui.core.timing.course import Course
from tui.core.timing.figures import Timing
from tui.core.timing.sides import Sides
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
    """As ``measure``, in slices: yields after each, and returns the result."""
    sides = Sides()
    for begin in range(0, len(turns), at_once):
        sides.take(turns[begin : begin + at_once])
        yield
    sides.end()
    course = Course(sides.timed, sides.others(), silence_ms)
    for begin in range(0, len(sides.timed), at_once):
        yield
        course.take(begin, begin + at_once)
    return Timing(sides, course)
