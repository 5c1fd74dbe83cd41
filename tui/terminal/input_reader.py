"""Reads the terminal's input: its end, invalid bytes, and floods of it, which wait for the app.

``keyboard`` turns input into messages; the driver handles them.
"""

from __future__ import annotations

import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from concurrent.futures import Future, wait
from select import select
from time import monotonic
from typing import Any

from textual.app import App
from textual.message import Message

from tui.terminal.keyboard import Keyboard
from tui.terminal.lifecycle import HUNG_UP, Lifecycle
from tui.terminal.paste_filter import PASTE_BEGIN, PASTE_END
from tui.terminal.selectable_event import SelectableEvent

_TICK_S = 0.1
_AT_ONCE_BYTES = 4096
_MOST_WAITING = 500
_MOST_HELD_BYTES = 1 << 16
_PASTE_OR_CTRL_C = re.compile(rb"\x1b\[200~.*?(?:\x1b\[201~|\Z)|(?P<ctrl_c>\x03|\x1b\[99;5u)", re.DOTALL)


class Backlog:
    """What an app has not handled yet.

    Args:
        app: The app.

    Attributes:
        last_sent: The future of the last message to the app, done when it was taken.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.last_sent: set[Future[bool]] = set()

    def is_large(self) -> bool:
        """Whether so much is queued that reading should pause; the kernel's buffer is bounded."""
        if wait(self.last_sent, _TICK_S).not_done:
            return True
        top = self._app.screen_stack[-1:]
        focused = [screen.focused for screen in top if screen.focused]
        return any(pump.message_queue_size > _MOST_WAITING for pump in (self._app, *top, *focused))


class InputReader:
    """Reads in a thread of its own.

    Args:
        terminal: The descriptor to read from.
        stop: Ends the thread when it is set.
        backlog: What the app has not handled yet.
        heard: Called with each piece of input.

    Attributes:
        is_leaving: Whether the terminal is being restored, so that the app takes nothing any more.
    """

    def __init__(self, terminal: int, stop: SelectableEvent, backlog: Backlog, heard: Callable[[str], object]) -> None:
        self._terminal = terminal
        self._stop = stop
        self._backlog = backlog
        self._heard = heard
        self.is_leaving = False

    def run(self, process: Callable[[Message], object], lifecycle: Lifecycle, *, debug: bool) -> None:
        """Read until stopped.

        Args:
            process: Handles a message.
            lifecycle: Ends the program when the terminal is lost.
            debug: Whether Textual logs the input.
        """
        keyboard = Keyboard(debug=debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        behind: bytes | None = b""
        while not self._stop.is_set():
            data = behind or self._read(keyboard.wait_s(monotonic()))
            if data is None or behind is None:
                lifecycle.end(HUNG_UP)
                return
            text = decode(data)
            self._heard(text)
            for message in keyboard.feed(text, monotonic()) if data else keyboard.tick(monotonic()):
                process(message)
            behind = self._wait_for_app(is_pasting=keyboard.is_pasting)

    def _wait_for_app(self, *, is_pasting: bool) -> bytes | None:
        """Wait while the app has too much queued, and look for ctrl+c meanwhile, which jumps the queue.

        Args:
            is_pasting: Whether the input so far ends within a paste.

        Returns:
            The input read meanwhile, or only ctrl+c and what is behind it; None at the end of input.
        """
        held = b""
        while not (self.is_leaving or self._stop.is_set()) and self._backlog.is_large():
            if len(held) > _MOST_HELD_BYTES:
                self._stop.wait(_TICK_S / 10)
                continue
            data = self._read(_TICK_S / 10)
            if data is None:
                return None
            held += data
            if (at := _ctrl_c_in(held, is_pasting=is_pasting)) is not None:
                return PASTE_END.encode() * is_pasting + held[at:]
        return held

    def _read(self, patience_s: float | None) -> bytes | None:
        """Read input; empty after ``patience_s`` or when the thread should stop, None at the end of input."""
        watched: list[Any] = [self._terminal, self._stop]
        try:
            if self._terminal not in select(watched, [], [], patience_s)[0]:
                return b""
            return os.read(self._terminal, _AT_ONCE_BYTES) or None
        except BlockingIOError:  # another process made it non-blocking and read first
            return b""
        except OSError:
            return None


def _ctrl_c_in(data: bytes, *, is_pasting: bool) -> int | None:
    """Where ctrl+c stands outside of any paste; None if nowhere."""
    begin = PASTE_BEGIN.encode() * is_pasting
    found = (each.start("ctrl_c") - len(begin) for each in _PASTE_OR_CTRL_C.finditer(begin + data) if each["ctrl_c"])
    return next(found, None)
