"""The course of a fetch: what it posts, in which order, and what it says meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import pytest
from textual.message import Message
from textual.screen import Screen

from tui.core.errors import NotFoundError, OmniError, RefusedError, UnreachableError
from tui.core.progress import Connecting, OnProgress, Waiting
from tui.core.record import Call
from tui.core.target import Target
from tui.core.transcript import Transcript
from tui.screens.call_loader import CallLoader, Failed, Fetch, Fetched, Recorded, Unkept, Unrecorded
from tui.sources.calls import OmniCallSource

TARGET = Target(call_id="c1")
FOUND, RECORD = Transcript("c1", plain="x"), Call("c1")


class Scripted(OmniCallSource):
    """Answers as told, the last answer again and again."""

    def __init__(self, *answers: Transcript | OmniError, record: Call | None = RECORD) -> None:
        self.answers = list(answers)
        self.record = record
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        assert on_progress is not None
        on_progress(Connecting(1))
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, OmniError):
            raise answer
        return answer

    async def call(self, target: Target) -> Call | None:
        await self.may_answer.wait()
        return self.record


class Stalled(Scripted):
    """Tells of a pause, and never comes to an end."""

    ended = False

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        assert on_progress is not None
        on_progress(Waiting(UnreachableError("busy"), 30.0, 2, 3))
        return await asyncio.Future()

    async def call(self, target: Target) -> Call | None:
        try:
            return await asyncio.Future()
        finally:
            self.ended = True


class Clock:
    """A monotonic clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def fetching(source: OmniCallSource, now: Callable[[], float] | None = None) -> tuple[Fetch, list[Message]]:
    posted: list[Message] = []
    return Fetch(source, TARGET, "c1", posted.append, now or Clock(), number=7, now_ms=lambda: 0), posted


def kinds(messages: Iterable[Message]) -> list[type[Message]]:
    return [type(message) for message in messages]


async def test_the_transcript_comes_before_the_record() -> None:
    fetch, posted = fetching(Scripted(FOUND))
    await fetch.run()
    assert kinds(posted) == [Fetched, Recorded]
    assert isinstance(posted[0], Fetched)
    assert posted[0].transcript is FOUND


async def test_the_end_of_a_fetch_without_a_record_is_posted() -> None:
    fetch, posted = fetching(Scripted(FOUND, record=None))
    await fetch.run()
    assert kinds(posted) == [Fetched, Unrecorded]


@pytest.mark.parametrize("error", [NotFoundError("x"), RefusedError("x")])
async def test_a_failure_does_not_wait_for_the_record(error: OmniError) -> None:
    source = Scripted(error)
    fetch, posted = fetching(source)
    source.may_answer.clear()
    task = asyncio.create_task(fetch.run())
    await asyncio.wait_for(fetch.answered.wait(), 1)
    assert posted == [Failed(7, error)]
    source.may_answer.set()
    await task
    assert posted == [Failed(7, error), Recorded(7, RECORD)]


async def test_what_is_missing_is_looked_for_again_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sources.awaiting.pauses", lambda _: iter([0.0] * 5))
    source = Scripted(NotFoundError("x"), NotFoundError("x"), FOUND)
    fetch, posted = fetching(source)
    await fetch.run(until_there=True)
    assert source.asked == 3
    assert kinds(posted) == [Recorded, Fetched, Recorded]


async def test_patience_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sources.awaiting.pauses", lambda _: iter([0.0] * 5))
    source = Scripted(NotFoundError("x"))
    fetch, posted = fetching(source)
    await fetch.run(until_there=True)
    assert source.asked == 6
    assert kinds(posted) == [Recorded, Failed, Recorded]


async def test_another_fault_ends_the_wait() -> None:
    source = Scripted(RefusedError("x"))
    fetch, posted = fetching(source)
    await fetch.run(until_there=True)
    assert source.asked == 1
    assert kinds(posted) == [Failed, Recorded]


async def test_it_says_how_long_it_has_been_and_how_long_it_will_be() -> None:
    clock = Clock()
    fetch, _ = fetching(Stalled(), clock)
    clock.now += 3
    assert fetch.facts().lines == ("connecting   3 s",)
    task = asyncio.create_task(fetch.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.now += 4
    assert fetch.facts().title == "Waiting to try again: busy"
    assert fetch.facts().lines == ("attempt 2 of 3 in 26 s",)
    task.cancel()
    await asyncio.wait([task])


async def test_giving_up_ends_both_requests_and_posts_nothing() -> None:
    source = Stalled()
    fetch, posted = fetching(source)
    task = asyncio.create_task(fetch.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert task.cancelled()
    assert source.ended
    assert posted == []


async def test_what_could_not_be_kept_is_told_also_after_the_next_fetch_has_begun() -> None:
    loader = CallLoader(Screen(), Scripted(FOUND), TARGET, "c1", lambda: 0)
    unkept, answer = Unkept(loader._number, "not kept"), Fetched(loader._number, FOUND)
    loader.give_up()
    assert loader.take(unkept)
    assert not loader.take(answer)
