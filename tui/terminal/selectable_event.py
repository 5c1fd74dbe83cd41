"""An event that ``select`` knows: a thread that waits for input learns of it at once, and sleeps until then."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Event


class SelectableEvent(Event):
    """An event that can be waited for beside descriptors; it is readable while it is set."""

    def __init__(self) -> None:
        super().__init__()
        self._readable, self._writable = os.pipe()
        os.set_blocking(self._readable, False)

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._readable

    def set(self) -> None:
        """Set it, once for all who wait."""
        if not self.is_set():
            super().set()
            os.write(self._writable, b"\0")

    def clear(self) -> None:
        """Take it back."""
        super().clear()
        with suppress(BlockingIOError):
            os.read(self._readable, 1)
