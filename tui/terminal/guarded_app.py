"""Base class of the app: exits in order, with the right status, whatever ends it. Its subclass adds the screens.

Textual's own app prints local variables (such as API keys) when it crashes, and exits with status 0.
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
from textual.app import ScreenError
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.widget import MountError
from textual.worker import WorkerFailed

from tui.core.errors import ExitStatus
from tui.terminal.driver_selection import driver_class, understands_differences
from tui.terminal.lifecycle import HUNG_UP, INTERRUPTED, Lifecycle
from tui.terminal.styled_app import StyledApp
from tui.terminal.typeahead import TypeAhead

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.message import Message

_GRACE_AFTER_FAULT_S = 5.0
_MISSING_WIDGET = (NoMatches, NoScreen, ScreenError, MountError)
"""What Textual raises for a missing screen or widget; ignored while the app exits."""


class GuardedApp(StyledApp):
    """An app with a lifecycle.

    Args:
        differs: Whether to send only what changed on the screen.
        css_path: The style sheets.

    Attributes:
        differs: Whether that is wanted, and the terminal understands it.
        lifecycle: Handles exits requested from outside.
    """

    def __init__(self, *, differs: bool = True, css_path: list[str | PurePath] | None = None) -> None:
        super().__init__(driver_class=driver_class(), css_path=css_path, ansi_color=True)
        self.differs = differs and understands_differences(os.environ)
        self.lifecycle = Lifecycle()
        self._typed = TypeAhead(self, super().post_message, partial(self.lifecycle.end, INTERRUPTED))

    async def run_to_exit(self, *, mouse: bool = True) -> int:
        """Run until exit.

        Args:
            mouse: Whether to turn on mouse reports.

        Returns:
            The exit status.

        Raises:
            Exception: The first unhandled exception; the terminal is restored by then.
        """
        loop = asyncio.get_running_loop()
        with self.lifecycle.watched(partial(loop.call_soon_threadsafe, self.exit, None)), self._threads_watched(loop):
            await self.run_async(mouse=mouse)
        if self._exception is not None and self.lifecycle.status in {None, ExitStatus.FAULT}:
            raise self._exception
        return self.lifecycle.status or self.return_code or 0

    def post_message(self, message: Message) -> bool:
        """Queue a message; user input goes through ``TypeAhead``, one event at a time."""
        return self._typed.put(message) if self._typed.takes(message) else super().post_message(message)

    @property
    def message_queue_size(self) -> int:
        """The number of queued messages and keys; the input thread pauses while there are too many."""
        return super().message_queue_size + len(self._typed)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Exit, and drop keys still queued."""
        self._typed.close()
        self.lifecycle.expect_end()
        super().exit(result, return_code, message)

    def on_resize(self, event: events.Resize) -> None:
        """Redraw if the size is unchanged: the window may have been smaller in between and lost cells.

        With another size the new layout draws everything; drawing the old one first would cost a whole picture.
        """
        if self.screen_stack and self.screen.outer_size == event.size:
            self.screen.refresh()

    def _handle_exception(self, error: Exception) -> None:
        """Store the first exception for the caller, and exit."""
        cause = _cause(error)
        if self._exit and isinstance(cause, _MISSING_WIDGET):  # a worker or a new screen looks for a closed widget
            return
        if self._exception is None:
            self._exception = cause
            self._exception_event.set()
        self._typed.close()
        self._return_code = int(ExitStatus.FAULT)
        self.lifecycle.end(ExitStatus.FAULT, _GRACE_AFTER_FAULT_S)
        self._close_messages_no_wait()

    @contextmanager
    def _threads_watched(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Treat an exception in a thread like one in the app; an ``OSError`` there means that the terminal is lost."""

        def handle(fault: threading.ExceptHookArgs) -> None:
            if isinstance(fault.exc_value, OSError):
                self.lifecycle.end(HUNG_UP)
            elif isinstance(fault.exc_value, Exception):
                self.lifecycle.distrust_driver()
                loop.call_soon_threadsafe(self._handle_exception, fault.exc_value)

        before, threading.excepthook = threading.excepthook, handle
        try:
            yield
        finally:
            threading.excepthook = before


def _cause(error: Exception) -> Exception:
    """The original exception of a failed worker."""
    return error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error
