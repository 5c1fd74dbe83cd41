"""Stores the calls that a source fetches, in the background.

A call is stored when its transcript has arrived, and again with its record, in case the program ends in between. Of a
call without a transcript the record is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tui.core.background import start, wait_at_most
from tui.core.missing import is_empty
from tui.core.status import has_failed

if TYPE_CHECKING:
    from tui.core.record import Call
    from tui.core.transcript import Transcript
    from tui.sources.archive import Archive

_PICTURE_S = 0.1
"""How long storing waits, so that the first picture of the call does not wait for the disk."""


class WriteThrough:
    """Stores calls in the background."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._transcript: Transcript | None = None
        self._call: Call | None = None
        self._without: str | None = None  # the call that has no transcript
        self._stored_record: Call | None = None
        self._tell: Callable[[str], object] = str
        self._tasks: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()

    def take_transcript(self, transcript: Transcript, tell: Callable[[str], object]) -> None:
        """Store a transcript that was fetched; of an empty one, which could replace one with turns, the record alone.

        Args:
            transcript: The transcript.
            tell: Receives a safe notice for the user, if there is one.
        """
        self._transcript, self._tell = transcript, tell
        self._without = transcript.call_id if is_empty(transcript) else None
        self._store()

    def take_missing(self, call_id: str, tell: Callable[[str], object]) -> None:
        """Store the record of a call that has no transcript.

        Args:
            call_id: The call.
            tell: Receives a safe notice for the user, if there is one.
        """
        self._without, self._tell = call_id, tell
        self._store_record()

    def take_record(self, call: Call) -> None:
        """Store a record that was fetched, with the transcript of the same call; else that follows with its own."""
        self._call = call
        if self._without is not None or (self._transcript is not None and self._transcript.call_id == call.call_id):
            self._store()

    def take_listed(self, calls: Sequence[Call], tell: Callable[[str], object]) -> None:
        """Store the records of the calls in a list that have no transcript, as they failed.

        Args:
            calls: The records of the list.
            tell: Receives a safe notice for the user, if there is one.
        """
        if failed := [call for call in calls if has_failed(call)]:
            self._begin(self._keep_bare(failed, None, tell))

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
        if self._without is not None:
            self._store_record()
        elif transcript is not None and (transcript.turns or transcript.plain):
            record = call if call is not None and call.call_id == transcript.call_id else None
            self._begin(self._keep(transcript, record, self._tell))
            if record is not None:  # nothing more will come of this call, and its screen may be closed
                self._transcript, self._call, self._tell = None, None, str

    def _store_record(self) -> None:
        """Store the record of the call without a transcript, once it is there; the same again is not stored."""
        call = self._call
        if call is not None and call.call_id == self._without and call != self._stored_record:
            self._stored_record = call
            self._begin(self._keep_bare([call], call.call_id, self._tell))
            self._tell = str  # the screen of the call may be closed

    def _begin(self, storing: Coroutine[Any, Any, object]) -> None:
        task = start(self._after_the_picture(storing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _after_the_picture(self, storing: Coroutine[Any, Any, object]) -> None:
        with closing(storing):  # it has not begun if this is cancelled
            await wait_at_most(_PICTURE_S, self._hurry)
            await storing

    async def _keep(self, transcript: Transcript, call: Call | None, tell: Callable[[str], object]) -> None:
        if notice := await self._archive.keep(transcript, call):
            tell(notice)

    async def _keep_bare(self, calls: Sequence[Call], opened: str | None, tell: Callable[[str], object]) -> None:
        if notice := await self._archive.keep_bare(calls, opened):
            tell(notice)
