"""Tasks that may outlive their waiters, blocking work that may never end, and waits with a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context
from threading import Event as ThreadEvent
from threading import Thread
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_PULSE_S = 0.25
"""How often a stream tells that it goes on, where it makes nothing."""


def start(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start a task whose waiter may be gone when it ends.

    A waiter gets its exception as usual. Without a waiter, the exception is dropped: asyncio would log a traceback.
    Its context is empty: what it opens and leaves open, such as a connection, would hold all that the context names,
    Textual's screen and app among them.
    """
    task = asyncio.create_task(work, context=Context())
    task.add_done_callback(_retrieve)
    return task


def _retrieve(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


async def wait_at_most(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, or until the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def started_in_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Start work that may block for ever, such as opening a file, in a daemon thread of its own.

    Neither the loop nor the interpreter waits for it at exit.
    """
    outcome = Future[T]()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(work(*args, **kwargs))
        except BaseException as error:
            outcome.set_exception(error)

    Thread(target=run, name=f"blocking {getattr(work, '__name__', 'work')}", daemon=True).start()
    return outcome


async def in_daemon_thread(work: Callable[..., T], *arguments: object) -> T:
    """Await work in a daemon thread; unlike with ``asyncio.to_thread``, cancelling abandons the thread."""
    return await asyncio.wrap_future(started_in_thread(work, *arguments))


class DaemonExecutor(ThreadPoolExecutor):
    """An executor that does not delay the end of the loop, even if a thread still blocks in a DNS lookup.

    asyncio requires a ``ThreadPoolExecutor``; the usual one waits for its threads when the loop or the interpreter
    ends.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call in a daemon thread of its own."""
        return started_in_thread(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the threads behind."""


async def stream_from_thread(make: Callable[[], Iterator[T | None]]) -> AsyncGenerator[list[T], None]:
    """Iterate in a daemon thread; yields what it has made since the last time, and nothing for None.

    Closing the stream, or cancelling its reader, stops the thread at its next step.

    Args:
        make: Makes the iterator, in the thread. What it raises is raised here.
    """
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    made: list[T] = []
    ended: list[BaseException | None] = []
    stopped = ThreadEvent()

    def run() -> None:
        failure: BaseException | None = None
        try:
            for item in make():
                if stopped.is_set():
                    break
                if item is not None:
                    made.append(item)
                    loop.call_soon_threadsafe(ready.set)
        except BaseException as error:
            failure = error
        ended.append(failure)
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(ready.set)

    Thread(target=run, name="stream", daemon=True).start()
    try:
        while not ended or made:
            await wait_at_most(_PULSE_S, ready)
            ready.clear()
            batch = made[:]
            del made[: len(batch)]
            yield batch
        if ended[0] is not None:
            raise ended[0]
    finally:
        stopped.set()
