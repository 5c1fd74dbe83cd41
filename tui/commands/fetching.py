"""Fetches a call for a command: the transcript with its record, and messages on standard error."""

from __future__ import annotations

import asyncio

from tui.commands.output import say
from tui.core.anomalies import Anomalies
from tui.core.background import start
from tui.core.call import CallDocument
from tui.core.errors import NotFoundError
from tui.core.missing import missing
from tui.core.progress import FellBack, NotKept, Progress, Waiting
from tui.core.target import Target
from tui.core.transcript import Call, Transcript
from tui.sources.call_source import CallSource

_RECORD_GRACE_S = 2.0
"""How long a command waits for the optional record after the transcript has arrived."""


async def fetched(source: CallSource, target: Target) -> tuple[Transcript, Call | None]:
    """The transcript, and the record if it is there in time.

    Raises:
        OmniError: There is no transcript; the error includes facts of the record.
    """
    record = start(source.call(target))
    try:
        transcript = await source.transcript(target, _tell)
        return transcript, await _in_time(record)
    except NotFoundError as fault:
        raise missing(fault, await _in_time(record)) from fault
    finally:
        record.cancel()


async def _in_time(record: asyncio.Task[Call | None]) -> Call | None:
    await asyncio.wait([record], timeout=_RECORD_GRACE_S)
    return record.result() if record.done() else None


def anomalies(transcript: Transcript, call: Call | None) -> tuple[str, ...]:
    """The anomalies of a call on one line, as in the header of the app; empty without any."""
    anomalies = Anomalies()
    anomalies.take(transcript.turns)
    odd = " · ".join(filter(None, (*CallDocument(transcript, call).record.odd, anomalies.summary())))
    return (odd,) if odd else ()


def _tell(progress: Progress) -> None:
    """Report a retry, a cached call or a failure to store the call."""
    if isinstance(progress, FellBack):
        say(f"{progress.reason.line()}; this is the copy that is kept on this machine")
    if isinstance(progress, NotKept):
        say(progress.notice)
    if isinstance(progress, Waiting):
        say(f"{progress.reason.line()}; trying again in {progress.seconds:.0f} s")
