"""Long work on the loop is done in slices; between two of them, all that waits for the loop goes first."""

from __future__ import annotations

import asyncio
import time

_SLICE_S = 0.008
_ROUNDS = 16
"""So many steps, at most, lead from a key through the queues of its widgets to the picture."""


async def yield_to_ui() -> None:
    """Let a key that has come, and the picture that comes of it, go before the next slice.

    One round of the loop is not enough: each widget on a key's way takes one, and would wait for a slice each.
    """
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


class Slice:
    """Time that may be worked for without a pause; after that, whatever waits for the loop goes first."""

    def __init__(self) -> None:
        self._end_s = time.perf_counter() + _SLICE_S

    async def pause_when_over(self) -> None:
        """Give way if the time is over, and begin a new slice."""
        if time.perf_counter() >= self._end_s:
            await yield_to_ui()
            self._end_s = time.perf_counter() + _SLICE_S
