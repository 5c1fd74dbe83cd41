"""What a record says of how a call ended, in words; the list of calls, the details and waiting share them.

Statuses and reasons are open sets: what is not known here is shown as it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.core.text import safe_line

if TYPE_CHECKING:
    from tui.core.record import Call

COMPLETED = "completed"
_STATUSES = {
    **dict.fromkeys((COMPLETED, "complete"), COMPLETED),
    **dict.fromkeys(("failed", "errored", "error"), "failed"),
    **dict.fromkeys(("cancelled", "canceled"), "cancelled"),
}
"""The spellings of a status that has one word here, in lower case."""
_FAILED = {"failed", "cancelled"}
_REASONS = {
    "engine_session_identity_missing": "the engine had no identity for the session",
    "recording_finalize_timeout": "the recording was not finished in time",
}
"""Terminal reasons that were seen, in words."""


def status_words(status: str | None) -> str:
    """A status in words: "completed", "in progress"; empty if there is none."""
    word = " ".join(safe_line(status or "").replace("_", " ").split())
    return _STATUSES.get(word.lower(), word)


def is_completed(call: Call) -> bool:
    """Whether a record's status is that of a call that has ended as it should."""
    return status_words(call.status) == COMPLETED


def has_failed(call: Call) -> bool:
    """Whether a record's status is one of trouble."""
    return status_words(call.status).lower() in _FAILED


def terminal_reason(call: Call) -> str | None:
    """The code of why a call ended, as sent; None if the record has none."""
    result = call.fields.get("recording_result")
    places = (result if isinstance(result, Mapping) else {}, call.fields)
    found = (place.get("terminal_reason") for place in places)
    return next((reason for reason in found if isinstance(reason, str) and reason.strip()), None)


def reason_words(code: str) -> str:
    """A terminal reason in words, with its code: "the engine had no identity for the session (engine_…)"."""
    code = safe_line(code)
    words = _REASONS.get(code)
    return code if words is None else f"{words} ({code})"
