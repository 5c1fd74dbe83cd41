"""Why there is no transcript to show, as far as the record of the call tells (API.md on the 404)."""

from __future__ import annotations

from tui.core.errors import NotFoundError
from tui.core.transcript import Call, Transcript

EMPTY = "the transcript is empty: nothing was said, or nothing is there yet"
_COMES = "a transcript comes some seconds after the call; a call that failed before any speech has none"


def is_empty(transcript: Transcript) -> bool:
    """Whether nothing stands in a transcript."""
    return not transcript.turns and transcript.plain is None


def missing(fault: NotFoundError | None, call: Call | None) -> NotFoundError:
    """The fault of a call without a transcript, with what its record says.

    Args:
        fault: Why there is none; None for a transcript that is empty.
        call: The record, where there is one.
    """
    if call is None:
        return fault or NotFoundError(EMPTY)
    says = f"status {call.status or 'unknown'}" + (f", error: “{call.error}”" if call.error else "")
    if fault is None:
        return NotFoundError(f"{EMPTY} ({says})", _COMES)
    what = "this call has no transcript" if fault.status == 404 else fault.what
    return NotFoundError(f"{what} ({says})", _COMES, request_id=fault.request_id)
