"""The size of the terminal's window, and a driver that uses it.

The terminal's own size comes first. ``COLUMNS`` and ``LINES`` may be outdated exports: they count only where
the terminal knows no size, as on some serial lines.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

_USUAL = (80, 24)
_LARGEST = 2000
"""Cells. Larger values in the environment are ignored."""


def window_size(environ: Mapping[str, str]) -> tuple[int, int]:
    """Columns and lines of the terminal that the program draws on."""
    columns = lines = 0
    for stream in (sys.__stderr__, sys.__stdin__):
        if stream is not None and not columns * lines:
            with suppress(OSError, ValueError):
                columns, lines = os.get_terminal_size(stream.fileno())
    return (
        columns or _number(environ.get("COLUMNS", "")) or _USUAL[0],
        lines or _number(environ.get("LINES", "")) or _USUAL[1],
    )


def _number(digits: str) -> int:
    """A number of cells; 0 if it is invalid."""
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
    return number if number <= _LARGEST else 0


class WindowDriver(LinuxDriver):
    """Textual's driver asks the environment before the terminal; this one asks the terminal first.

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

    def _get_terminal_size(self) -> tuple[int, int]:
        return window_size(os.environ)
