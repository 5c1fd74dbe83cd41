"""The marks that the user sets on turns: kept in the library, or where that cannot be, until the program ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.core.background import start
from tui.core.errors import OmniError
from tui.core.target import Target

if TYPE_CHECKING:
    from tui.sources.archive import Archive

_UNTIL_THE_END = "marks hold until the program ends"


class TurnMarks:
    """The marks of all calls of a run.

    Args:
        archive: Keeps them; None where nothing is kept.
    """

    def __init__(self, archive: Archive | None) -> None:
        self._archive = archive
        self._unkept: dict[Target, dict[int, bool]] = {}
        self._has_told = False
        self._tasks: set[asyncio.Task[str]] = set()

    async def of(self, target: Target) -> frozenset[int]:
        """The indexes of the marked turns of a call."""
        kept = frozenset[int]()
        if self._archive is not None and target.call_id is not None:
            with suppress(OmniError):  # said when a turn is marked
                kept = await self._archive.marks(target.call_id)
        changes = self._unkept.get(_whole(target), {})
        removed = {turn for turn, is_on in changes.items() if not is_on}
        return (kept | changes.keys()) - removed

    def begin_to_mark(self, target: Target, turn: int, *, is_marked: bool) -> asyncio.Task[str]:
        """Mark a turn, or remove its mark, in a task that outlives the screen.

        Returns:
            The task of a safe notice for the user, the first time that a mark cannot be kept; else empty.
        """
        task = start(self._mark(target, turn, is_marked=is_marked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stored(self, patience_s: float | None = None) -> None:
        """Wait until all marks are stored.

        Args:
            patience_s: How long at most; None for as long as it takes.
        """
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)

    async def _mark(self, target: Target, turn: int, *, is_marked: bool) -> str:
        why = "" if target.call_id is not None else ": only calls of the API are kept"
        if self._archive is not None and target.call_id is not None:
            try:
                await self._archive.mark(target.call_id, turn, is_marked=is_marked)
            except OmniError as fault:
                why = f": {fault.line()}"
            else:
                self._unkept.get(_whole(target), {}).pop(turn, None)
                return ""
        self._unkept.setdefault(_whole(target), {})[turn] = is_marked
        notice, self._has_told = "" if self._has_told else f"{_UNTIL_THE_END}{why}", True
        return notice


def _whole(target: Target) -> Target:
    """The target without a place in it, which identifies the call."""
    return Target(target.call_id, target.path, target.stdin)
