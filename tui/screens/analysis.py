"""Analyzes all turns of a call after the first picture: figures, moments, remarks, timeline, anomalies.

The result comes to the screen in one piece; the screen decides how to show it. In a call of usual length keys wait
for it, for a few milliseconds, so that no key's effect depends on whether the remarks are there yet. In a long call it
runs in slices between the keys, and only a key that needs it waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from tui.core.anomalies import Anomalies
from tui.core.background import wait_at_most
from tui.core.transcript import Transcript, Turn
from tui.core.yielding import MOST_TURNS_AT_ONCE, Slice, yield_to_ui

if TYPE_CHECKING:
    from tui.core.moment_walk import MomentWalk, Reported
    from tui.core.remarks import CallRemarks
    from tui.core.timeline import Timeline
    from tui.core.timing import Timing

Result = TypeVar("Result")

_AT_ONCE = 500
"""Turns that are counted without a pause; they may have to be built first."""
PATIENCE_S = 2.5
"""How long after its begin keys wait for what they need; shorter than ``typeahead.PATIENCE_S``, which ends any wait."""


@dataclass
class Analyzed:
    """The analysis of a transcript.

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
        """Replace the moments that Trace and Recap report; returns whether they differ from those before."""
        if self.walk.reported == tuple(reported):
            return False
        for taker in (self.walk, self.remarks, self.timeline):
            taker.report(reported)
        return True


class CallAnalysis:
    """The analysis of the transcript on show; a later one takes its place.

    Args:
        screen: Runs that of a long call as a worker.
        silence_ms: From which length on a silence is a moment.
        take: Takes the result; called directly, as a message would not reach a screen whose action waits for it.
    """

    def __init__(self, screen: Screen[Any], silence_ms: int, take: Callable[[Analyzed], None]) -> None:
        self._screen = screen
        self._silence_ms = silence_ms
        self._take = take
        self._transcript = Transcript("")
        self._turns: Sequence[Turn] = ()
        self._begun_s = 0.0
        self._has_ended = asyncio.Event()
        self._has_ended.set()

    def expect(self, transcript: Transcript, turns: Sequence[Turn]) -> None:
        """Note what is to be analyzed next, in the place of an earlier transcript: ``wait`` waits for it from here on.

        Args:
            transcript: The transcript, by which the screen knows what the result is about.
            turns: The turns on show.
        """
        self._transcript, self._turns = transcript, turns
        self._begun_s = monotonic()
        self._has_ended.clear()

    @property
    def is_long(self) -> bool:
        """Whether keys do not wait until all turns are looked at."""
        return len(self._turns) > MOST_TURNS_AT_ONCE

    async def begin(self) -> None:
        """Look at all turns; keys wait until this returns."""
        analysis = self._run(self._transcript, self._turns)
        if self.is_long:
            self._screen.run_worker(analysis, group="analysis", exclusive=True)
        else:
            await analysis

    async def wait(self) -> None:
        """Wait for the result, so that it does not matter how soon a key comes; not longer than for a search."""
        await wait_at_most(self._begun_s + PATIENCE_S - monotonic(), self._has_ended)

    async def _run(self, transcript: Transcript, turns: Sequence[Turn]) -> None:
        anomalies = await _counted(turns)
        timing = await _measured(turns, self._silence_ms)
        walk, remarks = await _remarked(timing)
        timeline = await _drawn(turns, timing)
        self._take(Analyzed(transcript, anomalies, timing, walk, remarks, timeline))
        if transcript is self._transcript:
            self._has_ended.set()


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
