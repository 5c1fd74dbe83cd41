"""The record of a call in words: status, error and reason, times, and the fields that have no words of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tui.core import times
from tui.core.record import Call, is_link
from tui.core.status import has_failed, reason_words, status_words, terminal_reason
from tui.core.text import safe_line

_IN_WORDS = frozenset((
    "object", "call_id", "session_label", "status", "duration_s", "has_recording", "has_summary", "started_at",
    "created_at", "error", "summary",
))  # fmt: skip
"""The fields that the facts and the summary tell."""
_LEFT_OUT = frozenset(("transcript", "turns", "messages", "transcript_url", "recording_url"))
"""The words of the call, which the chat shows, and links that expire, which are fetched when they are wanted."""
_LINK = "a link, not shown"


class Fact(NamedTuple):
    """A fact of a call.

    Attributes:
        name: What it is.
        value: The value; safe.
        is_trouble: Whether it tells that something went wrong.
    """

    name: str
    value: str
    is_trouble: bool = False


def record_facts(call: Call, date_time: Callable[[int], str], now_ms: int) -> Iterator[Fact]:
    """The facts of a record."""
    yield Fact("call", safe_line(call.call_id))
    yield Fact("status", status_words(call.status) or "unknown", has_failed(call))
    if call.error:
        yield Fact("error", safe_line(call.error), is_trouble=True)
    if reason := terminal_reason(call):
        yield Fact("reason", reason_words(reason), has_failed(call))
    if call.label:
        yield Fact("label", safe_line(call.label))
    yield from _times(call, date_time, now_ms)
    yield from (Fact("odd", odd) for odd in call.odd)


def _times(call: Call, date_time: Callable[[int], str], now_ms: int) -> Iterator[Fact]:
    if call.started_at_ms is not None:
        yield Fact("started", date_time(call.started_at_ms))
    if call.duration_s is not None:
        yield Fact("length", f"{times.duration(round(call.duration_s * 1000))} ({call.duration_s:,.1f} s)")
    if call.created_at_ms is not None:
        ago = times.age(now_ms - call.created_at_ms)
        yield Fact("recorded", f"{date_time(call.created_at_ms)}, {ago} ago")


def other_fields(call: Call) -> Mapping[str, Any]:
    """The fields of a record that nothing else tells, as sent but for links, which give access without a key."""
    return {
        name: _without_links(value, name) for name, value in call.fields.items() if name not in _IN_WORDS | _LEFT_OUT
    }


def _without_links(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {inner: _without_links(part, inner) for inner, part in value.items()}
    if isinstance(value, list):
        return [_without_links(part, name) for part in value]
    return _LINK if value and is_link(name) else value
