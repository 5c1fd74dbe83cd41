"""An event usable with ``select``, so that a thread can wait for it and for input at the same time without polling."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Event


class SelectableEvent(Event):
    """An event with a file descriptor that is readable while the event is set."""

    def __init__(self) -> None:
        super().__init__()
        self._readable, self._writable = os.pipe()
        os.set_blocking(self._readable, False)

    def fileno(self) -> int:
        """The descriptor for ``select``."""
        return self._readable

    def set(self) -> None:
        """Set the event, and make the descriptor readable."""
        if not self.is_set():
            super().set()
            os.write(self._writable, b"\0")

    def clear(self) -> None:
        """Clear the event, and drain the descriptor."""
        super().clear()
        with suppress(BlockingIOError):
            os.read(self._readable, 1)
