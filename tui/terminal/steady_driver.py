"""Textual's driver with robust handling of input, signals and exit (Linux, macOS).

Owns the end of input, invalid bytes, floods of input and job control. Output belongs to the other drivers;
ending the program to ``lifecycle``.

Textual does its work within signal handlers, interrupting other code; here the event loop does it. That needs
private names of Textual, which are listed in ``textual_private``.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from io import TextIOWrapper
from select import select
from threading import Timer
from time import monotonic, sleep
from typing import Any

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.terminal.diffing_driver import DiffingDriver
from tui.terminal.keyboard import Keyboard
from tui.terminal.lifecycle import HUNG_UP, INTERRUPTED, OVERDUE_S, HasLifecycle
from tui.terminal.mouse import MouseDriver
from tui.terminal.paste_filter import PASTE_BEGIN
from tui.terminal.questions import Questions
from tui.terminal.selectable_event import SelectableEvent

_TICK_S = 0.1
_AT_ONCE_BYTES = 4096
_MOST_WAITING = 500
_MOST_HELD_BYTES = 1 << 16
_CTRL_C = re.compile(rb"\x03|\x1b\[99;5u")
_CLEAR = "\x1b[H\x1b[2J"
_LEAVE_SCREEN = "\x1b[?1049l"
_FOREGROUND_LIMIT_S = 0.3
_FOREGROUND_POLL_S = 0.005


class SteadyDriver(MouseDriver):
    """Textual's driver, made robust.

    Args:
        app: The app that draws.
        debug: Whether Textual logs what comes in.
        mouse: Whether the mouse is reported.
        size: The size to begin with; None for the terminal's.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert isinstance(app, HasLifecycle), "this driver is only chosen by an app that knows its end"
        self._steady_app = app
        if isinstance(self._file, TextIOWrapper):
            self._file.reconfigure(errors="replace")  # a character outside the encoding still takes one cell
        self.exit_event = self._stop_requested = SelectableEvent()
        self._has_left = True
        self._is_leaving = False
        self._is_continuing = False
        self._last_sent: set[Future[bool]] = set()
        self._questions = Questions()

    def write(self, data: str) -> None:
        """Write output; clears the alternate screen before leaving it.

        If the window has grown, tmux 3.3a moves the rows of a left screen into the history, and
        then shows them above the shell's output.
        """
        self._questions.written(data)
        super().write(f"{_CLEAR}{data}" if data == _LEAVE_SCREEN else data)

    def start_application_mode(self) -> None:
        """Take over the terminal; in the background the process stops, as the terminal is another's."""
        self._has_left = self._is_leaving = False
        self._await_foreground()
        self._steady_app.lifecycle.took_terminal()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        if self._must_signal_resume:  # in the background: the terminal was not taken over
            self._has_left = True
            self._steady_app.lifecycle.gave_terminal_back()
        signal.signal(signal.SIGWINCH, self._window_changed)
        signal.signal(
            signal.SIGTTOU, signal.SIG_IGN
        )  # restoring the terminal from the background must not stop the process

    def _await_foreground(self) -> None:
        """Wait a moment for the foreground before the process stops itself in the background.

        After ``bg; fg`` the shell takes the job for a running one, and ``fg`` continues nothing: a process that
        stops between the two stays stopped in the foreground.
        """
        deadline = monotonic() + _FOREGROUND_LIMIT_S
        with suppress(OSError):  # no terminal, or a lost one
            while os.tcgetpgrp(self.fileno) != os.getpgrp() and monotonic() < deadline:
                sleep(_FOREGROUND_POLL_S)

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        super().stop_application_mode()
        self._has_left = self._has_sent_all()

    def close(self) -> None:
        """Stop the threads."""
        with suppress(RuntimeError):  # a thread that could not be started cannot be joined
            super().close()
        if self._has_left:
            self._steady_app.lifecycle.gave_terminal_back()

    def disable_input(self) -> None:
        """Stop reading, and turn off modes that the last input may have turned on."""
        self._is_leaving = True  # the loop is blocked from here on and handles no input
        self._questions.await_answers()
        super().disable_input()
        self._disable_in_band_window_resize()
        self._in_band_window_resize = False

    def run_input_thread(self) -> None:
        """Read until stopped; a lost terminal ends the program."""
        keyboard = Keyboard(debug=self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        behind: bytes | None = b""
        while not self.exit_event.is_set():
            data = behind or self._read(keyboard.wait_s(monotonic()))
            if data is None or behind is None:
                self._steady_app.lifecycle.end(HUNG_UP)
                return
            text = decode(data)
            self._questions.heard(text)
            messages = keyboard.feed(text, monotonic()) if data else keyboard.tick(monotonic())
            for message in messages:
                self.process_message(message)
            behind = self._wait_for_app(may_skip=not keyboard.is_pasting)

    def _wait_for_app(self, *, may_skip: bool) -> bytes | None:
        """Wait while the app has too much queued, and look for ctrl+c meanwhile, which jumps the queue.

        Args:
            may_skip: Whether ctrl+c is a key here, not part of a paste.

        Returns:
            The input read meanwhile; None at the end of input.
        """
        held = b""
        while not (self._is_leaving or self.exit_event.is_set()) and self._is_behind():
            if len(held) > _MOST_HELD_BYTES:
                self.exit_event.wait(_TICK_S / 10)
                continue
            data = self._read(_TICK_S / 10)
            if data is None:
                return None
            held += data
            if may_skip and PASTE_BEGIN.encode() not in held and (found := _CTRL_C.search(held)):
                return held[found.start() :]
        return held

    def process_message(self, message: Message) -> None:
        """Handle a message; while the terminal is being restored, size reports are ignored, as they turn on modes."""
        if not (self._is_leaving and isinstance(message, InBandWindowResize)):
            super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Post a message to the app, and keep its future to see when it was taken."""
        sent = asyncio.run_coroutine_threadsafe(self._app._post_message(message), self._loop)
        self._last_sent = {sent}
        if isinstance(message, events.Key) and message.key == "ctrl+c":
            self._end_if_stuck(sent)

    def _end_if_stuck(self, sent: Future[bool]) -> None:
        """Force the exit if the loop is blocked and does not take ctrl+c."""

        def end() -> None:
            if not sent.done():
                self._steady_app.lifecycle.end(INTERRUPTED)

        timer = Timer(OVERDUE_S, end)
        timer.daemon = True
        timer.start()

    def _read(self, patience_s: float | None) -> bytes | None:
        """Read input; empty after ``patience_s`` or when the thread should stop, None at the end of input."""
        try:
            if self.fileno not in select([self.fileno, self._stop_requested], [], [], patience_s)[0]:
                return b""
            return os.read(self.fileno, _AT_ONCE_BYTES) or None
        except BlockingIOError:  # another process made it non-blocking and read first
            return b""
        except OSError:
            return None

    def _is_behind(self) -> bool:
        """Whether so much is queued that reading should pause; the kernel's buffer is bounded."""
        if wait(self._last_sent, _TICK_S).not_done:
            return True
        top = self._steady_app.screen_stack[-1:]
        focused = [screen.focused for screen in top if screen.focused]
        return any(pump.message_queue_size > _MOST_WAITING for pump in (self._steady_app, *top, *focused))

    def _run_input_thread(self) -> None:
        """Let exceptions reach ``threading.excepthook``; Textual would print them and exit with status 0."""
        self.run_input_thread()

    def _has_sent_all(self) -> bool:
        """Whether all output is sent; always true here, as ``close`` waits for it."""
        return True

    def _window_changed(self, *_: object) -> None:
        """Read the size on the loop, as signals may nest and finish in reverse order."""
        if not self._in_band_window_resize:
            self._call_on_loop(self._post_size)

    def _post_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    def _sigtstp_application(self, *_: object) -> None:
        self._call_on_loop(self._suspend_job)

    def _sigcont_application(self, *_: object) -> None:
        if not self._is_continuing:
            self._is_continuing = True
            self._call_on_loop(self._resume_job)

    def _call_on_loop(self, callback: Callable[[], object]) -> None:
        """Call back on the loop, unless it is closed."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback)

    def _suspend_job(self) -> None:
        """Suspend the whole job, as a terminal does at Ctrl+Z; the system refuses where no shell could continue it."""
        if not self._is_active():
            return
        self.suspend_application_mode()
        self._must_signal_resume = True
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self._sigcont_application()

    def _resume_job(self) -> None:
        """Take over the terminal after SIGCONT, also after SIGSTOP: the shell may have changed it."""
        self._is_continuing = False
        if not self._is_active():
            return
        if self._must_signal_resume:
            self.resume_application_mode()
        else:
            self._retake_terminal()

    def _retake_terminal(self) -> None:
        """Take over the terminal again, without a moment in which it echoes input or turns ctrl+c into a signal."""
        before, self.attrs_before = self.attrs_before, None
        self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()
        self.attrs_before = before

    def _is_active(self) -> bool:
        return self._steady_app.is_running and self._steady_app.lifecycle.status is None


class SteadyDiffingDriver(SteadyDriver, DiffingDriver):
    """The diffing driver, made robust."""

    def _has_sent_all(self) -> bool:
        return self._writer.is_quiet()
