"""The output thread: sends the newest picture whenever the terminal has room for one.

Owns the lock around the buffer and the file descriptor. Pictures are never queued: what is drawn while the
terminal is busy changes the one buffer, so memory is bounded and the terminal skips to the current state.
"""

from __future__ import annotations

import os
import select
from threading import Condition, Thread
from time import monotonic

from tui.terminal.flow import QUESTION, Flow
from tui.terminal.screen_buffer import ScreenBuffer


class Writer:
    """Sends a buffer to a terminal.

    Every method may be called from any thread and from a signal handler, and none waits for the terminal
    unless it says for how long.

    Args:
        fd: The terminal.
        buffer: The screen; used only by this writer from now on.
        encoding: The terminal's encoding.
        pace_s: The least seconds between two pictures.
    """

    def __init__(self, fd: int, buffer: ScreenBuffer, encoding: str = "utf-8", pace_s: float = 0.0) -> None:
        self._fd = fd
        self._buffer = buffer
        self._encoding = encoding
        self._size = buffer.size
        self._copy = ""
        self._pace_s = pace_s
        self._flow = Flow(pace_s)
        self._changed = Condition()
        self._thread: Thread | None = None
        self._idle = True
        self._stopping = False

    def start(self) -> None:
        """Start the thread, or cancel a stop in progress."""
        with self._changed:
            self._flow = Flow(self._pace_s)
            self._stopping = False
            if self._thread is None:
                self._thread = Thread(target=self._run, name="terminal-writer", daemon=True)
                self._thread.start()

    def feed(self, data: str) -> None:
        """Apply output of Textual to the buffer."""
        with self._changed:
            if self._buffer.size != self._size:
                self._buffer.resize(*self._size)
            self._buffer.feed(data)
            self._changed.notify_all()

    def copy(self, sequence: str) -> None:
        """Send a clipboard sequence unchanged; replaces one that is not sent yet."""
        with self._changed:
            self._copy = sequence
            self._changed.notify_all()

    def redraw(self) -> None:
        """Send the whole screen again."""
        with self._changed:
            self._buffer.redraw()
            self._changed.notify_all()

    def resize(self, width: int, height: int) -> None:
        """Change the size with the next update; redraw if it is the same."""
        with self._changed:
            self._size = (width, height)
            if self._size == self._buffer.size:
                self.redraw()

    def answered(self) -> bool:
        """Record an answer of the terminal; False if there was no question."""
        with self._changed:
            self._changed.notify_all()
            return self._flow.answered()

    def stop_asking(self, patience_s: float) -> None:
        """Stop asking the terminal, and wait up to ``patience_s`` for outstanding answers."""
        with self._changed:
            if not self._flow.close():
                return
            self._changed.wait_for(lambda: self.is_quiet() and not self._flow.expects(monotonic()), patience_s)

    def settle(self, patience_s: float) -> None:
        """Wait up to ``patience_s`` until all output is sent."""
        with self._changed:
            self._changed.wait_for(self.is_quiet, patience_s)

    def stop(self, patience_s: float) -> None:
        """Send the rest, waiting up to ``patience_s``, and stop the thread."""
        self.settle(patience_s)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def is_quiet(self) -> bool:
        """Whether all output is sent or the thread has ended; needs no lock."""
        return self._thread is None or (self._idle and not self._buffer.pending and not self._copy)

    def _run(self) -> None:
        try:
            while data := self._next():
                self._send(data)
        except Exception:
            # usually the terminal is gone; ``threading.excepthook`` ends the program, so waiters are released
            with self._changed:
                self._thread = None
                self._changed.notify_all()
            raise

    def _next(self) -> bytes:
        """Wait for output; empty when the thread should stop."""
        with self._changed:
            self._idle = True
            self._changed.notify_all()
            while not self._stopping:
                wait_s = self._flow.wait_s(monotonic())
                if data := self._take_output(picture=not wait_s):
                    return data
                self._changed.wait(wait_s or None)
            self._thread = None
            return b""

    def _take_output(self, *, picture: bool) -> bytes:
        data = (self._copy + self._buffer.take(picture=picture)).encode(self._encoding, "replace")
        self._copy = ""
        if data and self._flow.send(len(data), monotonic()):
            data += QUESTION.encode()
        self._idle = not data
        return data

    def _send(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                # another process may have made the terminal non-blocking
                select.select([], [self._fd], [])
