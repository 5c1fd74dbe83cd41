"""Waiting for a transcript: what is asked for, what is told meanwhile, and how it ends."""

from __future__ import annotations

import pytest

from tui.core.errors import NotFoundError, OmniError, RefusedError
from tui.core.missing import WaitedError
from tui.core.progress import LookingAgain, OnProgress, Progress
from tui.core.record import Call
from tui.core.target import Target
from tui.core.transcript import Transcript
from tui.sources.awaiting import TranscriptWait
from tui.sources.calls import OmniCallSource

FOUND, EMPTY = Transcript("c1", plain="x"), Transcript("c1")
MISSING = NotFoundError("there is none", status=404)
DONE, FAILED = Call("c1", status="completed", created_at_ms=0), Call("c1", status="failed", error="boom")


class Scripted(OmniCallSource):
    """Answers as told, the last answer again and again."""

    def __init__(self, transcripts: list[Transcript | OmniError], records: list[Call | None]) -> None:
        self.transcripts, self.records = transcripts, records
        self.looks = self.asked = 0

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        answer = self.transcripts[min(self.looks, len(self.transcripts) - 1)]
        self.looks += 1
        if isinstance(answer, OmniError):
            raise answer
        return answer

    async def call(self, target: Target) -> Call | None:
        answer = self.records[min(self.asked, len(self.records) - 1)]
        self.asked += 1
        return answer


async def waited(
    source: Scripted, patience_s: float = 60.0
) -> tuple[Transcript | OmniError, list[Progress], list[float]]:
    told, pauses = list[Progress](), list[float]()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    wait = TranscriptWait(source, Target(call_id="c1"), lambda: 5_000, patience_s=patience_s, sleep=sleep)
    try:
        return await wait.transcript(told.append), told, pauses
    except OmniError as error:
        return error, told, pauses


async def test_what_is_there_is_taken_at_once() -> None:
    source = Scripted([FOUND], [DONE])
    assert await waited(source) == (FOUND, [], [])
    assert source.asked == 0


async def test_the_record_is_asked_for_until_it_says_how_the_call_ended() -> None:
    source = Scripted([MISSING, MISSING, EMPTY, MISSING, FOUND], [None, Call("c1"), DONE])
    found, told, pauses = await waited(source)
    assert found is FOUND
    assert pauses == [2.0, 3.0, 4.5, 6.75]
    assert [step.call for step in told if isinstance(step, LookingAgain)] == [None, Call("c1"), DONE, DONE]
    assert source.asked == 3


async def test_a_failed_call_ends_the_wait_with_its_error() -> None:
    error, told, _ = await waited(Scripted([MISSING], [None, FAILED]))
    assert isinstance(error, WaitedError)
    assert error.line() == (
        "this call has no transcript (status failed, error: “boom”)"
        " – a call that failed before any speech has no transcript"
    )
    assert len(told) == 1


async def test_patience_ends_with_the_reason() -> None:
    source = Scripted([MISSING], [DONE])
    error, _, pauses = await waited(source)
    assert isinstance(error, WaitedError)
    assert error.hint == "none came within 1 minute"
    assert sum(pauses) == 60.0
    assert source.looks == len(pauses) + 1


async def test_an_empty_transcript_is_all_that_may_come() -> None:
    assert (await waited(Scripted([EMPTY], [DONE])))[0] is EMPTY


async def test_another_error_ends_the_wait() -> None:
    refused = RefusedError("no")
    assert await waited(Scripted([MISSING, refused], [None])) == (refused, [LookingAgain(None, 2.0, 1, 60.0)], [2.0])


@pytest.mark.parametrize("patience_s", [0.1, 1.0])
async def test_a_short_patience_looks_twice(patience_s: float) -> None:
    source = Scripted([MISSING], [None])
    await waited(source, patience_s)
    assert source.looks == 2
