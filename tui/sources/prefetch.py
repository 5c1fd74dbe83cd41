"""Fetches the first call in a second process while this one still imports the user interface.

Both take about as long, and run in parallel on two processors. The process is forked before it is
known what to fetch: it imports the client, and then waits for the order. It returns one call through a pipe, and ends
with this process. It is not used where forked processes cannot use the network's settings (macOS) or do not exist
(Windows): there the app fetches by itself, a little later.

Imports at the top of this module delay the first request.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # the one of ``typing``, without importing it
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from typing import Any, BinaryIO, NoReturn

    from tui.api.client import OmniClient
    from tui.core.errors import OmniError
    from tui.core.progress import OnProgress
    from tui.core.record import Call
    from tui.sources.connection import Connection

_PROGRESS, _BODY, _FAULT, _RECORD = b"p", b"b", b"f", b"r"
_KIND_BYTES, _LENGTH_BYTES = 1, 8
"""Before each message: its kind, and its length in bytes."""
_BUFFER_BYTES = 2**22


class Prefetch:
    """A process that fetches one call.

    It is reaped, and its memory freed, as soon as it has ended or delivered everything.

    Args:
        pid: The process id.
        orders: The descriptor for orders to the process; it exits when this is closed.
        pipe: The descriptor for its messages.
        memory: The descriptor of the shared memory for the body.

    Attributes:
        call_id: The call that it fetches; None before ``fetch``.
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
        """Order a fetch, once.

        Args:
            call_id: The call.
            connection: The connection to use; the environment is the process's own.
        """
        import pickle

        self.call_id = call_id
        order = {name: getattr(connection, name) for name in ("base_url", "key_file", "max_body_bytes")}
        try:
            self._orders.write(pickle.dumps((call_id, order)))
            self._orders.flush()
        except BrokenPipeError:
            pass  # the process has ended, which its message pipe reports

    @property
    def is_done(self) -> bool:
        """Whether the body has started to arrive."""
        return not self._memory.closed and os.fstat(self._memory.fileno()).st_size > 0

    async def body(self, on_progress: OnProgress | None) -> bytes:
        """The body of the transcript; cancelling ends the fetch.

        Raises:
            OmniError: The fetch failed.
        """
        self._on_progress = on_progress
        body: bytes = await self._outcome(_BODY)
        return body

    async def record(self) -> Call:
        """The record of the call; cancelling ends the fetch.

        Raises:
            OmniError: The fetch failed.
        """
        record: Call = await self._outcome(_RECORD)
        return record

    async def _outcome(self, kind: bytes) -> Any:
        """Take the outcome of one kind from the process; an error is raised."""
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
            pass  # the process ended in the middle of a message
        finally:
            transport.close()
            self._release()

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
        """Read the body, and free its memory."""
        with self._memory as memory:
            memory.seek(0)
            return memory.read()

    def _settle(self, kind: bytes, outcome: object) -> None:
        """Set an outcome. An error is set as a result, since an exception that no one retrieves would be logged."""
        if not self._outcomes[kind].done():
            self._outcomes[kind].set_result(outcome)

    def close(self) -> None:
        """Kill the process, and free its resources."""
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
        self._release()

    def _release(self) -> None:
        """Free all resources of a process that has ended, or is about to."""
        from contextlib import suppress
        from threading import Thread

        from tui.core.errors import UnreachableError

        pid, self._pid = self._pid, None
        if pid is None:
            return
        Thread(
            target=_wait_for_exit, args=(pid,), name="reaper", daemon=True
        ).start()  # the process may take a while to exit
        with suppress(BrokenPipeError):
            self._orders.close()
        self._memory.close()
        for kind in self._outcomes:
            self._settle(kind, UnreachableError("the fetch ended early", "try again"))


def _wait_for_exit(pid: int) -> None:
    from contextlib import suppress

    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def begin_for(arguments: Sequence[str]) -> Prefetch | None:
    """Start a prefetch if the command line may name a call and there is a terminal."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if any(stream is None for stream in streams) or not sys.stdout.isatty() or not may_name_a_call(arguments):
        return None
    return begin()


def may_name_a_call(arguments: Sequence[str]) -> bool:
    """Whether the command line may name a call: a quick check without a parser, with false positives."""
    first = arguments[0] if arguments else ""
    if len(arguments) == 1 and not first.replace("-", "").isalpha():  # no command: the table is not needed
        return first[:1] not in {"", "-"}
    if "--demo" in arguments:
        return False
    if first.startswith("-") and any(argument.startswith("call_") for argument in arguments):
        return True  # an id behind options: the table is slow to load, and nearly always says the same
    from tui.options import split

    command, _, names, _ = split(arguments)
    return names[:1] not in ([], ["-"]) and command in {"", "open"}


def begin() -> Prefetch | None:
    """Start a process that prepares for a fetch; None where that is unsupported."""
    if sys.platform != "linux" or not hasattr(os, "memfd_create"):  # Python built for an old glibc lacks it
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
        _serve_and_end(_Messages(their_pipe, memory), their_orders)
    os.close(their_pipe)
    os.close(their_orders)
    return Prefetch(pid, orders, pipe, memory)


class _Messages:
    """Sends messages from the fetching process.

    Args:
        pipe: The descriptor for messages.
        memory: The descriptor of the shared memory for the body.
    """

    def __init__(self, pipe: int, memory: int) -> None:
        self._pipe = os.fdopen(pipe, "wb")
        self._memory = os.fdopen(memory, "wb")

    def body(self, body: bytes) -> None:
        self._memory.write(body)
        self._memory.flush()
        self.send(_BODY, None)

    def send(self, kind: bytes, value: object) -> None:
        import pickle

        data = pickle.dumps(value)
        self._pipe.write(kind + len(data).to_bytes(_LENGTH_BYTES, "big") + data)
        self._pipe.flush()


def _serve_and_end(messages: _Messages, orders: int) -> NoReturn:
    """Run the fetching process: detached from the terminal, it ends with the main process."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        _leave_signals_alone()
        _serve(messages, os.fdopen(orders, "rb", buffering=0))
    finally:
        os._exit(0)


def _leave_signals_alone() -> None:
    import signal

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


def _serve(messages: _Messages, orders: BinaryIO) -> None:
    import asyncio
    import pickle

    import tui.api.client  # noqa: F401 - slow to import, so it is done before the order arrives
    from tui.sources.connection import Connection

    call_id, connection = pickle.load(orders)
    asyncio.run(_fetch(messages, call_id, Connection(**connection), orders))


async def _fetch(messages: _Messages, call_id: str, connection: Connection, orders: BinaryIO) -> None:
    import asyncio
    from contextlib import ExitStack

    from tui.core.errors import OmniError

    asyncio.get_running_loop().add_reader(orders, os._exit, 0)  # readable only when the main process has ended
    try:
        async with connection.connect(ExitStack()) as client:
            try:
                body = await client.transcript_body(call_id, lambda progress: messages.send(_PROGRESS, progress))
                messages.body(body)
            except OmniError as error:
                messages.send(_FAULT, error)
            messages.send(_RECORD, await _record(client, call_id))  # its parser is imported only now
    except OmniError as error:
        messages.send(_FAULT, error)
        messages.send(_RECORD, error)


async def _record(client: OmniClient, call_id: str) -> Call | OmniError:
    from tui.core.errors import OmniError

    try:
        return await client.call(call_id)
    except OmniError as error:
        return error
