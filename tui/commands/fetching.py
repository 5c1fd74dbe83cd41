"""Fetches a call for a command: the transcript with its record, and messages on standard error."""

from __future__ import annotations

import asyncio

from tui.commands.output import say
from tui.core.anomalies import Anomalies
from tui.core.background import start
from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.errors import NotFoundError, UsageError
from tui.core.missing import is_empty, missing
from tui.core.progress import FellBack, LookingAgain, NotKept, Progress, Waiting
from tui.core.record import Call
from tui.core.target import Locator, Target
from tui.core.times import parse_when, spoken
from tui.core.waiting import record_words
from tui.sources.awaiting import TranscriptWait
from tui.sources.call_source import CallSource

_RECORD_GRACE_S = 2.0
"""How long a command waits for the optional record after the transcript has arrived."""


def check_whole(target: Target, why: str, hint: str = "leave out #turn= and #t=") -> None:
    """Reject a place in the target, where a command takes a whole call.

    Raises:
        UsageError: There is one.
    """
    if target.place != Locator():
        raise UsageError(why, hint)


async def fetched(
    source: CallSource, target: Target, wait_s: float | None = None, *, may_be_empty: bool = False
) -> CallDocument:
    """The transcript, with the record if it is there in time.

    Args:
        source: Where the call comes from.
        target: The call.
        wait_s: How long to wait for a transcript that is not there yet; None for not at all.
        may_be_empty: Whether an empty transcript is no error.

    Raises:
        OmniError: There is no transcript, or an empty one; the error includes facts of the record.
    """
    document = await (_at_once(source, target) if wait_s is None else _awaited(source, target, wait_s))
    if is_empty(document.transcript) and not may_be_empty:
        raise missing(None, document.fetched or document.transcript.record)
    return document


async def _at_once(source: CallSource, target: Target) -> CallDocument:
    record = start(source.call(target))
    try:
        transcript = await source.transcript(target, tell)
        return CallDocument(transcript, await _in_time(record))
    except NotFoundError as fault:
        raise missing(fault, await _in_time(record)) from fault
    finally:
        record.cancel()


async def _awaited(source: CallSource, target: Target, wait_s: float) -> CallDocument:
    if source.unasked(target):
        raise UsageError("--wait has no effect here", "only a call of the API may still get a transcript")
    wait = TranscriptWait(source, target, Clock().now_ms, patience_s=wait_s)
    transcript = await wait.transcript(_Teller().tell)
    return CallDocument(transcript, wait.call or await _in_time(start(source.call(target))))


class _Teller:
    """Reports the progress of a wait: the facts of the record, whenever they change."""

    def __init__(self) -> None:
        self._told: tuple[str | None, str | None] | None = None

    def tell(self, progress: Progress) -> None:
        """Report progress that has not been reported yet."""
        if not isinstance(progress, LookingAgain):
            tell(progress)
            return
        call = progress.call
        news = (call.status, call.error) if call else (None, None)
        if news != self._told:
            self._told = news
            known = record_words(call, Clock().now_ms())
            say(f"no transcript yet ({known}); looking for it for {spoken(round(progress.patience_s * 1000))} at most")


async def _in_time(record: asyncio.Task[Call | None]) -> Call | None:
    await asyncio.wait([record], timeout=_RECORD_GRACE_S)
    return record.result() if record.done() else None


def anomalies(document: CallDocument) -> tuple[str, ...]:
    """The anomalies of a call on one line, as in the header of the app; empty without any."""
    anomalies = Anomalies()
    anomalies.take(document.transcript.turns)
    odd = " · ".join((*document.record.odd, *anomalies.counts()))
    return (odd,) if odd else ()


def tell(progress: Progress) -> None:
    """Report a retry, a cached call or a failure to store the call."""
    if isinstance(progress, FellBack):
        say(f"{progress.reason.line()}; this is the copy that is kept on this machine")
    if isinstance(progress, NotKept):
        say(progress.notice)
    if isinstance(progress, Waiting):
        say(progress.remark())


def when_ms(flag: str, typed: str | None, clock: Clock) -> int | None:
    """The Unix time in ms that an option names; None without it.

    Raises:
        UsageError: It is no time.
    """
    try:
        return None if typed is None else parse_when(typed, clock.now_ms(), clock.zone)
    except ValueError as error:
        raise UsageError(f"{flag} {typed}: {error}") from error
