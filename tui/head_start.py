"""The first fetch, begun in a process of its own while this one still imports what draws the screen.

Both take about as long, and on two processors neither waits for the other. The other process fetches one call
and hands it over through a pipe; it ends with this one. There is none where forked processes may not use the
network's settings (macOS) or do not exist (Windows): there the app fetches by itself, a little later.
"""

from __future__ import annotations

import asyncio
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
    """

    def __init__(self, call_id: str, pid: int, pipe: int) -> None:
        self.call_id = call_id
        self._pid = pid
        self._pipe = os.fdopen(pipe, "rb", buffering=0)
        self._on_progress: OnProgress | None = None
        self._listener: asyncio.Task[None] | None = None
        self._body: asyncio.Future[bytes]
        self._record: asyncio.Future[Call | None]

    async def body(self, on_progress: OnProgress | None) -> bytes:
        """The body of the transcript; whoever gives up waiting for it ends the fetch.

        Raises:
            OmniError: What the fetch met.
        """
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
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._body, self._record = loop.create_future(), loop.create_future()
            self._listener = asyncio.create_task(self._take_messages())

    async def _take_messages(self) -> None:
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
            self._settle(self._body, data)
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
    os.set_inheritable(ours, False)
    try:
        pid = os.fork()
    except OSError:
        for descriptor in (pipe, theirs, lifeline, ours):
            os.close(descriptor)
        return None
    if pid == 0:
        os.close(pipe)
        os.close(ours)
        _fetch_and_end(call_id, connect, theirs, lifeline)
    os.close(theirs)
    os.close(lifeline)
    return HeadStart(call_id, pid, pipe)  # our end of the lifeline stays open until this process ends


def _fetch_and_end(call_id: str, connect: Callable[[], OmniClient], pipe: int, lifeline: int) -> NoReturn:
    """The other process: it says what it has to say through the pipe, and leaves terminal and signals alone."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN if number == signal.SIGTSTP else signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        asyncio.run(_fetch(call_id, connect, pipe, lifeline))
    finally:
        os._exit(0)


async def _fetch(call_id: str, connect: Callable[[], OmniClient], pipe: int, lifeline: int) -> None:
    asyncio.get_running_loop().add_reader(lifeline, os._exit, 0)  # readable only when the other process has gone

    def tell(progress: Progress) -> None:
        _send(pipe, _PROGRESS, pickle.dumps(progress))

    try:
        async with connect() as client:
            record = asyncio.create_task(_record(client, call_id))
            try:
                transcript = await client.transcript(call_id, tell)
                _send(pipe, _BODY, transcript.source)
            except OmniError as error:
                _send(pipe, _FAULT, pickle.dumps(error))
            _send(pipe, _RECORD, pickle.dumps(await record))
    except OmniError as error:
        _send(pipe, _FAULT, pickle.dumps(error))
        _send(pipe, _RECORD, pickle.dumps(None))


async def _record(client: OmniClient, call_id: str) -> Call | None:
    try:
        return await client.call(call_id)
    except OmniError:
        return None


def _send(pipe: int, kind: bytes, data: bytes) -> None:
    with os.fdopen(os.dup(pipe), "wb") as out:
        out.write(_HEAD.pack(kind, len(data)))
        out.write(data)
