"""The Textual driver that sends only what changed (Linux, macOS).

``ScreenBuffer`` computes the bytes, ``Writer`` decides when to send them. The private names of Textual that
this uses are listed in ``textual_private``. The base class starts Textual's own writer thread too; nothing is
written to it, so it sleeps.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from textual import events

from tui.terminal.mouse import MouseDriver
from tui.terminal.screen_buffer import ScreenBuffer
from tui.terminal.writer import Writer

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

_PATIENCE_S = 1.0
"""How long closing waits for a terminal that does not read."""


class DiffingDriver(MouseDriver):
    """Mirrors the terminal's screen, and sends the fewest bytes that bring it up to date.

    Args:
        app: The app that draws.
        debug: Whether Textual logs what comes in.
        mouse: Whether the mouse is reported.
        size: The size to begin with; None for the terminal's.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        buffer = ScreenBuffer(*super()._get_terminal_size())
        terminal = sys.__stderr__
        assert terminal is not None, "this driver is only chosen for a terminal"
        self._writer = Writer(terminal.fileno(), buffer, terminal.encoding)

    def write(self, data: str) -> None:
        """Take what Textual writes; it is sent when the terminal has room for it."""
        self._writer.feed(data)

    def copy(self, sequence: str) -> None:
        """Send a clipboard sequence, which does not change the screen."""
        self._writer.copy(sequence)

    def redraw(self) -> None:
        """Send the whole screen again, as another program may have written on it."""
        self._writer.redraw()

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        self._writer.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        super().stop_application_mode()
        self._writer.settle(_PATIENCE_S)

    def disable_input(self) -> None:
        """Stop reading once all outstanding answers are read: a shell would take them for input."""
        self._writer.stop_asking(_PATIENCE_S)
        super().disable_input()

    def close(self) -> None:
        """Stop the threads."""
        self._writer.stop(_PATIENCE_S)
        super().close()

    def process_message(self, message: Message) -> None:
        """Intercept the terminal's cursor reports, and note resizes that it reports itself."""
        if isinstance(message, events.CursorPosition) and self._writer.answered():
            return
        if isinstance(message, events.Resize) and message.size:
            self._writer.resize(*message.size)
        super().process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        size = super()._get_terminal_size()
        self._writer.resize(*size)
        return size
