"""Selects the driver, and offers what the app needs of it beyond drawing. Must import on every platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver


def driver_class() -> type[Driver] | None:
    """The driver, for ``App(driver_class=…)``.

    Returns:
        None to use Textual's default: on Windows, where the environment names a driver (as for the
        web), or where there is no terminal to read from and to draw on.
    """
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER") or not _on_terminal():
        return None
    from tui.terminal.diffing_driver import DiffingDriver

    return DiffingDriver


def understands_differences(environ: Mapping[str, str]) -> bool:
    """Whether the terminal supports partial updates.

    Emacs' own does not: it lacks ECH, and its CHA moves one column too far.
    """
    return not environ.get("TERM", "").startswith("eterm")


def redraw(app: App[Any]) -> None:
    """Draw the whole screen again with any driver, as another program may have written on it."""
    forget = getattr(app._driver, "redraw", None)  # Textual's own drivers keep no picture
    if forget is not None:
        forget()
    app.refresh(repaint=True, layout=True)


def copy(app: App[Any], sequence: str) -> None:
    """Send a clipboard sequence to the terminal unchanged, with any driver."""
    driver = app._driver
    if driver is not None:
        getattr(driver, "copy", driver.write)(sequence)


def toggle_mouse(app: App[Any]) -> bool | None:
    """Turn mouse reports on or off; returns whether they are on, None if the driver cannot change it."""
    toggle = getattr(app._driver, "toggle_mouse", None)
    return None if toggle is None else bool(toggle())


def _on_terminal() -> bool:
    """Whether Textual's input and output (standard error) are terminals."""
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__))
