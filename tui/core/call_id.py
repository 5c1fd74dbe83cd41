"""What a call id may be, and how it stands in a URL; no parsing of what a user typed, no request."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from tui.core.errors import UsageError

MAX_LENGTH = 256


def check_call_id(call_id: str) -> None:
    """Refuse what cannot be a call id, before any request is made (API.md, "Call ids").

    No pattern is asked for, as none is public. ``.`` and ``..`` would be resolved as path segments.

    Raises:
        UsageError: It is empty, ``.`` or ``..``, too long, or holds a control character or a lone surrogate.
    """
    if not call_id:
        raise UsageError("the call id is empty", "give the id that your log names")
    if call_id in {".", ".."}:
        raise UsageError(f"“{call_id}” is no call id", "give the id that your log names")
    if len(call_id) > MAX_LENGTH:
        raise UsageError(
            f"the call id has {len(call_id)} characters, {MAX_LENGTH} are allowed",
            "give one id, without the text around it",
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in call_id):
        raise UsageError("the call id holds a control character", "copy it again")


def encode_call_id(call_id: str) -> str:
    """The id as one percent-encoded path segment.

    Raises:
        UsageError: It cannot be a call id.
    """
    check_call_id(call_id)
    return quote(call_id, safe="")
