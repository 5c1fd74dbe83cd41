"""Calls that come while others are stored are stored together, in order, and little waits for a disk that is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tui.core.record import Call
from tui.core.transcript import Transcript
from tui.sources import store_queue
from tui.sources.store_queue import FetchedCall, StoreQueue


def fetched(number: int, size: int = 1) -> FetchedCall:
    call = Call(f"c{number}")
    return FetchedCall(call, Transcript(call.call_id, source=b"x" * size), call)


class Disk:
    """Takes calls, each time only once it is told to."""

    def __init__(self) -> None:
        self.stored: list[list[str]] = []
        self.may_end = asyncio.Semaphore(0)
        self.is_full = False

    async def store(self, calls: Sequence[FetchedCall]) -> bool:
        self.stored.append([one.call.call_id for one in calls])
        return await self.may_end.acquire() and not self.is_full


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_single_call_is_stored_at_once() -> None:
    disk = Disk()
    disk.may_end.release()
    await StoreQueue(disk.store).put(fetched(0))
    assert disk.stored == [["c0"]]


async def test_calls_that_come_meanwhile_are_stored_together() -> None:
    disk = Disk()
    queue = StoreQueue(disk.store)
    tasks = [asyncio.create_task(queue.put(fetched(number))) for number in range(16)]
    for _ in range(9):
        await settle()
        disk.may_end.release()
    await asyncio.gather(*tasks)
    assert [len(some) for some in disk.stored] == [1, 2, 4, 8, 1]
    assert [call_id for some in disk.stored for call_id in some] == [f"c{number}" for number in range(16)]


async def test_nobody_goes_on_while_many_wait() -> None:
    disk = Disk()
    queue = StoreQueue(disk.store)
    tasks = [asyncio.create_task(queue.put(fetched(number))) for number in range(3)]
    await settle()
    assert [task.done() for task in tasks] == [False, False, False]
    disk.may_end.release()
    await settle()
    assert [task.done() for task in tasks] == [False, True, True]
    for task in tasks:
        task.cancel()


async def test_long_calls_are_stored_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_queue, "_MOST_BYTES", 100)
    disk = Disk()
    queue = StoreQueue(disk.store)
    sizes = (1, 60, 60, 40, 500, 500)
    tasks = [asyncio.create_task(queue.put(fetched(number, size))) for number, size in enumerate(sizes)]
    for _ in sizes:
        await settle()
        disk.may_end.release()
    await asyncio.gather(*tasks)
    assert disk.stored == [["c0"], ["c1"], ["c2", "c3"], ["c4"], ["c5"]]


async def test_a_disk_that_takes_nothing_is_tried_with_one_call() -> None:
    disk = Disk()
    disk.is_full = True
    queue = StoreQueue(disk.store)
    tasks = [asyncio.create_task(queue.put(fetched(number))) for number in range(4)]
    for _ in tasks:
        await settle()
        disk.may_end.release()
    await asyncio.gather(*tasks)
    assert disk.stored == [["c0"], ["c1"], ["c2"], ["c3"]]


async def test_a_failure_leaves_nobody_waiting() -> None:
    async def fail(_: Sequence[FetchedCall]) -> bool:
        await settle()
        raise RuntimeError("no disk")

    queue = StoreQueue(fail)
    outcomes = await asyncio.gather(*(queue.put(fetched(number)) for number in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RuntimeError, type(None), type(None)]
