"""One line on the terminal of standard error that says how far something is; it is drawn over and over, and removed."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable

from tui.core.text import clip

_LEAST_PAUSE_S = 0.1
"""It is drawn ten times a second at most."""
_BEGIN_S = 0.5
"""By default, what ends sooner shows none."""


class ProgressLine:
    """The line; where standard error is no terminal, nothing.

    Args:
        now: A monotonic clock in seconds.
        begin_s: After so many seconds it is drawn for the first time.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, begin_s: float = _BEGIN_S) -> None:
        self._now = now
        self._next_s = now() + begin_s
        self._is_drawn = False

    def show(self, line: Callable[[], str], *, at_once: bool = False) -> None:
        """Draw the line, at once or if the one before is old enough; only then it is made."""
        if (self._now() < self._next_s and not at_once) or not sys.stderr.isatty():
            return
        self._next_s = self._now() + _LEAST_PAUSE_S
        self._is_drawn = True
        _draw(clip(line(), shutil.get_terminal_size().columns - 1))

    def remove(self) -> None:
        """Remove the line, before something else is written or at the end."""
        if self._is_drawn:
            self._is_drawn = False
            _draw("")


def _draw(line: str) -> None:
    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
