"""Which driver the app is given, and what the app asks of it beyond drawing. Must import on every platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver


def driver_class() -> type[Driver] | None:
    """The driver that sends only what changed, for ``App(driver_class=…)``.

    Returns:
        None where Textual's own choice stands: on Windows, where the environment names a driver (as for the
        web), or where there is no terminal to read from and to draw on.
    """
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER") or not _on_terminal():
        return None
    from tui.terminal.diffing_driver import DiffingDriver

    return DiffingDriver


def understands_differences(environ: Mapping[str, str]) -> bool:
    """Whether the terminal obeys what is sent to change a part of the screen.

    Emacs' own does not: it has no ECH, and its CHA leads one column too far.
    """
    return not environ.get("TERM", "").startswith("eterm")


def redraw(app: App[Any]) -> None:
    """Send all of the screen again, whatever the driver, as somebody else may have written on it."""
    driver = app._driver  # it has no public name
    send_again = getattr(driver, "redraw", app.screen.refresh)
    send_again()


def copy(app: App[Any], sequence: str) -> None:
    """Send what puts a text on the clipboard to the terminal, as it is, whatever the driver."""
    driver = app._driver
    if driver is not None:
        getattr(driver, "copy", driver.write)(sequence)


def toggle_mouse(app: App[Any]) -> bool | None:
    """Take the mouse, or leave it to the terminal; returns whether it is taken, None where nothing can be changed."""
    toggle = getattr(app._driver, "toggle_mouse", None)
    return None if toggle is None else bool(toggle())


def _on_terminal() -> bool:
    """Whether Textual's input and output (standard error) are terminals."""
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__))
