"""Splits long work on the event loop into slices, so that keys and drawing are handled in between."""

from __future__ import annotations

import asyncio
import time

SLICE_S = 0.008
MOST_TURNS_AT_ONCE = 1_000
"""The most turns that are worked through in one piece, for which all keys wait; more would hold up the screen."""
_ROUNDS = 16
"""The most loop iterations from a key through the queues of its widgets to the picture."""


async def yield_to_ui() -> None:
    """Let pending keys and their drawing finish before the next slice.

    One iteration of the loop is not enough: each widget that a key passes takes one.
    """
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


class Slice:
    """A time slice of work on the loop."""

    def __init__(self) -> None:
        self._end_s = time.perf_counter() + SLICE_S

    async def pause_when_over(self) -> None:
        """Yield if the slice is used up, and start a new one."""
        if time.perf_counter() >= self._end_s:
            await yield_to_ui()
            self._end_s = time.perf_counter() + SLICE_S
