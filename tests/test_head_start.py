"""The first fetch in a process of its own, against the demo server."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from tui import head_start
from tui.access import Access
from tui.core.errors import NotFoundError, OmniError, RefusedError, UnreachableError
from tui.core.progress import Progress, Receiving
from tui.core.target import Target
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.fetch import open_fetcher
from tui.head_start import HeadStart

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is none elsewhere")


def begin(server: DemoServer, call_id: str, key: str = DEMO_KEY) -> HeadStart:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYAI_API_KEY", key)
        begun = head_start.begin()
    assert begun is not None
    begun.fetch(call_id, Access(server.base_url))
    return begun


def is_running(begun: HeadStart) -> bool:
    return begun._pid is not None


async def test_it_hands_over_what_a_fetcher_would_fetch() -> None:
    heard: list[Progress] = []
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking")
        async with open_fetcher(Access("https://nowhere.invalid"), head_start=begun) as fetcher:
            target = Target(call_id="call_demo_booking")
            transcript = await fetcher.transcript(target, heard.append)
            call = await fetcher.call(target)
    assert len(transcript.turns) == 38
    assert call is not None
    assert call.label == "dental-front-desk"
    assert any(isinstance(event, Receiving) for event in heard)
    assert not is_running(begun)


async def test_a_fault_comes_as_it_was_and_the_record_after_it() -> None:
    with DemoServer() as server:
        begun = begin(server, "call_demo_failed")
        with pytest.raises(NotFoundError) as caught:
            await begun.body(None)
        record = await begun.record()
        begun.close()
    assert caught.value.status == 404
    assert caught.value.request_id
    assert record.status == "failed"


@pytest.mark.parametrize(("key", "fault"), [("", RefusedError), ("wrong_key_for_sure", RefusedError)])
async def test_a_key_that_is_missing_or_wrong_is_told(key: str, fault: type[OmniError]) -> None:
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking", key)
        with pytest.raises(fault):
            await begun.body(None)
        with pytest.raises(fault):
            await begun.record()
        begun.close()


async def test_whoever_gives_up_ends_it() -> None:
    with DemoServer(delay_s=30) as server:
        begun = begin(server, "call_demo_booking")
        waiting = asyncio.create_task(begun.body(None))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not is_running(begun)


async def test_another_call_is_fetched_the_ordinary_way() -> None:
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking")
        access = Access(server.base_url, environ={"PYAI_API_KEY": DEMO_KEY})
        async with open_fetcher(access, head_start=begun) as fetcher:
            other = await fetcher.transcript(Target(call_id="call_demo_untimed"))
    assert other.call_id == "call_demo_untimed"
    assert not is_running(begun)


async def test_one_that_is_told_nothing_ends_with_whoever_began_it() -> None:
    begun = head_start.begin()
    assert begun is not None
    process = begun._pid
    assert process is not None
    begun._orders.close()  # as the kernel does for a process that is gone
    ended, status = await asyncio.wait_for(asyncio.to_thread(os.waitpid, process, 0), 20)
    assert (ended, os.waitstatus_to_exitcode(status)) == (process, 0)
    begun.close()


async def test_one_that_fails_is_told() -> None:
    begun = head_start.begin()
    assert begun is not None
    assert begun._pid is not None
    os.kill(begun._pid, 9)
    begun.fetch("call_x", Access("https://nowhere.invalid"))
    with pytest.raises(UnreachableError, match="ended early"):
        await begun.body(None)
    with pytest.raises(UnreachableError, match="ended early"):
        await begun.record()
    begun.close()
    begun.close()


def test_where_no_process_can_be_had_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", refuse)
    assert head_start.begin() is None
