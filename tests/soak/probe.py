"""What the program itself knows of its work, told to whoever watches it. Runs inside the program, before it starts.

The counts are written to a file after each event, all at once, so that a reader never waits and never disturbs.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message
    from textual.screen import Screen

    from tui.screens.palette import Offered
    from tui.terminal.typeahead import TypeAhead

LEAVING = frozenset({"back", "copy_or_quit", "suspend_process"})
"""The actions that may end or stop the program; the palette does not offer them."""
_FORM = struct.Struct("<8Q")


class Counts(NamedTuple):
    """What the program has done so far.

    Attributes:
        keys: Keys that the app dealt with, or dropped as they were meant for turns that do not come.
        resizes: Changes of size that it dealt with; those that come together count as one.
        begun: Fetches that began.
        ended: Fetches that ended, in whatever way.
        tasks: The tasks of its loop at its last event.
        waiting: The messages that its widgets had not dealt with when its last key came.
        screens: Its screens at that moment, one over the other.
        asks: Whether the uppermost asked for a call.
    """

    keys: int = 0
    resizes: int = 0
    begun: int = 0
    ended: int = 0
    tasks: int = 0
    waiting: int = 0
    screens: int = 0
    asks: int = 0


def read_counts(path: Path) -> Counts:
    """What the program wrote last; zeros before it has written anything."""
    data = path.read_bytes() if path.exists() else b""
    return Counts(*_FORM.unpack(data)) if data else Counts()


class Probe:
    """Counts, and writes the counts down.

    Args:
        path: The file; the program's descriptor of it stays open.
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
        self._counts = dict.fromkeys(Counts._fields, 0)

    def add(self, name: str, **levels: int) -> None:
        """Count one more of something; of others, tell how many there are now."""
        self._counts |= {name: self._counts[name] + 1, **levels}
        self._counts["tasks"] = len(asyncio.all_tasks())
        os.pwrite(self._file, _FORM.pack(*self._counts.values()), 0)


def install(path: str) -> None:
    """Watch over the app and its fetches from now on."""
    from textual.app import App

    from tui.screens import palette
    from tui.screens.call_loader import Fetch
    from tui.terminal.typeahead import TypeAhead

    probe = Probe(path)
    TypeAhead._keep = _counting_drops(TypeAhead._keep, probe)  # type: ignore[method-assign]  # counted from outside
    App.on_event = _counting_events(App.on_event, probe)  # type: ignore[method-assign]  # counted from outside
    Fetch.run = _counting_fetches(Fetch.run, probe)  # type: ignore[method-assign]  # counted from outside
    palette.possible_actions = _staying(palette.possible_actions)


def _staying(possible_actions: Callable[..., list[Offered]]) -> Callable[..., list[Offered]]:
    @wraps(possible_actions)
    def staying(screen: Screen[Any]) -> list[Offered]:
        return [offered for offered in possible_actions(screen) if offered.action.name not in LEAVING]

    return staying


def _counting_drops(keep: Callable[..., None], probe: Probe) -> Callable[..., None]:
    from textual.events import Key

    @wraps(keep)
    def counted(self: TypeAhead, *kept: Message) -> None:
        for event in self._waiting:
            if isinstance(event, Key) and event not in kept:
                probe.add("keys")
        keep(self, *kept)

    return counted


def _counting_events(on_event: Callable[..., Awaitable[None]], probe: Probe) -> Callable[..., Any]:
    from textual.events import Key, Resize

    @wraps(on_event)
    async def counted(self: App[object], event: object) -> None:
        is_first = not getattr(event, "is_forwarded", False)  # what was forwarded bubbles up to the app once more
        levels = _levels(self) if isinstance(event, Key) else {}
        await on_event(self, event)
        if isinstance(event, Key) and is_first:
            probe.add("keys", **levels)
        elif isinstance(event, Resize):
            probe.add("resizes")

    return counted


def _levels(app: App[object]) -> dict[str, int]:
    from tui.screens.prompt import PromptScreen

    screens = app.screen_stack
    pumps = (widget for screen in screens for widget in screen.walk_children(with_self=True))
    waiting = sum(pump.message_queue_size for pump in (app, *pumps))
    return {"waiting": waiting, "screens": len(screens), "asks": isinstance(screens[-1], PromptScreen)}


def _counting_fetches(run: Callable[..., Awaitable[None]], probe: Probe) -> Callable[..., Any]:
    @wraps(run)
    async def counted(self: object, *arguments: object, **named: object) -> None:
        probe.add("begun")
        try:
            await run(self, *arguments, **named)
        finally:
            probe.add("ended")

    return counted
