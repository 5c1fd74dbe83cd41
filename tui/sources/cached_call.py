"""Cached calls, from what the library stores to transcripts and records, and back.

What only a call needs is imported late, as the prompt's first picture loads this module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui.core.errors import OmniError, UsageError
from tui.core.json_values import representable
from tui.core.record import is_link
from tui.core.text import safe
from tui.core.yielding import yield_to_ui

if TYPE_CHECKING:
    from tui.core.record import Call
    from tui.core.transcript import Transcript
    from tui.store.library import CachedCall
    from tui.store.records import NewRecord, RecordPlace

_TURNS_AT_ONCE = 500


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
    from dataclasses import replace

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


def cached_call(transcript: Transcript, call: Call | None, now_ms: int) -> CachedCall:
    """A call as it is stored, with its record if there is one."""
    from tui.core.call import CallDocument
    from tui.store.library import CachedCall

    document = CallDocument(transcript, call)
    return CachedCall(
        transcript.call_id,
        now_ms,
        transcript.source,
        None if call is None else storable_record(call),
        document.record.label,
        document.start_ms,
        len(transcript.turns),
        document.record.created_at_ms,
    )


async def searchable_texts(transcript: Transcript) -> bytearray:
    """The safe texts of all turns, joined as the library stores them; yields to the UI in between."""
    from tui.core.shown import shown
    from tui.store.passages import BETWEEN_TURNS

    joined = bytearray(safe(transcript.plain or "").encode())
    for at in range(0, len(transcript.turns), _TURNS_AT_ONCE):
        texts = [shown(turn).text for turn in transcript.turns[at : at + _TURNS_AT_ONCE]]
        joined += (BETWEEN_TURNS if at else "").encode() + BETWEEN_TURNS.join(texts).encode()
        await yield_to_ui()
    return joined


def call_of(cached: CachedCall) -> Call:
    """The record of a cached call; one of the few known facts if it is missing or invalid."""
    from tui.core.record import Call

    return parse_record(cached) or Call(cached.call_id, cached.label, started_at_ms=cached.started_at_ms)


def new_record(call: Call, now_ms: int, *, is_whole: bool) -> NewRecord:
    """The record of a call without a transcript, as it is stored; one that is not whole is still asked for."""
    from tui.core.call_row import when_ms
    from tui.core.waiting import never_comes
    from tui.store.records import NewRecord

    is_final = is_whole and never_comes(call, now_ms) is not None
    return NewRecord(call.call_id, now_ms, call.label, when_ms(call), storable_record(call), is_final)


def parse_place(cursor: str | None) -> RecordPlace:
    """The place in the list of stored records that a cursor names.

    Raises:
        UsageError: It names none.
    """
    from tui.store.records import FIRST, RecordPlace

    try:
        return FIRST if cursor is None else RecordPlace(*map(int, json.loads(cursor)))
    except (TypeError, ValueError) as error:
        raise UsageError("there is no such page of the list of calls", "begin again") from error


def storable_record(call: Call) -> bytes:
    """A record as it is stored."""
    return json.dumps(storable(call.fields), ensure_ascii=False).encode()


def storable(value: Any) -> Any:
    """A record, or a part of it, without links, and without the transcript, which is stored separately."""
    if isinstance(value, list):
        return [storable(item) for item in value]
    if not isinstance(value, Mapping):
        return representable(value)
    return {name: storable(value[name]) for name in value if name != "transcript" and not is_link(name)}
