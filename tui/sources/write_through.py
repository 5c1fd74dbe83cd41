"""Stores the calls that a source fetches, in the background.

A call is stored when its transcript has arrived, and again with its record, in case the program ends in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.core.background import start

if TYPE_CHECKING:
    from tui.core.transcript import Call, Transcript
    from tui.sources.archive import Archive

_PICTURE_S = 0.1
"""How long storing waits, so that the first picture of the call does not wait for the disk."""


class WriteThrough:
    """Stores calls in the background.

    Args:
        archive: The archive to store them in.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._transcript: Transcript | None = None
        self._call: Call | None = None
        self._tell: Callable[[str], object] = str
        self._tasks: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()

    def take_transcript(self, transcript: Transcript, tell: Callable[[str], object]) -> None:
        """Store a transcript that was fetched; an empty one is not stored, as it would replace one with turns.

        Args:
            transcript: The transcript.
            tell: Receives a safe notice for the user, if there is one.
        """
        self._transcript, self._tell = transcript, tell
        self._store()

    def take_record(self, call: Call) -> None:
        """Store a record that was fetched, with the transcript of the same call."""
        self._call = call
        self._store()

    async def stored(self, patience_s: float | None = None) -> None:
        """Wait until all is stored.

        Args:
            patience_s: How long at most; None for as long as it takes.
        """
        self._hurry.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        self._hurry.clear()

    def _store(self) -> None:
        transcript, call = self._transcript, self._call
        if transcript is None or not (transcript.turns or transcript.plain):
            return
        record = call if call is not None and call.call_id == transcript.call_id else None
        task = start(self._keep(transcript, record, self._tell))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self, transcript: Transcript, call: Call | None, tell: Callable[[str], object]) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), _PICTURE_S)
        if notice := await self._archive.keep(transcript, call):
            tell(notice)
