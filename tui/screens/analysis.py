"""Analyzes all turns of a call after the first picture: figures, moments, remarks, timeline, anomalies.

The result comes to the screen in one message; the screen decides how to show it. In a call of usual length keys wait
for it, for a few milliseconds, so that no key's effect depends on whether the remarks are there yet. In a long call it
runs in slices between the keys.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message
from textual.screen import Screen

from tui.core.anomalies import Anomalies
from tui.core.transcript import Transcript, Turn
from tui.core.yielding import Slice, yield_to_ui

if TYPE_CHECKING:
    from tui.core.moment_walk import MomentWalk, Reported
    from tui.core.remarks import CallRemarks
    from tui.core.timeline import Timeline
    from tui.core.timing import Timing

Result = TypeVar("Result")

_AT_ONCE = 500
"""Turns that are counted without a pause; they may have to be built first."""
_KEYS_WAIT = 1_000
"""The most turns for whose analysis keys wait."""


@dataclass
class Analyzed(Message):
    """The analysis of a transcript has ended.

    Attributes:
        transcript: The transcript.
        anomalies: Its anomalies, and the sums over its times.
        timing: Its figures and moments.
        walk: Goes from moment to moment.
        remarks: The remarks on its turns.
        timeline: Who spoke when, to be drawn.
    """

    transcript: Transcript
    anomalies: Anomalies
    timing: Timing
    walk: MomentWalk
    remarks: CallRemarks
    timeline: Timeline

    def report(self, reported: Sequence[Reported]) -> bool:
        """Take the moments that Trace and Recap report, in the place of those before; whether they are others."""
        if self.walk.reported == tuple(reported):
            return False
        for taker in (self.walk, self.remarks, self.timeline):
            taker.report(reported)
        return True


class CallAnalysis:
    """The analysis of the transcript on show; a later one takes its place.

    Args:
        screen: Runs that of a long call as a worker, and takes the message.
        silence_ms: From which length on a silence is a moment.
    """

    def __init__(self, screen: Screen[Any], silence_ms: int) -> None:
        self._screen = screen
        self._silence_ms = silence_ms

    async def begin(self, transcript: Transcript, turns: Sequence[Turn]) -> None:
        """Look at all turns, in the place of those of an earlier transcript; keys wait until this returns.

        Args:
            transcript: The transcript, by which the screen knows what the message is about.
            turns: The turns on show.
        """
        analysis = self._run(transcript, turns)
        if len(turns) <= _KEYS_WAIT:
            await analysis
        else:
            self._screen.run_worker(analysis, group="analysis", exclusive=True)

    async def _run(self, transcript: Transcript, turns: Sequence[Turn]) -> None:
        anomalies = await _counted(turns)
        timing = await _measured(turns, self._silence_ms)
        walk, remarks = await _remarked(timing)
        timeline = await _drawn(turns, timing)
        self._screen.post_message(Analyzed(transcript, anomalies, timing, walk, remarks, timeline))


async def _counted(turns: Sequence[Turn]) -> Anomalies:
    anomalies = Anomalies()
    for begin in range(0, len(turns), _AT_ONCE):
        anomalies.take(turns[begin : begin + _AT_ONCE])
        await yield_to_ui()
    return anomalies


async def _remarked(timing: Timing) -> tuple[MomentWalk, CallRemarks]:
    from tui.core.moment_walk import MomentWalk
    from tui.core.remarks import CallRemarks

    remarks, work = CallRemarks(timing.silences), Slice()
    for begin in range(0, len(timing.moments), _AT_ONCE):
        remarks.take(timing.moments[begin : begin + _AT_ONCE])
        await work.pause_when_over()
    return MomentWalk(timing.moments), remarks


async def _measured(turns: Sequence[Turn], silence_ms: int) -> Timing:
    from tui.core.timing import measuring  # slow to import, so not before the first picture

    return await _in_slices(measuring(turns, silence_ms))


async def _drawn(turns: Sequence[Turn], timing: Timing) -> Timeline:
    from tui.core.timeline import drawing

    return await _in_slices(drawing(turns, timing))


async def _in_slices(steps: Generator[None, None, Result]) -> Result:
    work = Slice()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        await work.pause_when_over()
