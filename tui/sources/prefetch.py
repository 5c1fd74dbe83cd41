"""The first fetch, in a process of its own, while this one still imports what draws the screen.

Both take about as long, and on two processors neither waits for the other. The other process is begun before it is
known what to fetch: it imports what that takes, and is told then. It hands one call over through a pipe, and ends
with this process. There is none where forked processes may not use the network's settings (macOS) or do not exist
(Windows): there the app fetches by itself, a little later.

What is imported at the top here stands before the first request.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # that of ``typing``, without loading it
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from typing import Any, BinaryIO, NoReturn

    from tui.api.client import OmniClient
    from tui.core.errors import OmniError
    from tui.core.progress import OnProgress, Progress
    from tui.core.transcript import Call
    from tui.sources.connection import Connection

COMMANDS = {"auth", "cache", "check", "export", "insights", "search", "demo-server", "completion"}
"""What is no call where the first word stands; for these nothing is begun. A test holds this against the parser."""
VALUED = {"--base-url", "--api-key-file", "--config", "--time", "--layout"}
"""The options of the app that take a value; a test holds this against the parser."""

_PROGRESS, _BODY, _FAULT, _RECORD = b"p", b"b", b"f", b"r"
_KIND_BYTES, _LENGTH_BYTES = 1, 8
"""Before each message: its kind, and its length in bytes."""
_BUFFER_BYTES = 2**22


class Prefetch:
    """A process that is ready to fetch one call.

    It is let go, with its zombie and its memory, as soon as it has ended or handed everything over.

    Args:
        pid: The process.
        orders: The descriptor to which what to fetch is written; that it is open keeps the process alive.
        pipe: The descriptor from which its messages come.
        memory: The descriptor of the memory in which it leaves the body.

    Attributes:
        call_id: The call that it fetches; None before it was told.
    """

    def __init__(self, pid: int, orders: int, pipe: int, memory: int) -> None:
        self.call_id: str | None = None
        self._pid: int | None = pid
        self._orders = os.fdopen(orders, "wb")
        self._pipe = os.fdopen(pipe, "rb", buffering=0)
        self._memory = os.fdopen(memory, "rb", buffering=0)
        self._on_progress: OnProgress | None = None
        self._listener: asyncio.Task[None] | None = None
        self._outcomes: dict[bytes, asyncio.Future[Any]] = {}

    def fetch(self, call_id: str, connection: Connection) -> None:
        """Say what to fetch, once.

        Args:
            call_id: The call.
            connection: How to reach it; the environment is the process's own.
        """
        import pickle

        self.call_id = call_id
        order = {name: getattr(connection, name) for name in ("base_url", "key_file", "max_body_bytes")}
        try:
            self._orders.write(pickle.dumps((call_id, order)))
            self._orders.flush()
        except BrokenPipeError:
            pass  # the process has ended, which its other pipe tells

    @property
    def is_done(self) -> bool:
        """Whether the body has started to arrive."""
        return not self._memory.closed and os.fstat(self._memory.fileno()).st_size > 0

    async def body(self, on_progress: OnProgress | None) -> bytes:
        """The body of the transcript; whoever gives up waiting for it ends the fetch.

        Raises:
            OmniError: What the fetch met.
        """
        self._on_progress = on_progress
        body: bytes = await self._outcome(_BODY)
        return body

    async def record(self) -> Call:
        """The record of the call; whoever gives up waiting for it ends the fetch.

        Raises:
            OmniError: What the fetch met.
        """
        record: Call = await self._outcome(_RECORD)
        return record

    async def _outcome(self, kind: bytes) -> Any:
        """What the process has handed over; kept here no longer. A fault among it is raised."""
        import asyncio

        from tui.core.errors import OmniError

        self._listen()
        try:
            outcome = await self._outcomes[kind]
        except asyncio.CancelledError:
            self.close()
            raise
        self._outcomes[kind] = asyncio.get_running_loop().create_future()
        if isinstance(outcome, OmniError):
            raise outcome
        return outcome

    def _listen(self) -> None:
        import asyncio

        from tui.core.background import start

        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._outcomes = {kind: loop.create_future() for kind in (_BODY, _RECORD)}
            self._listener = start(self._take_messages())

    async def _take_messages(self) -> None:
        import asyncio

        reader = asyncio.StreamReader(limit=_BUFFER_BYTES)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), self._pipe
        )
        try:
            while kind := await reader.read(_KIND_BYTES):
                length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES), "big")
                self._take(kind, await reader.readexactly(length))
        except asyncio.IncompleteReadError:
            pass  # it was ended in the middle
        finally:
            transport.close()
            self._let_go()

    def _take(self, kind: bytes, data: bytes) -> None:
        import pickle

        if kind == _BODY:
            self._settle(_BODY, self._taken_memory())
        elif kind == _FAULT:
            self._settle(_BODY, pickle.loads(data))
        elif kind == _RECORD:
            self._settle(_RECORD, pickle.loads(data))
        elif self._on_progress is not None:
            self._on_progress(pickle.loads(data))

    def _taken_memory(self) -> bytes:
        """The body, whose memory is given back."""
        with self._memory as memory:
            memory.seek(0)
            return memory.read()

    def _settle(self, kind: bytes, outcome: object) -> None:
        """Hand over what is waited for; a fault, too, is a result, as it may be that no one waits for it."""
        if not self._outcomes[kind].done():
            self._outcomes[kind].set_result(outcome)

    def close(self) -> None:
        """End the process, wherever it is."""
        import signal
        from contextlib import suppress

        if self._pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        if self._listener is None:
            self._pipe.close()
        else:
            self._listener.cancel()
        self._let_go()

    def _let_go(self) -> None:
        """Give back all that is held of a process that has ended, or is about to."""
        from contextlib import suppress
        from threading import Thread

        from tui.core.errors import UnreachableError

        pid, self._pid = self._pid, None
        if pid is None:
            return
        Thread(target=_reap, args=(pid,), name="reaper", daemon=True).start()  # it may take a while to end
        with suppress(BrokenPipeError):
            self._orders.close()
        self._memory.close()
        for kind in self._outcomes:
            self._settle(kind, UnreachableError("the fetch ended early", "try again"))


def _reap(pid: int) -> None:
    from contextlib import suppress

    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def begin_for(arguments: Sequence[str]) -> Prefetch | None:
    """Begin a process if a call may be named on the command line, and there is a terminal to show it on."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if any(stream is None for stream in streams) or not sys.stdout.isatty() or not may_name_a_call(arguments):
        return None
    return begin()


def may_name_a_call(arguments: Sequence[str]) -> bool:
    """A quick look, as the parser is not loaded yet; it may say yes where the parser will say no."""
    pairs = zip(["", *arguments], arguments, strict=False)
    words = [word for option, word in pairs if word[:1] != "-" and option not in VALUED]
    return bool(words) and words[0] not in COMMANDS and "--demo" not in arguments


def begin() -> Prefetch | None:
    """Begin a process that gets ready to fetch a call; None where that is not possible."""
    if sys.platform != "linux" or not hasattr(os, "memfd_create"):  # builds of Python for an old glibc lack it
        return None
    try:
        return _begin()
    except OSError:  # too many processes or files: the app fetches by itself
        return None


def _begin() -> Prefetch:
    opened: list[int] = []
    try:
        opened += [memory := os.memfd_create("transcript")]
        opened += (orders_pipe := os.pipe())
        opened += (messages_pipe := os.pipe())
        pid = os.fork()
    except OSError:
        for descriptor in opened:
            os.close(descriptor)
        raise
    (their_orders, orders), (pipe, their_pipe) = orders_pipe, messages_pipe
    if pid == 0:
        os.close(pipe)
        os.close(orders)
        _serve_and_end(_Hand(their_pipe, memory), their_orders)
    os.close(their_pipe)
    os.close(their_orders)
    return Prefetch(pid, orders, pipe, memory)


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
        self._send_object(_PROGRESS, progress)

    def fault(self, fault: OmniError) -> None:
        self._send_object(_FAULT, fault)

    def record(self, record: Call | OmniError) -> None:
        self._send_object(_RECORD, record)

    def _send_object(self, kind: bytes, thing: object) -> None:
        import pickle

        self._send(kind, pickle.dumps(thing))

    def _send(self, kind: bytes, data: bytes) -> None:
        self._pipe.write(kind + len(data).to_bytes(_LENGTH_BYTES, "big") + data)
        self._pipe.flush()


def _serve_and_end(hand: _Hand, orders: int) -> NoReturn:
    """The other process: it leaves terminal and signals alone, and ends with the first."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        _leave_signals_alone()
        _serve(hand, os.fdopen(orders, "rb", buffering=0))
    finally:
        os._exit(0)


def _leave_signals_alone() -> None:
    import signal

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


def _serve(hand: _Hand, orders: BinaryIO) -> None:
    import asyncio
    import pickle

    import tui.api.client  # noqa: F401 - what takes long is there when the order comes
    from tui.sources.connection import Connection

    call_id, connection = pickle.load(orders)
    asyncio.run(_fetch(hand, call_id, Connection(**connection), orders))


async def _fetch(hand: _Hand, call_id: str, connection: Connection, orders: BinaryIO) -> None:
    import asyncio
    from contextlib import ExitStack

    from tui.core.errors import OmniError

    asyncio.get_running_loop().add_reader(orders, os._exit, 0)  # readable only when the first process has gone
    try:
        async with connection.connect(ExitStack()) as client:
            try:
                hand.body(await client.transcript_body(call_id, hand.progress))
            except OmniError as error:
                hand.fault(error)
            hand.record(await _record(client, call_id))  # what reads it is loaded only now
    except OmniError as error:
        hand.fault(error)
        hand.record(error)


async def _record(client: OmniClient, call_id: str) -> Call | OmniError:
    from tui.core.errors import OmniError

    try:
        return await client.call(call_id)
    except OmniError as error:
        return error
