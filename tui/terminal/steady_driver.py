"""Textual's drivers, mended where they lose their heads (Linux, macOS).

Owns how a driver meets the end of its input, bytes that are no text, and the signals of job control. What a driver
sends is its own business; what ends the program is the lifecycle's.

Textual does its part in signal handlers, in the middle of whatever runs; here the loop does it, one after the
other. That reaches below its public interface: the private names that it leans on stand in ``textual_private``.
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
from time import monotonic
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
_MOST_KEPT_BYTES = 1 << 16
_CTRL_C = re.compile(rb"\x03|\x1b\[99;5u")
_CLEAR = "\x1b[H\x1b[2J"
_LEAVE_SCREEN = "\x1b[?1049l"


class SteadyDriver(MouseDriver):
    """Textual's own driver, with a steadier hand.

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
            self._file.reconfigure(errors="replace")  # what this terminal cannot show still takes one cell
        self.exit_event = self._told_to_stop = SelectableEvent()
        self._has_left = True
        self._is_leaving = False
        self._is_continuing = False
        self._last_sent: set[Future[bool]] = set()
        self._questions = Questions()

    def write(self, data: str) -> None:
        """Take what Textual writes, and leave no screen before it is empty.

        tmux (3.3a), when the window has grown since, folds the rows of the screen that is left into the history, and
        then shows them above the shell's.
        """
        self._questions.written(data)
        super().write(f"{_CLEAR}{data}" if data == _LEAVE_SCREEN else data)

    def start_application_mode(self) -> None:
        """Take the terminal over; does nothing in the background."""
        self._has_left = self._is_leaving = False
        self._steady_app.lifecycle.took_terminal()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._must_signal_resume:  # in the background, where nothing was taken
            self._has_left = True
            self._steady_app.lifecycle.gave_terminal_back()
        signal.signal(signal.SIGWINCH, self._window_changed)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # to give the terminal back must not stop us in the background

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        super().stop_application_mode()
        self._has_left = self._has_sent_all()

    def close(self) -> None:
        """End the threads."""
        with suppress(RuntimeError):  # one that could not be begun, as the system had no more, cannot be waited for
            super().close()
        if self._has_left:
            self._steady_app.lifecycle.gave_terminal_back()

    def disable_input(self) -> None:
        """Stop reading, and take back what the last input may have switched on."""
        self._is_leaving = True  # the loop stands still from here on, and nothing read would ever be dealt with
        self._questions.await_answers()
        super().disable_input()
        self._disable_in_band_window_resize()
        self._in_band_window_resize = False

    def run_input_thread(self) -> None:
        """Read until told to stop; a terminal that is gone ends the program."""
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
            behind = self._keep_up(may_skip=not keyboard.is_pasting)

    def _keep_up(self, *, may_skip: bool) -> bytes | None:
        """Wait while the app is behind, and look for ctrl+c meanwhile, which waits for nobody.

        Args:
            may_skip: Whether ctrl+c would be one, and not a part of a paste.

        Returns:
            What was read meanwhile; None at the end of all input.
        """
        kept = b""
        while not (self._is_leaving or self.exit_event.is_set()) and self._is_behind():
            if len(kept) > _MOST_KEPT_BYTES:
                self.exit_event.wait(_TICK_S / 10)
                continue
            data = self._read(_TICK_S / 10)
            if data is None:
                return None
            kept += data
            if may_skip and PASTE_BEGIN.encode() not in kept and (found := _CTRL_C.search(kept)):
                return kept[found.start() :]
        return kept

    def process_message(self, message: Message) -> None:
        """Deal with what came in; once the terminal is being given back, no answer switches on anything more."""
        if not (self._is_leaving and isinstance(message, InBandWindowResize)):
            super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Give the app a message, and remember whether it has taken it."""
        sent = asyncio.run_coroutine_threadsafe(self._app._post_message(message), self._loop)
        self._last_sent = {sent}
        if isinstance(message, events.Key) and message.key == "ctrl+c":
            self._insist(sent)

    def _insist(self, sent: Future[bool]) -> None:
        """End the program by force if its loop stands still and takes no ctrl+c."""

        def end() -> None:
            if not sent.done():
                self._steady_app.lifecycle.end(INTERRUPTED)

        timer = Timer(OVERDUE_S, end)
        timer.daemon = True
        timer.start()

    def _read(self, patience_s: float | None) -> bytes | None:
        """What is typed; empty after some seconds, or when the thread is to stop; None at the end of all input."""
        try:
            if self.fileno not in select([self.fileno, self._told_to_stop], [], [], patience_s)[0]:
                return b""
            return os.read(self.fileno, _AT_ONCE_BYTES) or None
        except BlockingIOError:  # who shares the terminal made it non-blocking, and was faster
            return b""
        except OSError:
            return None

    def _is_behind(self) -> bool:
        """Whether so much waits to be dealt with that the rest of a flood is left to the terminal, which is bounded."""
        if wait(self._last_sent, _TICK_S).not_done:
            return True
        top = self._steady_app.screen_stack[-1:]
        focused = [screen.focused for screen in top if screen.focused]
        return any(pump.message_queue_size > _MOST_WAITING for pump in (self._steady_app, *top, *focused))

    def _run_input_thread(self) -> None:
        """Let faults through to who watches over threads; Textual prints them, and reports success."""
        self.run_input_thread()

    def _has_sent_all(self) -> bool:
        """Whether nothing can hold up what was written; here ``close`` waits for it."""
        return True

    def _window_changed(self, *_: object) -> None:
        """Look at the size on the loop: one signal may come while another is dealt with, and go before it."""
        if not self._in_band_window_resize:
            self._soon(self._tell_size)

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    def _sigtstp_application(self, *_: object) -> None:
        self._soon(self._stop)

    def _sigcont_application(self, *_: object) -> None:
        if not self._is_continuing:
            self._is_continuing = True
            self._soon(self._go_on)

    def _soon(self, callback: Callable[[], object]) -> None:
        """Have the loop do something, unless it is closed already."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback)

    def _stop(self) -> None:
        """Stop the whole job, as a terminal does at Ctrl+Z; where no shell could continue it, the system refuses."""
        if not self._is_on():
            return
        self.suspend_application_mode()
        self._must_signal_resume = True
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self._sigcont_application()

    def _go_on(self) -> None:
        """Take the terminal over again, also when we were stopped without a warning: the shell may have changed it."""
        self._is_continuing = False
        if not self._is_on():
            return
        if self._must_signal_resume:
            self.resume_application_mode()
        else:
            self._take_again()

    def _take_again(self) -> None:
        """Take the terminal over once more; at no moment does it make a signal of ctrl+c, or echo what is typed."""
        before, self.attrs_before = self.attrs_before, None
        self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()
        self.attrs_before = before

    def _is_on(self) -> bool:
        return self._steady_app.is_running and self._steady_app.lifecycle.status is None


class SteadyDiffingDriver(SteadyDriver, DiffingDriver):
    """The driver that sends only what changed, with a steadier hand."""

    def _has_sent_all(self) -> bool:
        return self._writer.is_quiet()
