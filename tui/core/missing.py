"""Explains what is missing: a transcript, by the record of its call; a key; cached calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.core.errors import NotFoundError
from tui.core.status import status_words

if TYPE_CHECKING:
    from tui.core.record import Call
    from tui.core.transcript import Transcript

EMPTY = "the transcript is empty: nothing was said, or nothing is there yet"
WHEN_IT_COMES = "a transcript comes some seconds after the call; a call that failed before any speech has none"


class WaitedError(NotFoundError):
    """It was waited for a transcript, and none has come; the hint says why the wait is over."""


NO_KEY = ("there is no API key", "set PYAI_API_KEY, or run omni-transcripts auth login")
"""What happened, and what to do about it."""
NO_KEPT_CALL = "no call is kept on this machine for this key and address"


def is_empty(transcript: Transcript) -> bool:
    """Whether a transcript has no content."""
    return not transcript.turns and transcript.plain is None


def missing(fault: NotFoundError | None, call: Call | None) -> NotFoundError:
    """The error for a call without a transcript, with facts of its record.

    Args:
        fault: The error of the fetch; None for an empty transcript.
        call: The record, if there is one.
    """
    if call is None:
        return fault or NotFoundError(EMPTY)
    says = f"status {status_words(call.status) or 'unknown'}" + (f", error: “{call.error}”" if call.error else "")
    if fault is None:
        return NotFoundError(f"{EMPTY} ({says})", WHEN_IT_COMES)
    what = "this call has no transcript" if fault.status == 404 else fault.what
    return NotFoundError(f"{what} ({says})", WHEN_IT_COMES, request_id=fault.request_id)
