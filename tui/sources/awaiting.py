"""Polls for a missing transcript until it arrives, or until it is clear that none will come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.core.errors import NotFoundError
from tui.core.missing import WaitedError, is_empty, missing
from tui.core.progress import LookingAgain
from tui.core.times import SECOND_MS, length, spoken
from tui.core.waiting import PATIENCE_S, is_final, never_comes, pauses

if TYPE_CHECKING:
    from tui.core.progress import OnProgress
    from tui.core.record import Call
    from tui.core.target import Target
    from tui.core.transcript import Transcript
    from tui.sources.call_source import CallSource


class TranscriptWait:
    """Waits for one transcript; the record is asked for with each look, until it says how the call ended.

    Args:
        source: Where the call comes from.
        target: The call.
        now_ms: Returns the Unix time in ms.
        patience_s: How long to wait at most.
        sleep: Makes the pauses.

    Attributes:
        call: The record, as last known; None if there is none.
    """

    def __init__(
        self,
        source: CallSource,
        target: Target,
        now_ms: Callable[[], int],
        *,
        patience_s: float = PATIENCE_S,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._target = target
        self._now_ms = now_ms
        self._patience_s = patience_s
        self._sleep = sleep
        self.call: Call | None = None

    async def transcript(self, on_progress: OnProgress) -> Transcript:
        """The transcript; an empty one only if no other has come.

        Raises:
            WaitedError: None has come, or none will; it says why.
            OmniError: It cannot be loaded.
        """
        for looks, pause_s in enumerate(pauses(self._patience_s), 1):
            found = await self._look(on_progress)
            if not isinstance(found, NotFoundError) and not is_empty(found):
                return found
            await self._ask_record()
            if why := never_comes(self.call, self._now_ms()):
                return self._end(found, why)
            on_progress(LookingAgain(self.call, pause_s, looks, self._patience_s))
            await self._sleep(pause_s)
        patience_ms = round(self._patience_s * 1000)
        words = spoken(patience_ms) if patience_ms >= SECOND_MS else length(patience_ms)
        return self._end(await self._look(on_progress), f"none came within {words}")

    async def _look(self, on_progress: OnProgress) -> Transcript | NotFoundError:
        try:
            return await self._source.transcript(self._target, on_progress)
        except NotFoundError as fault:
            return fault

    async def _ask_record(self) -> None:
        if not is_final(self.call):
            self.call = await self._source.call(self._target) or self.call

    def _end(self, found: Transcript | NotFoundError, why: str) -> Transcript:
        """End with the empty transcript, or with the reason why there is none."""
        if not isinstance(found, NotFoundError):
            return found
        what = missing(found, self.call).what
        raise WaitedError(what, why, status=found.status, code=found.code, request_id=found.request_id)
