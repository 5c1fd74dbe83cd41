"""Calls that are fetched and wait to be stored: those that come while others are stored are stored together.

A commit takes far longer than what it commits. On a slow network each call is still stored as soon as it is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.core.record import Call
    from tui.core.transcript import Transcript

_MOST_TOGETHER = 20
"""Reached step by step, so that little is fetched for a disk that takes nothing."""
_MOST_BYTES = 2**20
"""Of bodies that are written together, so that other instances need not wait long."""


class FetchedCall(NamedTuple):
    """A call that is fetched.

    Attributes:
        call: Its record in the list of calls.
        transcript: Its transcript.
        record: Its record with details.
    """

    call: Call
    transcript: Transcript
    record: Call


class StoreQueue:
    """The calls that wait.

    Args:
        store: Stores some calls; returns whether that succeeded.
    """

    def __init__(self, store: Callable[[Sequence[FetchedCall]], Awaitable[bool]]) -> None:
        self._store = store
        self._waiting: list[FetchedCall] = []
        self._is_storing = False
        self._taken = asyncio.Event()
        self._most = 1

    async def put(self, fetched: FetchedCall) -> None:
        """Store a call, or leave it to another task that is storing calls; then wait only while many calls wait."""
        self._waiting.append(fetched)
        if not self._is_storing:
            await self._store_all()
        while self._is_storing and self._is_full():
            self._taken.clear()
            await self._taken.wait()

    async def _store_all(self) -> None:
        self._is_storing = True
        try:
            while count := self._next_count():
                some, self._waiting = self._waiting[:count], self._waiting[count:]
                self._taken.set()
                is_stored = await self._store(some)
                self._most = min(2 * self._most, _MOST_TOGETHER) if is_stored else 1
        finally:
            self._is_storing = False
            self._taken.set()

    def _is_full(self) -> bool:
        """Whether more wait than are stored next, or as many as may be."""
        return len(self._waiting) >= self._most or self._next_count() < len(self._waiting)

    def _next_count(self) -> int:
        """How many of those that wait are stored next."""
        size = 0
        for count, one in enumerate(self._waiting[: self._most]):
            size += len(one.transcript.source)
            if count and size > _MOST_BYTES:
                return count
        return min(len(self._waiting), self._most)
