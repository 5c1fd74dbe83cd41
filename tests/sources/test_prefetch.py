"""The first fetch in a process of its own, against the demo server."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import sys
from pathlib import Path

import pytest

from tests.faults import FaultServer, Peer, answer
from tui.core.errors import NotFoundError, OmniError, RefusedError, UnreachableError
from tui.core.progress import Progress, Receiving
from tui.core.target import Target
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.sources import prefetch
from tui.sources.calls import open_source
from tui.sources.connection import Connection
from tui.sources.prefetch import Prefetch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is none elsewhere")


def begin(server: DemoServer, call_id: str, key: str = DEMO_KEY) -> Prefetch:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYAI_API_KEY", key)
        begun = prefetch.begin()
    assert begun is not None
    begun.fetch(call_id, Connection(server.base_url))
    return begun


def is_running(begun: Prefetch) -> bool:
    return begun._pid is not None


async def test_a_prefetch_returns_the_same_as_a_fetch() -> None:
    heard: list[Progress] = []
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking")
        async with open_source(Connection("https://nowhere.invalid"), prefetch=begun) as source:
            target = Target(call_id="call_demo_booking")
            transcript = await source.transcript(target, heard.append)
            call = await source.call(target)
    assert len(transcript.turns) == 38
    assert call is not None
    assert call.label == "dental-front-desk"
    assert any(isinstance(event, Receiving) for event in heard)
    assert not is_running(begun)


async def test_an_error_is_raised_unchanged_and_the_record_follows() -> None:
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
async def test_a_missing_or_invalid_key_is_reported(key: str, fault: type[OmniError]) -> None:
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking", key)
        with pytest.raises(fault):
            await begun.body(None)
        with pytest.raises(fault):
            await begun.record()
        begun.close()


async def test_cancelling_ends_the_process() -> None:
    with DemoServer(delay_s=30) as server:
        begun = begin(server, "call_demo_booking")
        waiting = asyncio.create_task(begun.body(None))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not is_running(begun)


async def test_another_call_is_fetched_without_it() -> None:
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking")
        connection = Connection(server.base_url, environ={"PYAI_API_KEY": DEMO_KEY})
        async with open_source(connection, prefetch=begun) as source:
            other = await source.transcript(Target(call_id="call_demo_untimed"))
    assert other.call_id == "call_demo_untimed"
    assert not is_running(begun)


async def test_an_idle_process_ends_with_its_parent() -> None:
    begun = prefetch.begin()
    assert begun is not None
    process = begun._pid
    assert process is not None
    begun._orders.close()  # as the kernel does for a process that is gone
    ended, status = await asyncio.wait_for(asyncio.to_thread(os.waitpid, process, 0), 20)
    assert (ended, os.waitstatus_to_exitcode(status)) == (process, 0)
    begun.close()


async def test_a_crashed_process_is_reported() -> None:
    begun = prefetch.begin()
    assert begun is not None
    assert begun._pid is not None
    os.kill(begun._pid, 9)
    begun.fetch("call_x", Connection("https://nowhere.invalid"))
    with pytest.raises(UnreachableError, match="ended early"):
        await begun.body(None)
    with pytest.raises(UnreachableError, match="ended early"):
        await begun.record()
    begun.close()
    begun.close()


def is_child(pid: int) -> bool:
    """Whether there is such a child, a zombie too, of any thread of this process."""
    return any(str(pid) in file.read_text().split() for file in Path("/proc/self/task").glob("*/children"))


def memories() -> list[Path]:
    """The memories without a name that this process holds open."""
    links = (file.readlink() for file in Path("/proc/self/fd").iterdir() if file.is_symlink())
    return [link for link in links if str(link).startswith("/memfd:transcript")]


def process_of(begun: Prefetch) -> int:
    assert begun._pid is not None
    return begun._pid


async def until_gone(pid: int) -> None:
    deadline = asyncio.get_running_loop().time() + 20
    while is_child(pid) or memories():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.to_thread(select.select, [], [], [], 0.01)


def descriptors() -> list[str]:
    return sorted(file.name for file in Path("/proc/self/fd").iterdir())


async def test_no_resources_remain_after_delivery() -> None:
    with DemoServer() as server:
        begun = begin(server, "call_demo_booking")
        pid = process_of(begun)
        assert len(memories()) == 1
        body = await begun.body(None)
        assert memories() == []
        assert (await begun.record()).call_id == "call_demo_booking"
        await until_gone(pid)
    assert sys.getrefcount(body) == 2, "only the one who asked for the body holds it"


async def test_no_resources_remain_after_cancelling_the_record() -> None:
    async def answers_once(peer: Peer) -> None:
        if b"/transcript" in peer.head.partition(b"\r\n")[0]:
            await peer.say(answer(b"{}"))
        else:
            await peer.gone()

    async with FaultServer.following(answers_once) as server:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYAI_API_KEY", DEMO_KEY)
            begun = prefetch.begin()
        assert begun is not None
        pid = process_of(begun)
        begun.fetch("call_x", Connection(server.base_url))
        assert await begun.body(None) == b"{}"
        waiting = asyncio.create_task(begun.record())
        await asyncio.sleep(0)
        waiting.cancel()
        await until_gone(pid)


async def test_an_unretrieved_error_is_not_logged() -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    begun = prefetch.begin()
    assert begun is not None
    waiting = asyncio.create_task(begun.record())
    await asyncio.sleep(0)
    begun.close()
    with pytest.raises(UnreachableError):
        await waiting
    del begun, waiting
    gc.collect()
    assert told == []


def test_without_memfd_there_is_no_prefetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.memfd_create")
    assert prefetch.begin() is None


@pytest.mark.parametrize("refused", ["os.fork", "os.pipe", "os.memfd_create"])
def test_descriptors_are_closed_if_forking_fails(refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError("not here")

    before = descriptors()
    monkeypatch.setattr(refused, refuse)
    assert prefetch.begin() is None
    assert descriptors() == before


def test_without_a_new_process_there_is_no_prefetch(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", refuse)
    assert prefetch.begin() is None
