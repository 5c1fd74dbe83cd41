"""Tasks whose waiter has gone, and threads that may block for ever."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from typing import Any

import pytest

from tui.core.background import in_daemon_thread, start
from tui.core.errors import NotFoundError


async def fail() -> None:
    raise NotFoundError("there is none")


async def complaints_about(begin: Any) -> list[dict[str, Any]]:
    """What asyncio complains of once the failed task is garbage."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    await asyncio.wait([begin(fail())])
    gc.collect()
    return told


async def test_a_failure_that_nobody_waits_for_is_not_complained_of() -> None:
    assert await complaints_about(asyncio.create_task)
    assert not await complaints_about(start)


async def test_a_waiter_gets_the_failure() -> None:
    with pytest.raises(NotFoundError):
        await start(fail())


async def test_a_thread_gives_its_result_or_its_failure() -> None:
    assert await in_daemon_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(divmod, 7, 0)


async def test_a_cancelled_waiter_leaves_a_blocked_thread_behind() -> None:
    released = threading.Event()
    waiting = asyncio.create_task(in_daemon_thread(released.wait))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    released.set()


def test_a_blocked_thread_does_not_hold_up_the_end() -> None:
    program = (
        "import asyncio, threading\n"
        "from tui.core.background import in_daemon_thread\n"
        "asyncio.run(asyncio.wait_for(in_daemon_thread(threading.Event().wait), 0.01))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=20, check=False)
    assert b"TimeoutError" in done.stderr
