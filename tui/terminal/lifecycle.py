"""Ends the program after an external cause: a signal, a lost terminal, a fault.

Owns the terminating signals and the deadline after which the exit is forced. Knows no Textual: app and driver
clean up themselves. An orderly exit is requested first; a program that hangs is killed.
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
from typing import TypeVar

HUNG_UP = 128 + 1
"""The exit status when the terminal is gone: that of SIGHUP."""

INTERRUPTED = 128 + signal.SIGINT
"""The exit status when ctrl+c ends a program that no longer handles keys."""

GRACE_S = 1.5
"""How long an orderly exit may take. A program without a terminal is gone within two seconds."""

OVERDUE_S = 5.0
"""How long an exit requested by the user may take, and how long ctrl+c may stay unhandled."""

_LEAVE = (
    b"\x18"  # cancels a partial sequence
    b"\x1b[?2026l\x1b[r\x1b[m"  # synchronized output, scroll region, colours
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # the mouse
    b"\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[<u"  # paste, resize and focus reports, keyboard protocol
    b"\x1b[?7h\x1b[?1049l\x1b[?25h"  # wrapping, the normal screen, the cursor
)
"""Resets every mode that Textual or our driver may have set; harmless if it is not set."""

_ENDING = (
    "SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGXCPU",
)  # fmt: skip
"""The signals from outside that end a program which does not handle them."""

_TRIES = 50
_BETWEEN_TRIES_S = 0.005

_T = TypeVar("_T")
_Handler = Callable[[int, FrameType | None], object]


class Lifecycle:
    """Tracks how a program that has taken over the terminal ends.

    Attributes:
        status: The exit status once an exit was requested; the first cause wins.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self._leave: Callable[[int], object] | None = None
        self._attributes_before: list[object] | None = None
        self._driver_failed = False
        self._restoring = threading.Lock()
        self._overdue: threading.Timer | None = None

    @contextmanager
    def watched(self, leave: Callable[[int], object]) -> Iterator[None]:
        """Handle terminating signals within the context; a signal that is ignored (nohup) stays ignored.

        The deadline of a requested exit stays active after the context, as more is closed outside of it.

        Args:
            leave: Starts an orderly exit with a status; called from any thread, and within signal handlers.
        """
        self._leave = leave
        with _handled(_ENDING, self._handle_signal):
            try:
                yield
            finally:
                if self._overdue is not None:
                    self._overdue.cancel()
                self.restore()

    def expect_end(self) -> None:
        """Start the deadline of an exit requested by the user, so that a hang cannot block it for ever.

        The terminal turns a second ctrl+c into a signal once its attributes are restored; that is no other cause.
        """
        if self._overdue is None and self._leave is not None:
            self._overdue = self._start_deadline(OVERDUE_S)

    def end(self, status: int, grace_s: float = GRACE_S) -> None:
        """Request an orderly exit, and force it after ``grace_s`` seconds.

        May be called from any thread, within signal handlers, and repeatedly.
        """
        if self.status is None and self._leave is not None:
            self.status = status
            self._start_deadline(grace_s)
            self._leave(status)

    def _handle_signal(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGINT or self._overdue is None:
            self.end(128 + number)

    def _start_deadline(self, seconds: float) -> threading.Timer:
        deadline = threading.Timer(seconds, self._end_by_force)
        deadline.daemon = True
        with suppress(RuntimeError):  # without a thread for the deadline, an orderly exit still works
            deadline.start()
        return deadline

    def took_terminal(self) -> None:
        """Save the terminal's attributes before it is changed."""
        self._attributes_before = _attributes()
        signal.signal(signal.SIGURG, _ignore_signal)

    def gave_terminal_back(self) -> None:
        """Record that the driver has restored the terminal."""
        if not self._driver_failed:
            self._attributes_before = None

    def distrust_driver(self) -> None:
        """Record that a driver thread failed: its output may be lost, so ``restore`` resets the terminal as well."""
        self._driver_failed = True

    def restore(self) -> None:
        """Reset a terminal that the driver has not restored, without waiting for it to read.

        Of two threads the later waits for the other, as the process must not end in the middle of it.
        """
        with self._restoring:
            attributes, self._attributes_before = self._attributes_before, None
            if attributes is None:
                return
            with suppress(Exception):  # the terminal is gone
                _send_at_once(_LEAVE)
            with suppress(Exception):
                _set_attributes(attributes)

    def _end_by_force(self) -> None:
        self.restore()
        os._exit(self.status or 0)


async def cancelled_by_signals(work: Awaitable[_T]) -> _T:
    """Await work that SIGTERM and SIGHUP cancel, as asyncio does for SIGINT; a second signal exits at once.

    Returns:
        The result of the work, also if it finished before the signal could cancel it.

    Raises:
        SystemExit: It was cancelled; the status is 128 plus the signal's number.
    """
    import asyncio  # slow to import, and not needed by every command

    task, statuses = asyncio.current_task(), list[int]()
    cancel = partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel if task else int)

    def end(number: int, _: FrameType | None) -> None:
        statuses.append(128 + number)  # first, as another signal can interrupt this handler at any later step
        if len(statuses) > 1:
            raise SystemExit(statuses[0])
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
    """Turn signals into ``SystemExit`` while a prompt waits, so that hidden input (no echo) is undone."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handled(("SIGHUP", "SIGQUIT", "SIGTERM"), end):
        yield


@contextmanager
def _handled(names: tuple[str, ...], handler: _Handler) -> Iterator[None]:
    """Handle signals, except those that are ignored or unknown to this system."""
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


def _ignore_signal(number: int, frame: FrameType | None) -> None:
    """Do nothing: handling a signal is enough to interrupt a write. SIGURG has no other sender here."""


def _attributes() -> list[object]:
    import termios

    try:
        return list(termios.tcgetattr(0))
    except termios.error:
        return []


def _set_attributes(attributes: list[object] | None) -> None:
    import termios

    if attributes:
        # in the background, the change would stop the process
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
        termios.tcsetattr(0, termios.TCSANOW, attributes)  # type: ignore[arg-type]  # as tcgetattr gave them


def _send_at_once(data: bytes) -> None:
    """Write to the terminal now, discarding what it has not read yet and what other threads still want to write."""
    terminal = sys.__stderr__
    assert terminal is not None, "there was a terminal to take over"
    fd, nowhere = os.dup(terminal.fileno()), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, terminal.fileno())
    was_blocking = os.get_blocking(fd)
    os.set_blocking(fd, False)
    try:
        _write_until_sent(fd, data)
    finally:
        os.set_blocking(fd, was_blocking)
        os.dup2(fd, terminal.fileno())


def _write_until_sent(fd: int, data: bytes) -> None:
    """Write as soon as no other thread does; a thread blocked in a write is interrupted by SIGURG until it gives up.

    Its output may leave room for a part only; then everything is written again.
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
