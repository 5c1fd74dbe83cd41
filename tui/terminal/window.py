"""The size of the terminal's window.

The terminal's own size comes first. ``COLUMNS`` and ``LINES`` may be outdated exports: they count only where
the terminal knows no size, as on some serial lines.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress

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
