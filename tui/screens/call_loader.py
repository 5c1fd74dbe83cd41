"""Fetches the call of a screen, and reports the progress.

A fetch runs in a worker of the screen and posts messages to it; the screen decides what to do with them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from tui.core.background import start, wait_at_most
from tui.core.call import CallDocument
from tui.core.errors import OmniError
from tui.core.progress import Connecting, FellBack, LookingAgain, NotKept, Progress, Waiting
from tui.core.record import Call
from tui.core.target import Target
from tui.core.transcript import Transcript
from tui.screens import presenters
from tui.screens.fetch_state import FetchState
from tui.sources.awaiting import TranscriptWait
from tui.sources.call_source import CallSource
from tui.widgets.fetch_panel import FetchFacts

_LOOK_UP_S = 0.5
"""How long a request waits for the library; one that another process has locked does not answer for two seconds."""
_PREFETCHED_S = 0.1
"""How long a prefetch has before the library is looked into."""


@dataclass
class FetchMessage(Message):
    """A message of a fetch, with its number, as it may arrive after another fetch has begun."""

    fetch: int


@dataclass
class Fetched(FetchMessage):
    """The transcript has arrived; or the cached one, with the error that prevented a newer one."""

    transcript: Transcript
    instead_of: OmniError | None = None


@dataclass
class FoundKept(FetchMessage):
    """A cached transcript was found; ``Fetched`` or ``Failed`` follows if it may have changed.

    Attributes:
        is_last: Whether nothing follows.
    """

    transcript: Transcript
    is_last: bool


@dataclass
class Recorded(FetchMessage):
    """The record has arrived; it follows ``Fetched`` or ``Failed``."""

    call: Call


@dataclass
class Unrecorded(FetchMessage):
    """The fetch has ended without a record."""


@dataclass
class Failed(FetchMessage):
    """There is no transcript; a record may follow and explain why."""

    error: OmniError


@dataclass
class Unkept(FetchMessage):
    """The call could not be stored, or the archive is damaged; may arrive long after the fetch."""

    notice: str


class Fetch:
    """One fetch of one target.

    Args:
        source: Where the call comes from.
        target: What to fetch.
        name: Its name for the user, safe.
        post: Receives the messages.
        now: A monotonic clock in seconds.
        number: The number in its messages.
        now_ms: Returns the Unix time in ms.

    Attributes:
        post: Receives further messages.
        answered: Set when the transcript or an error has arrived.
    """

    def __init__(
        self,
        source: CallSource,
        target: Target,
        name: str,
        post: Callable[[FetchMessage], object],
        now: Callable[[], float] = time.monotonic,
        *,
        number: int,
        now_ms: Callable[[], int],
    ) -> None:
        self._number = number
        self._now_ms = now_ms
        self._source = source
        self._target = target
        self._name = name
        self.post = post
        self._now = now
        self._started = self._heard = now()
        self._progress: Progress | None = None
        self._instead_of: OmniError | None = None
        self._recorded: Call | None = None
        self.answered = asyncio.Event()

    async def run(self, *, until_there: bool = False, looks_up: bool = False) -> None:
        """Fetch the transcript and the record beside it.

        Args:
            until_there: Whether to poll for a missing transcript.
            looks_up: Whether to look for a cached one first.
        """
        is_under_way = looks_up and self._source.is_fetching(self._target)
        looking = start(self._look_up(is_under_way=is_under_way)) if looks_up else None
        try:
            if looking is None:
                await self._fetch(until_there=until_there)
            elif is_under_way or not await _in_time(looking):
                await self._fetch_beside(looking)
        finally:
            if looking is not None:
                looking.cancel()

    async def _fetch_beside(self, looking: asyncio.Task[bool]) -> None:
        """Fetch; no longer once the library, which is slow, has a transcript that cannot have changed."""
        fetching = start(self._fetch(until_there=False))
        try:
            await asyncio.wait([fetching, looking], return_when=asyncio.FIRST_COMPLETED)
            if not (looking.done() and looking.result()):
                await fetching
        finally:
            fetching.cancel()

    async def _look_up(self, *, is_under_way: bool) -> bool:
        """Post a cached transcript, unless the answer was faster; returns whether it cannot have changed."""
        if is_under_way:
            await asyncio.sleep(_PREFETCHED_S)
        kept = await self._source.kept(self._target)
        if kept is None or self.answered.is_set():
            return False
        is_last = not (CallDocument(kept).may_have_changed or is_under_way)
        self.post(FoundKept(self._number, kept, is_last))
        if is_last:
            self.answered.set()
        return is_last

    async def _fetch(self, *, until_there: bool) -> None:
        if until_there:
            await self._await_transcript()
            return
        record = start(self._source.call(self._target))
        try:
            await self._answer(self._source.transcript(self._target, self._hear))
            self._end(await record)
        finally:
            record.cancel()

    async def _await_transcript(self) -> None:
        """Look for the transcript until it is there, and report the record meanwhile."""
        wait = TranscriptWait(self._source, self._target, self._now_ms)
        await self._answer(wait.transcript(self._hear))
        self._end(wait.call or await self._source.call(self._target))

    def _end(self, call: Call | None) -> None:
        self.post(Unrecorded(self._number) if call is None else Recorded(self._number, call))

    async def _answer(self, asking: Awaitable[Transcript]) -> None:
        try:
            transcript = await asking
            self.post(Fetched(self._number, transcript, self._instead_of))
        except OmniError as error:
            self.post(Failed(self._number, error))
        finally:
            self.answered.set()

    def _hear(self, progress: Progress) -> None:
        if isinstance(progress, NotKept):
            self.post(Unkept(self._number, progress.notice))
            return
        if isinstance(progress, FellBack):
            self._instead_of = progress.reason
        if isinstance(progress, LookingAgain) and progress.call not in (None, self._recorded):
            self._recorded = progress.call
            self.post(Recorded(self._number, progress.call))
        if isinstance(progress, Connecting) and isinstance(self._progress, LookingAgain):
            return  # a request of the wait, which the panel already shows
        self._progress = progress
        self._heard = self._now()

    def facts(self) -> FetchFacts:
        """The current state for the user."""
        now, progress = self._now(), self._progress
        left_s = progress.seconds - (now - self._heard) if isinstance(progress, LookingAgain | Waiting) else 0.0
        if isinstance(progress, LookingAgain):
            return presenters.awaiting(self._name, progress, left_s, self._now_ms())
        return presenters.fetching(self._name, progress, now - self._started, left_s)


async def _in_time(looking: asyncio.Task[bool]) -> bool:
    """Whether the library answered in time with a transcript that cannot have changed."""
    await asyncio.wait([looking], timeout=_LOOK_UP_S)
    return looking.done() and looking.result()


class CallLoader:
    """The fetches of one screen, of which one at most is under way.

    Args:
        screen: Runs them as workers.
        source: Where the call comes from.
        target: What to fetch.
        name: Its name for the user, safe.
        now_ms: Returns the Unix time in ms.

    Attributes:
        state: The current state of the call.
        may_record: Whether the current fetch may still bring a record.
    """

    def __init__(
        self, screen: Screen[Any], source: CallSource, target: Target, name: str, now_ms: Callable[[], int]
    ) -> None:
        self._screen = screen
        self._fetch = partial(Fetch, source, target, name, now_ms=now_ms)
        self.state = FetchState()
        self.may_record = False
        self._number = 0
        self._current: Fetch | None = None
        self._worker: Worker[None] | None = None

    def begin(
        self, post: Callable[[FetchMessage], object], *, until_there: bool = False, looks_up: bool = False
    ) -> Fetch:
        """Begin a fetch; it replaces the current one.

        Args:
            post: Receives its messages.
            until_there: Whether to poll for a missing transcript.
            looks_up: Whether to look for a cached one first.
        """
        self.give_up()
        self._current = self._fetch(post, number=self._number)
        self.may_record = True
        self._worker = self._screen.run_worker(
            self._current.run(until_there=until_there, looks_up=looks_up), group="fetch"
        )
        return self._current

    async def begin_at_once(self, post: Callable[[FetchMessage], object], patience_s: float) -> list[FetchMessage]:
        """Begin a fetch, and wait for its answer for some seconds at most.

        Returns:
            The messages so far; later ones are posted.
        """
        answers: list[FetchMessage] = []
        fetching = self.begin(answers.append)
        await wait_at_most(patience_s, fetching.answered)
        fetching.post = post
        return answers

    def give_up(self) -> None:
        """Cancel the current fetch; its late messages are dropped."""
        self._number += 1
        self._current, self.may_record = None, False
        if self._worker is not None:
            self._worker.cancel()

    def take(self, message: FetchMessage) -> bool:
        """Update the state from a message; False, and no change, for an answer to an earlier fetch.

        A notice that something could not be stored holds for later fetches too: it is said once.
        """
        if message.fetch != self._number:
            return isinstance(message, Unkept)
        match message:
            case Fetched() | FoundKept():
                self.state = self.state.fetched(message.transcript)
            case Failed():
                self.state = self.state.failed(message.error)
            case Recorded():
                self.state = self.state.recorded(message.call)
        is_last = isinstance(message, FoundKept) and message.is_last
        if is_last or isinstance(message, Fetched | Failed):
            self._current = None
        if is_last or isinstance(message, Recorded | Unrecorded):
            self.may_record = False
        return True

    @property
    def is_fetching(self) -> bool:
        """Whether a fetch is under way."""
        return self._current is not None

    @property
    def facts(self) -> FetchFacts | None:
        """The state of the current fetch for the user; None without one."""
        return None if self._current is None else self._current.facts()
