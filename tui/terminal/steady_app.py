"""An app that ends as a program should, whatever ends it. It has no screens: those are its subclass's.

Textual's own app prints local variables when it crashes, keys among them, and reports success.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from textual import events
from textual.app import App, ScreenError
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.widget import MountError
from textual.worker import WorkerFailed

from tui.core.errors import ExitStatus
from tui.terminal.driver_selection import driver_class, understands_differences
from tui.terminal.lifecycle import HUNG_UP, INTERRUPTED, Lifecycle
from tui.terminal.typeahead import TypeAhead

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.message import Message

_GRACE_AFTER_FAULT_S = 5.0
_GONE = (NoMatches, NoScreen, ScreenError, MountError)
"""What Textual raises where a screen or a widget is not there; while the app leaves, that is no fault."""


class SteadyApp(App[int]):
    """Knows its life.

    Args:
        differs: Whether to send only what changed on the screen.
        css_path: The style sheets.

    Attributes:
        life: What ends the app from outside.
    """

    def __init__(self, *, differs: bool = True, css_path: list[str | PurePath] | None = None) -> None:
        super().__init__(driver_class=_steady(differs=differs), css_path=css_path, ansi_color=True)
        self.lifecycle = Lifecycle()
        self._typed = TypeAhead(self, super().post_message, partial(self.lifecycle.end, INTERRUPTED))

    async def live(self, *, mouse: bool = True) -> int:
        """Run until the end.

        Args:
            mouse: Whether to take the mouse.

        Returns:
            The exit status.

        Raises:
            Exception: The first fault of the program that nobody dealt with; the terminal is as it was.
        """
        loop = asyncio.get_running_loop()
        with self.lifecycle.watched(partial(loop.call_soon_threadsafe, self.exit, None)), self._threads_watched(loop):
            await self.run_async(mouse=mouse)
        if self._exception is not None and self.lifecycle.status in {None, ExitStatus.FAULT}:
            raise self._exception
        return self.lifecycle.status or self.return_code or 0

    def post_message(self, message: Message) -> bool:
        """Take a message; what the user does is taken one after the other."""
        return self._typed.put(message) if self._typed.takes(message) else super().post_message(message)

    @property
    def message_queue_size(self) -> int:
        """How much waits to be dealt with; who reads from the terminal stops while it is too much."""
        return super().message_queue_size + len(self._typed)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, and drop what was typed behind."""
        self._typed.close()
        self.lifecycle.expect_end()
        super().exit(result, return_code, message)

    def on_resize(self, event: events.Resize) -> None:
        """Draw everything where no new layout does: the window was smaller in between, and has lost what it cut off.

        With another size the new layout draws everything; to draw the old one as well costs a whole picture.
        """
        if self.screen_stack and self.screen.outer_size == event.size:
            self.screen.refresh()

    def _handle_exception(self, error: Exception) -> None:
        """Keep the first fault for whoever started the app, and end."""
        if self._exit and isinstance(_cause(error), _GONE):  # a worker or a new screen looks for what is closed already
            return
        if self._exception is None:
            self._exception = _cause(error)
            self._exception_event.set()
        self._typed.close()
        self._return_code = int(ExitStatus.FAULT)
        self.lifecycle.end(ExitStatus.FAULT, _GRACE_AFTER_FAULT_S)
        self._close_messages_no_wait()

    @contextmanager
    def _threads_watched(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """A fault in a thread is one of the program; but those that cannot write have lost their terminal."""

        def tell(fault: threading.ExceptHookArgs) -> None:
            if isinstance(fault.exc_value, OSError):
                self.lifecycle.end(HUNG_UP)
            elif isinstance(fault.exc_value, Exception):
                self.lifecycle.doubt()
                loop.call_soon_threadsafe(self._handle_exception, fault.exc_value)

        before, threading.excepthook = threading.excepthook, tell
        try:
            yield
        finally:
            threading.excepthook = before


def _cause(error: Exception) -> Exception:
    """What really happened, where Textual only says that a worker failed."""
    return error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error


def _steady(*, differs: bool) -> type[Driver] | None:
    """The driver to use; None where Textual's own choice stands."""
    if driver_class() is None:
        return None
    from tui.terminal.steady_driver import SteadyDiffingDriver, SteadyDriver

    return SteadyDiffingDriver if differs and understands_differences(os.environ) else SteadyDriver
