"""What waits until a change is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.core.yielding import yield_to_ui


def call_once_drawn(screen: Screen[Any], callback: Callable[[], object]) -> None:
    """Call something after the picture of what has just changed.

    ``call_after_refresh`` alone may be too early: it calls when the screen has nothing to draw, and widgets tell the
    screen of their changes by messages. These are queued before it here.
    """

    async def queue_behind_changes() -> None:
        await yield_to_ui()
        screen.call_after_refresh(callback)

    screen.call_later(queue_behind_changes)
