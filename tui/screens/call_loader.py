"""The course of a fetch: the tasks that ask, and what the user is told of them meanwhile.

It runs in a worker of the screen and only posts messages to it; what becomes of them is the screen's affair.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from tui.core.background import start
from tui.core.errors import NotFoundError, OmniError
from tui.core.progress import FellBack, NotKept, Progress, Waiting
from tui.core.target import Target
from tui.core.transcript import Call, Transcript
from tui.screens import presenters
from tui.screens.fetch_state import FetchState
from tui.sources.call_source import CallSource
from tui.widgets.fetch_panel import FetchFacts

_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 15.0
_PATIENCE_S = 900.0


@dataclass
class FetchMessage(Message):
    """What one fetch tells; with its number, as it may come when another one has begun."""

    fetch: int


@dataclass
class Fetched(FetchMessage):
    """The transcript is here; or the copy that is kept of it, and why it is no newer one."""

    transcript: Transcript
    instead_of: OmniError | None = None


@dataclass
class Recorded(FetchMessage):
    """The record is here; it comes after the transcript, or after the failure to have one."""

    call: Call


@dataclass
class Failed(FetchMessage):
    """There is no transcript; the record, where there is one, follows and may tell why."""

    error: OmniError


@dataclass
class Unkept(FetchMessage):
    """The call is shown but could not be kept, or what is kept has a flaw; it may come long after the fetch."""

    notice: str


class Fetch:
    """One fetch of one target.

    Args:
        source: Where the call comes from.
        target: What to fetch.
        name: What to call it, safe.
        post: Takes the messages.
        now: A monotonic clock in seconds.
        number: Its number, which its messages carry.

    Attributes:
        post: Takes the messages from now on.
        answered: Set when the transcript, or what stands in its way, is known.
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
    ) -> None:
        self._number = number
        self._source = source
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
        record = start(self._source.call(self._target))
        try:
            await self._answer(until_there=until_there)
            if (call := await record) is not None:
                self.post(Recorded(self._number, call))
        finally:
            record.cancel()

    async def _answer(self, *, until_there: bool) -> None:
        try:
            transcript = await (self._wait_for() if until_there else self._ask())
            self.post(Fetched(self._number, transcript, self._instead_of))
        except OmniError as error:
            self.post(Failed(self._number, error))
        finally:
            self.answered.set()

    async def _ask(self) -> Transcript:
        self._tries += 1
        return await self._source.transcript(self._target, self._hear)

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
        if isinstance(progress, NotKept):
            self.post(Unkept(self._number, progress.notice))
            return
        if isinstance(progress, FellBack):
            self._instead_of = progress.reason
        self._progress = progress
        self._heard = self._now()

    def facts(self) -> FetchFacts:
        """What to tell the user at this moment."""
        now = self._now()
        if self._look_again is not None:
            return presenters.awaiting(self._name, self._tries, self._look_again - now)
        wait_s = 0.0
        if isinstance(self._progress, Waiting):
            wait_s = self._progress.seconds - (now - self._heard)
        return presenters.fetching(self._name, self._progress, now - self._started, wait_s)


class CallLoader:
    """The fetches of one screen, of which one at most is under way.

    Args:
        screen: Runs them as workers.
        source: Where the call comes from.
        target: What to fetch.
        name: What to call it, safe.

    Attributes:
        state: What is known of the call by now.
    """

    def __init__(self, screen: Screen[Any], source: CallSource, target: Target, name: str) -> None:
        self._screen = screen
        self._source = source
        self._target = target
        self._name = name
        self.state = FetchState()
        self._number = 0
        self._current: Fetch | None = None
        self._worker: Worker[None] | None = None

    def begin(self, post: Callable[[FetchMessage], object], *, until_there: bool = False) -> Fetch:
        """Begin a fetch in the place of one that is under way.

        Args:
            post: Takes its messages.
            until_there: Whether to look again and again for a transcript that is not there yet.
        """
        self.give_up()
        self._current = Fetch(self._source, self._target, self._name, post, number=self._number)
        self._worker = self._screen.run_worker(self._current.run(until_there=until_there), group="fetch")
        return self._current

    async def begin_at_once(self, post: Callable[[FetchMessage], object], patience_s: float) -> list[FetchMessage]:
        """Begin a fetch, and wait for its answer, but no longer than some seconds.

        Returns:
            What has come by then; what comes later is posted.
        """
        answers: list[FetchMessage] = []
        fetching = self.begin(answers.append)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await fetching.answered.wait()
        fetching.post = post
        return answers

    def give_up(self) -> None:
        """End the fetch that is under way; what still comes of it is not accepted."""
        self._number += 1
        self._current = None
        if self._worker is not None:
            self._worker.cancel()

    def take(self, message: FetchMessage) -> bool:
        """Take note of what a fetch tells; False, and nothing changes, if it comes late of an earlier one."""
        if message.fetch != self._number:
            return False
        match message:
            case Fetched():
                self.state = self.state.fetched(message.transcript)
            case Failed():
                self.state = self.state.failed(message.error)
            case Recorded():
                self.state = self.state.recorded(message.call)
        if isinstance(message, Fetched | Failed):
            self._current = None
        return True

    @property
    def facts(self) -> FetchFacts | None:
        """What to tell the user of the fetch; None if none is waited for."""
        return None if self._current is None else self._current.facts()


def _pauses() -> Iterator[float]:
    """Seconds between looks for a transcript that is not there yet: longer and longer, for a quarter of an hour."""
    waited, pause = 0.0, _FIRST_WAIT_S
    while waited < _PATIENCE_S:
        yield pause
        waited += pause
        pause = min(pause * 1.5, _LONGEST_WAIT_S)
