"""Validates call ids, and encodes them for URLs. Parses no user input, sends no request."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from tui.core.errors import UsageError
from tui.core.secret import is_key

MAX_LENGTH = 256
KEY_FOR_ID = ("that is an API key, and no call id", "give the id that your log names; the key was not sent")


def check_call_id(call_id: str) -> None:
    """Validate a call id before any request.

    There is no public pattern to check. ``.`` and ``..`` would be resolved as path segments. An API key in its place
    would be sent in a URL, which servers log.

    Raises:
        UsageError: It is empty, ``.`` or ``..``, an API key, too long, or has a control character or a lone surrogate.
    """
    if not call_id:
        raise UsageError("the call id is empty", "give the id that your log names")
    if is_key(call_id):
        raise UsageError(*KEY_FOR_ID)
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
        UsageError: The id is invalid.
    """
    check_call_id(call_id)
    return quote(call_id, safe="")
