"""How the program ends when something from outside ends it: a signal, a terminal that is gone, a fault.

Owns the signals that end and the deadline after which the end is enforced. It knows no Textual: what the app and
its driver do about an end is theirs. An end is asked for first, and a program that hangs is ended by force.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Protocol, TypeVar, runtime_checkable

HUNG_UP = 128 + 1
"""The exit status when the terminal is gone, however that is learnt: that of SIGHUP."""

INTERRUPTED = 128 + signal.SIGINT
"""The exit status where ctrl+c ends a program that takes no keys any more."""

GRACE_S = 1.5
"""How long an orderly end may take. With this, a program without a terminal is gone within two seconds."""

OVERDUE_S = 5.0
"""How long the end may take that the user has asked for, and for how long a program may stand still at ctrl+c."""

_LEAVE = (
    b"\x18"  # whatever sequence was cut off before
    b"\x1b[?2026l\x1b[r\x1b[m"  # synchronized output, scroll region, colours
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # the mouse
    b"\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[<u"  # paste, resize and focus reports, keyboard protocol
    b"\x1b[?7h\x1b[?1049l\x1b[?25h"  # wrapping, the screen as it was, the cursor
)
"""Takes back all that Textual and our driver may ask of a terminal; does no harm where it was taken back already."""

_TRIES = 50
_BETWEEN_TRIES_S = 0.005

_T = TypeVar("_T")
_Handler = Callable[[int, FrameType | None], object]


@runtime_checkable
class HasLifecycle(Protocol):
    """What has a life: an app that knows its end."""

    lifecycle: Lifecycle


class Lifecycle:
    """The life of a program that has taken over a terminal.

    Attributes:
        status: The exit status, once it is to end; the first cause stands.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self._leave: Callable[[int], object] | None = None
        self._taken: list[object] | None = None
        self._is_doubtful = False
        self._overdue: threading.Timer | None = None

    @contextmanager
    def watched(self, leave: Callable[[int], object]) -> Iterator[None]:
        """Let signals end the program, for as long as the context lasts; one that is ignored (nohup) stays so.

        The deadline that an end has set goes on after the context, as there is more to close outside of it.

        Args:
            leave: Begins an orderly end with a status; called from any thread, and within signal handlers.
        """
        self._leave = leave
        with _handled(("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"), lambda number, _: self.end(128 + number)):
            try:
                yield
            finally:
                if self._overdue is not None:
                    self._overdue.cancel()
                if self._taken is not None:
                    self.restore()

    def expect_end(self) -> None:
        """Take note that the user ends the program: what hangs must not keep it from that for ever."""
        if self._overdue is None and self._leave is not None:
            self._overdue = threading.Timer(OVERDUE_S, self._end_by_force)
            self._overdue.daemon = True
            with suppress(RuntimeError):  # no more threads: what ends in order needs none
                self._overdue.start()

    def end(self, status: int, grace_s: float = GRACE_S) -> None:
        """Begin to end: in order, or by force when that takes longer than some seconds.

        May be called from any thread, within signal handlers, and again and again.
        """
        if self.status is None and self._leave is not None:
            self.status = status
            deadline = threading.Timer(grace_s, self._end_by_force)
            deadline.daemon = True
            with suppress(RuntimeError):  # no more threads: what ends in order needs none
                deadline.start()
            self._leave(status)

    def took_terminal(self) -> None:
        """Note that the terminal is about to be changed, and how it is now."""
        self._taken = _attributes()
        signal.signal(signal.SIGURG, _be_nudged)

    def gave_terminal_back(self) -> None:
        """Note that the terminal is as it was, as far as its driver knows."""
        if not self._is_doubtful:
            self._taken = None

    def doubt(self) -> None:
        """Trust no driver any more: its thread may have died with what was to be sent."""
        self._is_doubtful = True

    def restore(self) -> None:
        """Give back a terminal that was not given back in order, without waiting for it to read."""
        attributes, self._taken = self._taken, None
        with suppress(Exception):  # a terminal that is gone
            _send_at_once(_LEAVE)
        with suppress(Exception):
            _set_attributes(attributes)

    def _end_by_force(self) -> None:
        if self._taken is not None:
            self.restore()
        os._exit(self.status or 0)


async def cancelled_by_signals(work: Awaitable[_T]) -> _T:
    """Do something that SIGTERM and SIGHUP cancel, as asyncio does for SIGINT; the second one ends it in the middle.

    Returns:
        What the work returns, also if it was done before the signal could cancel it.

    Raises:
        SystemExit: It was cancelled; with the status that a shell expects.
    """
    import asyncio  # takes long, and what ends without it need not wait for it

    task, statuses = asyncio.current_task(), list[int]()
    cancel = partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel if task else int)

    def end(number: int, _: FrameType | None) -> None:
        if statuses:
            raise SystemExit(statuses[0])
        statuses.append(128 + number)
        cancel()

    with _handled(("SIGHUP", "SIGTERM"), end):
        try:
            return await work
        except asyncio.CancelledError:
            if not statuses:
                raise
            raise SystemExit(statuses[0]) from None


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let signals end the program in order while it waits for the user: what hides the typed letters is undone."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handled(("SIGHUP", "SIGQUIT", "SIGTERM"), end):
        yield


@contextmanager
def _handled(names: tuple[str, ...], handler: _Handler) -> Iterator[None]:
    """Handle signals, but for those that are ignored and those that this system does not know."""
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number in numbers:
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, handler)
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])


def _be_nudged(number: int, frame: FrameType | None) -> None:
    """Do nothing: that a signal is handled is enough to interrupt a write. Nobody else sends SIGURG here."""


def _attributes() -> list[object]:
    import termios

    try:
        return list(termios.tcgetattr(0))
    except termios.error:
        return []


def _set_attributes(attributes: list[object] | None) -> None:
    import termios

    if attributes:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])  # from the background this would stop us
        termios.tcsetattr(0, termios.TCSANOW, attributes)  # type: ignore[arg-type]


def _send_at_once(data: bytes) -> None:
    """Send to the terminal, in the place of what it has not read yet, and of what others are still to write."""
    terminal = sys.__stderr__
    assert terminal is not None, "there was a terminal to take over"
    fd, nowhere = os.dup(terminal.fileno()), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, terminal.fileno())
    was_blocking = os.get_blocking(fd)
    os.set_blocking(fd, False)
    try:
        _press(fd, data)
    finally:
        os.set_blocking(fd, was_blocking)
        os.dup2(fd, terminal.fileno())


def _press(fd: int, data: bytes) -> None:
    """Write as soon as no other thread does: one that waits for the terminal is nudged until it gives up.

    What such a thread has written meanwhile may leave room for a part only; then all is written again.
    """
    import termios

    for _ in range(_TRIES):
        termios.tcflush(fd, termios.TCOFLUSH)
        with suppress(BlockingIOError):
            if os.write(fd, data) == len(data):
                return
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.ident:
                signal.pthread_kill(thread.ident, signal.SIGURG)
        select.select([], [], [], _BETWEEN_TRIES_S)
