"""Records of calls as plain frozen objects: a call without its transcript; no wire format, no screen.

Ids, labels, words and fields are as sent: untrusted, and not yet safe to show (see ``text``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def is_link(name: str) -> bool:
    """Whether a field is a link: those to recordings and transcripts are signed, and give access without a key."""
    return name == "url" or name.endswith("_url")


@dataclass(frozen=True, slots=True)
class Call:
    """The record of one call, without its transcript.

    Attributes:
        call_id: The call's id.
        label: The session label, an opaque tag; None if there is none.
        status: "completed", "failed" or any other word; None if not sent.
        duration_s: Length in seconds.
        started_at_ms: Unix time of its start in ms.
        created_at_ms: Unix time in ms at which the record was created.
        error: Why it failed, as sent.
        has_recording: Whether a recording exists; None if not sent.
        has_summary: Whether a summary exists; None if not sent.
        fields: The whole record as sent, including unknown fields.
        odd: Its anomalies, in words for the user.
    """

    call_id: str
    label: str | None = None
    status: str | None = None
    duration_s: float | None = None
    started_at_ms: int | None = None
    created_at_ms: int | None = None
    error: str | None = None
    has_recording: bool | None = None
    has_summary: bool | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of the account's calls, newest first.

    Attributes:
        calls: The records of this page.
        next_cursor: The cursor of the next page; None on the last.
        is_cut_off: Whether there are more calls, but no usable cursor that leads to them.
    """

    calls: tuple[Call, ...]
    next_cursor: str | None = None
    is_cut_off: bool = False
