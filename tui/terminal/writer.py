"""The thread that sends: it takes the newest picture whenever the terminal has room for one.

Owns the lock around the buffer and the file descriptor. Pictures are never queued: what is drawn while the
terminal is busy changes the one buffer, so memory is bounded and the terminal jumps to what is true now.
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
        buffer: What to show; nobody else touches it from here on.
        encoding: In which the terminal reads.
    """

    def __init__(self, fd: int, buffer: ScreenBuffer, encoding: str = "utf-8") -> None:
        self._fd = fd
        self._buffer = buffer
        self._encoding = encoding
        self._size = buffer.size
        self._copy = ""
        self._flow = Flow()
        self._news = Condition()
        self._thread: Thread | None = None
        self._idle = True
        self._stopping = False

    def start(self) -> None:
        """Begin to send, or go on if a stop is still under way."""
        with self._news:
            self._flow = Flow()
            self._stopping = False
            if self._thread is None:
                self._thread = Thread(target=self._run, name="terminal-writer", daemon=True)
                self._thread.start()

    def feed(self, data: str) -> None:
        """Take what Textual writes."""
        with self._news:
            if self._buffer.size != self._size:
                self._buffer.resize(*self._size)
            self._buffer.feed(data)
            self._news.notify_all()

    def copy(self, sequence: str) -> None:
        """Send what puts a text on the clipboard, as it is, in the place of one that is not sent yet."""
        with self._news:
            self._copy = sequence
            self._news.notify_all()

    def redraw(self) -> None:
        """Send all of the screen again."""
        with self._news:
            self._buffer.redraw()
            self._news.notify_all()

    def resize(self, width: int, height: int) -> None:
        """Follow the terminal to another size from the next update on; if it has the same again, redraw."""
        with self._news:
            self._size = (width, height)
            if self._size == self._buffer.size:
                self.redraw()

    def answered(self) -> bool:
        """Take an answer of the terminal; False if it was not asked."""
        with self._news:
            self._news.notify_all()
            return self._flow.answered()

    def hush(self, patience_s: float) -> None:
        """Ask the terminal nothing more, and wait for what it was asked, but no longer than some seconds."""
        with self._news:
            if not self._flow.close():
                return
            self._news.wait_for(lambda: self.is_quiet() and not self._flow.expects(monotonic()), patience_s)

    def settle(self, patience_s: float) -> None:
        """Wait until all is sent, but no longer than some seconds."""
        with self._news:
            self._news.wait_for(self.is_quiet, patience_s)

    def stop(self, patience_s: float) -> None:
        """Send what is left, waiting no longer than some seconds, and end."""
        self.settle(patience_s)
        with self._news:
            self._stopping = True
            self._news.notify_all()

    def is_quiet(self) -> bool:
        """Whether all is sent, or nobody sends any more; for who holds no lock as well."""
        return self._thread is None or (self._idle and not self._buffer.pending and not self._copy)

    def _run(self) -> None:
        try:
            while data := self._next():
                self._send(data)
        except Exception:
            # mostly that the terminal is gone; who watches over threads ends the program, nobody waits here
            with self._news:
                self._thread = None
                self._news.notify_all()
            raise

    def _next(self) -> bytes:
        """Wait for something to send; empty when it is time to end."""
        with self._news:
            self._idle = True
            self._news.notify_all()
            while not self._stopping:
                wait_s = self._flow.wait_s(monotonic())
                if data := self._taken(picture=not wait_s):
                    return data
                self._news.wait(wait_s or None)
            self._thread = None
            return b""

    def _taken(self, *, picture: bool) -> bytes:
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
                # whoever shares the terminal may have made it non-blocking
                select.select([], [self._fd], [])
