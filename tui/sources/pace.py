"""The pace of requests: so many in a time at most, and none while the server asks to wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """Lets requests pass one after the other, and none while the server asks to wait.

    Args:
        interval_s: The least time between two of them.
        now: A monotonic clock in seconds.
        sleep: Awaited for a pause in seconds.
    """

    def __init__(
        self,
        interval_s: float = 0.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._interval_s = interval_s
        self._now = now
        self._sleep = sleep
        self._next_s = now()

    async def turn(self) -> None:
        """Wait until a request may be sent."""
        while (left_s := self._next_s - self._now()) > 0:  # a pause may begin meanwhile
            await self._sleep(left_s)
        self._next_s = self._now() + self._interval_s

    def pause(self, seconds: float) -> None:
        """Let nothing pass for some seconds."""
        self._next_s = max(self._next_s, self._now() + seconds)
