"""Waiting for a transcript: how often to look, what the record says meanwhile, and when none will ever come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.core import times
from tui.core.status import has_failed, is_completed, status_words
from tui.core.text import safe_line

if TYPE_CHECKING:
    from tui.core.record import Call

PATIENCE_S = 900.0
"""How long the app waits."""
_LONGEST_PATIENCE_S = 24 * 3_600
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 2.0, 15.0, 1.5
_LATE_MS = times.HOUR_MS
"""A transcript comes some seconds after a call; after so long none is on its way."""


def parse_patience(word: str) -> float:
    """Parse a time to wait to s: "60", "60s", "2m", "1m30s", "1h", "1:30".

    Raises:
        ValueError: It has none of these forms, or is not above 0 and up to a day.
    """
    try:
        seconds = float(word) if word.isascii() and word.isdigit() else times.parse_offset(word) / 1000
    except ValueError as error:
        raise ValueError("a wait looks like 60s, 2m, 1m30s or 1h") from error
    if not 0 < seconds <= _LONGEST_PATIENCE_S:
        raise ValueError("a wait is longer than nothing, and 24 hours at most")
    return seconds


def pauses(patience_s: float) -> Iterator[float]:
    """The seconds between looks: increasing, and all together as long as the patience."""
    left_s, pause_s = patience_s, _FIRST_PAUSE_S
    while left_s > 0:
        yield min(pause_s, left_s)
        left_s -= pause_s
        pause_s = min(pause_s * _GROWTH, _LONGEST_PAUSE_S)


def record_words(call: Call | None, now_ms: int) -> str:
    """What the record says of a missing transcript: "status completed, recorded 12 seconds ago"."""
    if call is None:
        return "no record of the call yet"
    said = f"status {status_words(call.status) or 'unknown'}"
    if call.error:
        said += f", error: “{safe_line(call.error)}”"
    ago = "" if call.created_at_ms is None else f", recorded {times.age(now_ms - call.created_at_ms)} ago"
    return said + ago


def is_final(call: Call | None) -> bool:
    """Whether what a record says of the end of its call will not change any more."""
    return call is not None and (has_failed(call) or is_completed(call))


def never_comes(call: Call | None, now_ms: int) -> str | None:
    """Why no transcript will come any more; None if one still may."""
    if call is None:
        return None
    if has_failed(call):
        return "a call that failed before any speech has no transcript"
    if call.created_at_ms is not None and now_ms - call.created_at_ms > _LATE_MS:
        ago = times.age(now_ms - call.created_at_ms)
        return f"a transcript comes some seconds after a call, and this one was recorded {ago} ago"
    return None
