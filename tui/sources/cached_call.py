"""Cached calls, from what the library stores to transcripts and records, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.core.errors import OmniError
from tui.core.json_values import representable

if TYPE_CHECKING:
    from tui.core.transcript import Call, Transcript
    from tui.store.library import CachedCall

_OMITTED_FIELDS = {"transcript", "url"}
"""Fields of a record that are not stored: the transcript, which is stored separately, and links."""
_SIGNED_SUFFIX = "_url"
"""The suffix of fields with signed URLs, which give access without a key."""


def parse_cached(cached: CachedCall) -> Transcript | None:
    """Parse a cached transcript and its record; None if the transcript is invalid."""
    try:
        return read_cached(cached)
    except OmniError:
        return None


def read_cached(cached: CachedCall) -> Transcript:
    """Parse a cached transcript and its record.

    Raises:
        BadAnswerError: The transcript is invalid.
    """
    from tui.api.wire import parse_transcript

    transcript = parse_transcript(cached.source, call_id=cached.call_id)
    return replace(transcript, cached_ms=cached.cached_ms, record=parse_record(cached) or transcript.record)


def parse_record(cached: CachedCall) -> Call | None:
    """Parse a cached record; None if it is missing or invalid."""
    from tui.api.call_record import parse_call

    try:
        return parse_call(cached.record, call_id=cached.call_id) if cached.record else None
    except OmniError:
        return None


def storable(value: Any) -> Any:
    """A record, or a part of it, without the fields that are not stored."""
    if isinstance(value, list):
        return [storable(item) for item in value]
    if not isinstance(value, Mapping):
        return representable(value)
    kept = (name for name in value if name not in _OMITTED_FIELDS and not name.endswith(_SIGNED_SUFFIX))
    return {name: storable(value[name]) for name in kept}
