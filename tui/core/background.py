"""Blocking work apart from the loop, where nobody can say how long it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread


async def in_daemon_thread(work: Callable[[], None]) -> None:
    """Do the work in a thread that ends with the program, however long the work would still take.

    ``asyncio.to_thread`` is not enough for that: the end of the program waits for its threads.

    Raises:
        Exception: What the work raises.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(finish, error)

    Thread(target=run, name="background", daemon=True).start()
    await done
