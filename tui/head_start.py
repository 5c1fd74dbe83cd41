"""The first fetch, begun in a process of its own while this one still imports what draws the screen.

Both take about as long, and on two processors neither waits for the other. The other process fetches one call
and hands it over through a pipe; it ends with this one. There is none where forked processes may not use the
network's settings (macOS) or do not exist (Windows): there the app fetches by itself, a little later.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from tui.core.errors import OmniError, UnreachableError
from tui.core.progress import OnProgress, Progress
from tui.core.transcript import Call

if TYPE_CHECKING:
    import asyncio

    from tui.api.client import OmniClient

_HEAD = struct.Struct(">cQ")
"""Before each message: its kind, and its length in bytes."""
_PROGRESS, _BODY, _FAULT, _RECORD = b"p", b"b", b"f", b"r"
_BUFFER_BYTES = 2**22


class HeadStart:
    """A fetch that runs in another process.

    Args:
        call_id: The call that it fetches.
        pid: The process.
        pipe: The descriptor from which its messages come.
        memory: The descriptor of the memory in which it leaves the body.
    """

    def __init__(self, call_id: str, pid: int, pipe: int, memory: int) -> None:
        self.call_id = call_id
        self._pid = pid
        self._pipe = os.fdopen(pipe, "rb", buffering=0)
        self._memory = os.fdopen(memory, "rb", buffering=0)
        self._on_progress: OnProgress | None = None
        self._listener: asyncio.Task[None] | None = None
        self._body: asyncio.Future[bytes]
        self._record: asyncio.Future[Call | None]

    async def body(self, on_progress: OnProgress | None) -> bytes:
        """The body of the transcript; whoever gives up waiting for it ends the fetch.

        Raises:
            OmniError: What the fetch met.
        """
        import asyncio

        self._listen()
        self._on_progress = on_progress
        try:
            return await self._body
        except asyncio.CancelledError:
            self.close()
            raise

    async def record(self) -> Call | None:
        """The record of the call; None if there is none to be had."""
        self._listen()
        return await self._record

    def _listen(self) -> None:
        import asyncio

        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._body, self._record = loop.create_future(), loop.create_future()
            self._listener = asyncio.create_task(self._take_messages())

    async def _take_messages(self) -> None:
        import asyncio

        reader = asyncio.StreamReader(limit=_BUFFER_BYTES)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), self._pipe
        )
        try:
            while not self._record.done():
                kind, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
                self._take(kind, await reader.readexactly(length))
        except asyncio.IncompleteReadError:
            self._end_early()
        finally:
            transport.close()

    def _take(self, kind: bytes, data: bytes) -> None:
        if kind == _BODY:
            self._memory.seek(0)
            self._settle(self._body, self._memory.read())
        elif kind == _FAULT:
            self._settle(self._body, pickle.loads(data))
        elif kind == _RECORD:
            self._settle(self._record, pickle.loads(data))
        elif self._on_progress is not None:
            self._on_progress(pickle.loads(data))

    def _settle(self, future: asyncio.Future[Any], result: object) -> None:
        if future.done():
            return
        if isinstance(result, OmniError):
            future.set_exception(result)
        else:
            future.set_result(result)

    def _end_early(self) -> None:
        self._settle(self._body, UnreachableError("the fetch ended early", "try again"))
        self._settle(self._record, None)

    def close(self) -> None:
        """End the process, wherever it is."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._memory.close()
        if self._listener is None:
            self._pipe.close()
        else:
            self._listener.cancel()
            self._end_early()


def begin(call_id: str, connect: Callable[[], OmniClient]) -> HeadStart | None:
    """Begin to fetch a call in another process.

    Args:
        call_id: The call.
        connect: Makes the client there; may raise OmniError.

    Returns:
        None where that is not possible.
    """
    if sys.platform != "linux":
        return None
    pipe, theirs = os.pipe()
    lifeline, ours = os.pipe()
    memory = os.memfd_create("transcript")
    pid = os.fork()
    if pid == 0:
        os.close(pipe)
        os.close(ours)
        _fetch_and_end(_Hand(theirs, memory), call_id, connect, lifeline)
    os.close(theirs)
    os.close(lifeline)
    return HeadStart(call_id, pid, pipe, memory)  # our end of the lifeline stays open until this process ends


class _Hand:
    """What the other process hands over.

    Args:
        pipe: Takes the messages.
        memory: Takes the body.
    """

    def __init__(self, pipe: int, memory: int) -> None:
        self._pipe = os.fdopen(pipe, "wb")
        self._memory = os.fdopen(memory, "wb")

    def body(self, body: bytes) -> None:
        self._memory.write(body)
        self._memory.flush()
        self._send(_BODY, b"")

    def progress(self, progress: Progress) -> None:
        self._send(_PROGRESS, pickle.dumps(progress))

    def fault(self, fault: OmniError) -> None:
        self._send(_FAULT, pickle.dumps(fault))

    def record(self, record: Call | None) -> None:
        self._send(_RECORD, pickle.dumps(record))

    def _send(self, kind: bytes, data: bytes) -> None:
        self._pipe.write(_HEAD.pack(kind, len(data)) + data)
        self._pipe.flush()


def _fetch_and_end(hand: _Hand, call_id: str, connect: Callable[[], OmniClient], lifeline: int) -> NoReturn:
    """The other process: it leaves terminal and signals alone."""
    try:
        import asyncio

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        asyncio.run(_fetch(hand, call_id, connect, lifeline))
    finally:
        os._exit(0)


async def _fetch(hand: _Hand, call_id: str, connect: Callable[[], OmniClient], lifeline: int) -> None:
    import asyncio

    asyncio.get_running_loop().add_reader(lifeline, os._exit, 0)  # readable only when the other process has gone
    try:
        async with connect() as client:
            try:
                hand.body(await client.transcript_body(call_id, hand.progress))
            except OmniError as error:
                hand.fault(error)
            hand.record(await _record(client, call_id))  # what reads it is loaded only now
    except OmniError as error:
        hand.fault(error)
        hand.record(None)


async def _record(client: OmniClient, call_id: str) -> Call | None:
    try:
        return await client.call(call_id)
    except OmniError:
        return None
