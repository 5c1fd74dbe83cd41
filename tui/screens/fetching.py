"""The course of a fetch: the tasks that ask, and what the user is told of them meanwhile.

It runs in a worker of the screen and only posts messages to it; what becomes of them is the screen's affair.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.message import Message

from tui.core.errors import NotFoundError, OmniError
from tui.core.progress import Progress, StoodIn, Waiting
from tui.core.target import Target
from tui.core.transcript import Call, Transcript
from tui.fetch import Fetcher
from tui.screens import call_words
from tui.widgets.fetch_panel import FetchFacts

_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 15.0
_PATIENCE_S = 900.0


@dataclass
class Fetched(Message):
    """The transcript is here; or the copy that is kept of it, and why it is no newer one."""

    transcript: Transcript
    instead_of: OmniError | None = None


@dataclass
class Recorded(Message):
    """The record is here."""

    call: Call


@dataclass
class Failed(Message):
    """The fetch has ended without a transcript; the record, where there is one, may tell why."""

    error: OmniError
    call: Call | None


class Fetching:
    """One fetch of one target.

    Args:
        fetcher: Fetches.
        target: What to fetch.
        name: What to call it, safe.
        post: Takes the messages.
        now: A monotonic clock in seconds.

    Attributes:
        post: Takes the messages from now on.
        answered: Set when the transcript, or what stands in its way, is known.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        target: Target,
        name: str,
        post: Callable[[Message], object],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher = fetcher
        self._target = target
        self._name = name
        self.post = post
        self._now = now
        self._started = self._heard = now()
        self._progress: Progress | None = None
        self._instead_of: OmniError | None = None
        self._tries = 0
        self._look_again: float | None = None
        self.answered = asyncio.Event()

    async def run(self, *, until_there: bool = False) -> None:
        """Fetch the transcript and the record beside it.

        Args:
            until_there: Whether to look again and again for a transcript that is not there yet.
        """
        record = asyncio.create_task(self._fetcher.call(self._target))
        try:
            transcript = await (self._wait_for() if until_there else self._ask())
            self.post(Fetched(transcript, self._instead_of))
            self.answered.set()
            if (call := await record) is not None:
                self.post(Recorded(call))
        except OmniError as error:
            self.post(Failed(error, await record))
        finally:
            self.answered.set()
            record.cancel()

    async def _ask(self) -> Transcript:
        self._tries += 1
        return await self._fetcher.transcript(self._target, self._hear)

    async def _wait_for(self) -> Transcript:
        for pause in _pauses():
            try:
                return await self._ask()
            except NotFoundError:
                self._look_again = self._now() + pause
                await asyncio.sleep(pause)
                self._look_again = None
        return await self._ask()

    def _hear(self, progress: Progress) -> None:
        if isinstance(progress, StoodIn):
            self._instead_of = progress.reason
        self._progress = progress
        self._heard = self._now()

    def facts(self) -> FetchFacts:
        """What to tell the user at this moment."""
        now = self._now()
        if self._look_again is not None:
            return call_words.awaiting(self._name, self._tries, self._look_again - now)
        wait_s = 0.0
        if isinstance(self._progress, Waiting):
            wait_s = self._progress.seconds - (now - self._heard)
        return call_words.fetching(self._name, self._progress, now - self._started, wait_s)


def _pauses() -> Iterator[float]:
    """Seconds between looks for a transcript that is not there yet: longer and longer, for a quarter of an hour."""
    waited, pause = 0.0, _FIRST_WAIT_S
    while waited < _PATIENCE_S:
        yield pause
        waited += pause
        pause = min(pause * 1.5, _LONGEST_WAIT_S)
