"""The driver: Textual's, which sends only what changes, reports no mouse movements, and is robust (Linux, macOS).

Owns the order in which the terminal is taken over and restored, and job control. ``ScreenBuffer`` computes the bytes
of a change, ``Writer`` sends them, ``InputReader`` reads; ending the program belongs to ``lifecycle``.

Textual does its work within signal handlers, interrupting other code; here the event loop does it. That needs
private names of Textual, which are listed in ``textual_private``. Textual's own writer thread is started too; where
this driver sends changes, nothing is written to it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from io import TextIOWrapper
from threading import Event, Timer
from time import monotonic, sleep
from typing import Any

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.terminal import background_colour
from tui.terminal.flow import pace_s
from tui.terminal.guarded_app import GuardedApp
from tui.terminal.input_reader import Backlog, InputReader
from tui.terminal.lifecycle import INTERRUPTED, OVERDUE_S
from tui.terminal.questions import Questions
from tui.terminal.screen_buffer import ScreenBuffer
from tui.terminal.selectable_event import SelectableEvent
from tui.terminal.window import window_size
from tui.terminal.writer import Writer

_PATIENCE_S = 1.0
"""How long closing waits for a terminal that does not read."""
_CLEAR = "\x1b[f\x1b[2J"
"""The cursor at home, where the shell goes on if a terminal has one screen only, and an empty screen.

HVP, not CUP: the buffer takes the latter for a place in the next picture.
"""
_LEAVE_SCREEN = "\x1b[?1049l"
_MOUSE_ON = "\x1b[?1000h\x1b[?1006h"
_MOUSE_OFF = "\x1b[?1000l\x1b[?1006l"
_PIXELS_OFF = "\x1b[?1016l"
_FOREGROUND_LIMIT_S = 0.3
_FOREGROUND_POLL_S = 0.005


class DiffingDriver(LinuxDriver):
    """Mirrors the terminal's screen to send the fewest bytes, or, on request, passes on what Textual writes.

    Of the mouse, clicks and the wheel are reported: movements and drags cost more than all keys on a slow link, and
    with shift a drag selects text in the terminal.

    Args:
        app: The app that draws.
        debug: Whether Textual logs what comes in.
        mouse: Whether the mouse is reported.
        size: The size to begin with; None for the terminal's.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or window_size(os.environ))
        assert isinstance(app, GuardedApp), "this driver is only chosen by such an app"
        self._guarded_app = app
        if isinstance(self._file, TextIOWrapper):
            self._file.reconfigure(errors="replace")  # a character outside the encoding still takes one cell
        self._writer = _writer() if app.differs else None
        self._questions = Questions()
        self._backlog = Backlog(app)
        stop = SelectableEvent()
        self._reader = InputReader(self.fileno, stop, self._backlog, self._questions.heard)
        self.exit_event = stop
        self._has_left = True
        self._is_continuing = False
        self._asks_background = app.wants_background and background_colour.may_ask(os.environ)

    # Output

    def write(self, data: str) -> None:
        """Take what Textual writes; clears the alternate screen before leaving it.

        If the window has grown, tmux 3.3a moves the rows of a left screen into the history, and
        then shows them above the shell's output.
        """
        self._questions.written(data)
        data = f"{_CLEAR}{data}" if data == _LEAVE_SCREEN else data
        if self._writer:
            self._writer.feed(data)
        else:
            super().write(data)

    def copy(self, sequence: str) -> None:
        """Send a clipboard sequence, which does not change the screen."""
        if self._writer:
            self._writer.copy(sequence)
        else:
            self.write(sequence)

    def redraw(self) -> None:
        """Send the whole screen again, as another program may have written on it."""
        if self._writer:
            self._writer.redraw()

    def toggle_mouse(self) -> bool:
        """Turn mouse reports on or off; returns whether they are on."""
        if self._mouse:
            self._disable_mouse_support()
            self._mouse = False
        else:
            self._mouse = True
            self._enable_mouse_support()
            if self._in_band_window_resize:  # Textual's parser then reads positions as pixels
                self._enable_mouse_pixels()
        return self._mouse

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_MOUSE_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_MOUSE_OFF + (_PIXELS_OFF if self._mouse_pixels else ""))

    def _get_terminal_size(self) -> tuple[int, int]:
        size = window_size(os.environ)
        if self._writer:
            self._writer.resize(*size)
        return size

    # Taking over and restoring the terminal

    def start_application_mode(self) -> None:
        """Take over the terminal; in the background the process stops, as the terminal is another's."""
        self._has_left = self._reader.is_leaving = False
        _await_foreground(self.fileno)
        self._guarded_app.lifecycle.took_terminal()
        if self._writer:
            self._writer.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        if self._must_signal_resume:  # in the background: the terminal was not taken over
            self._has_left = True
            self._guarded_app.lifecycle.gave_terminal_back()
        signal.signal(signal.SIGWINCH, self._window_changed)
        # restoring the terminal from the background must not stop the process
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def _request_terminal_sync_mode_support(self) -> None:
        """Ask for the background's colour, once, before Textual's own questions."""
        if self._asks_background:
            self._asks_background = False
            self.write(background_colour.QUESTION)
        super()._request_terminal_sync_mode_support()

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        super().stop_application_mode()
        if self._writer:
            self._writer.settle(_PATIENCE_S)
        self._has_left = self._writer is None or self._writer.is_quiet()

    def close(self) -> None:
        """Send the rest, and stop the threads."""
        if self._writer:
            self._writer.stop(_PATIENCE_S)
        with suppress(RuntimeError):  # a thread that could not be started cannot be joined
            super().close()
        if self._has_left:
            self._guarded_app.lifecycle.gave_terminal_back()

    def disable_input(self) -> None:
        """Stop reading once all outstanding answers are read, and turn off modes that the last input may have set.

        An answer that nobody reads would be input of the shell.
        """
        self._reader.is_leaving = True  # the loop is blocked from here on and handles no input
        self._questions.await_answers()
        if self._writer:
            self._writer.stop_asking(_PATIENCE_S)
        super().disable_input()
        self._disable_in_band_window_resize()
        self._in_band_window_resize = False

    # Input

    def _run_input_thread(self) -> None:
        """Read until stopped; exceptions reach ``threading.excepthook``.

        Textual would print them and exit with status 0.
        """
        self._reader.run(self.process_message, self._guarded_app.lifecycle, debug=self._debug)

    def process_message(self, message: Message) -> None:
        """Handle a message, unless it answers the writer's question.

        While the terminal is being restored, size reports are ignored, as they turn on modes.
        """
        if self._reader.is_leaving and isinstance(message, InBandWindowResize):
            return
        if self._writer:
            if isinstance(message, events.CursorPosition) and self._writer.answered():
                return
            if isinstance(message, events.Resize) and message.size:
                self._writer.resize(*message.size)
        super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Post a message to the app; the backlog has its future, to see when it was taken."""
        sent = asyncio.run_coroutine_threadsafe(self._app._post_message(message), self._loop)
        self._backlog.last_sent = {sent}
        if isinstance(message, events.Key) and message.key == "ctrl+c":
            self._end_if_stuck(sent)

    def _end_if_stuck(self, sent: Future[bool]) -> None:
        """Force the exit if the loop is blocked, and does not take ctrl+c or what is queued before it."""

        def end() -> None:
            if not (sent.done() and (_runs(self._loop) or self._reader.is_leaving)):
                self._guarded_app.lifecycle.end(INTERRUPTED)

        timer = Timer(OVERDUE_S, end)
        timer.daemon = True
        timer.start()

    # Signals

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
        if not _is_active(self._guarded_app):
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
        if not _is_active(self._guarded_app):
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


def _is_active(app: GuardedApp) -> bool:
    return app.is_running and app.lifecycle.status is None


def _writer() -> Writer:
    terminal = sys.__stderr__
    assert terminal is not None, "this driver is only chosen for a terminal"
    buffer = ScreenBuffer(*window_size(os.environ))
    return Writer(terminal.fileno(), buffer, terminal.encoding, pace_s(os.environ))


def _await_foreground(terminal: int) -> None:
    """Wait a moment for the foreground before the process stops itself in the background.

    After ``bg; fg`` the shell takes the job for a running one, and ``fg`` continues nothing: a process that
    stops between the two stays stopped in the foreground.
    """
    deadline = monotonic() + _FOREGROUND_LIMIT_S
    with suppress(OSError):  # no terminal, or a lost one
        while os.tcgetpgrp(terminal) != os.getpgrp() and monotonic() < deadline:
            sleep(_FOREGROUND_POLL_S)


def _runs(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a loop does something within some seconds, or has ended."""
    has_run = Event()
    with suppress(RuntimeError):  # it is closed
        loop.call_soon_threadsafe(has_run.set)
        return has_run.wait(OVERDUE_S)
    return True
