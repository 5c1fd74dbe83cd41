"""Parses the record of a call.

A record whose fields have the promised types is read without pydantic, whose import a first picture would wait for;
``records`` reads all others, with the same result for these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tui.api.strict import strict_json
from tui.core.errors import BadAnswerError
from tui.core.record import Call
from tui.core.transcript import MAX_LENGTH_S, MOST_UNIX_MS

_SPOKEN = {"transcript", "turns", "messages"}
"""The keys under which a document holds the transcript."""


def parse_call(body: bytes, *, call_id: str) -> Call:
    """Parse the record of a call.

    Raises:
        BadAnswerError: It is no JSON object, or the record of another call.
    """
    call = call_of(json_object(body, "a call"), call_id)
    if call.call_id != call_id:
        raise BadAnswerError("the answer is the record of another call", "it was not kept; report it to PyAI")
    return call


def record_with(document: Mapping[str, Any], call_id: str) -> Call:
    """Parse the record in a document that holds a transcript as well."""
    fields = {name: value for name, value in document.items() if name not in _SPOKEN}
    return replace(call_of(fields, call_id), call_id=call_id)


def json_object(body: bytes, meant: str) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        BadAnswerError: It is something else; ``meant`` says what was expected.
    """
    document = strict_json(body)
    if not isinstance(document, dict):
        raise BadAnswerError(f"the answer is JSON, but not {meant}", "check the base URL")
    return document


def call_of(fields: dict[str, Any], asked: str) -> Call:
    """Read a record.

    Args:
        fields: The record as sent.
        asked: The id of a record that names none.
    """
    if all(is_plain(fields.get(name)) for name, is_plain in _PLAIN.items()):
        return plain_call(fields, asked)
    from tui.api.records import lenient_call

    return lenient_call(fields, asked)


def plain_call(fields: dict[str, Any], asked: str) -> Call:
    """As ``call_of``, for a record in which every field that is read has the promised type or is missing."""
    started_at, created_at, duration_s = (fields.get(name) for name in ("started_at", "created_at", "duration_s"))
    return Call(
        call_id=fields.get("call_id") or asked,
        label=fields.get("session_label"),
        status=fields.get("status"),
        duration_s=None if duration_s is None else float(duration_s),
        started_at_ms=None if started_at is None else round(started_at),
        created_at_ms=None if created_at is None else round(created_at),
        error=fields.get("error"),
        has_recording=fields.get("has_recording"),
        has_summary=fields.get("has_summary"),
        fields=fields,
    )


def _is_text(value: Any) -> bool:
    return value is None or type(value) is str


def _is_flag(value: Any) -> bool:
    return value is None or type(value) is bool


def _is_number(most: float) -> Callable[[Any], bool]:
    """Tells whether a value is missing, or a number from 0 to the most that is possible."""
    return lambda value: value is None or (type(value) in {int, float} and 0 <= value <= most)


_PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "call_id": _is_text, "session_label": _is_text, "status": _is_text, "error": _is_text,
    "duration_s": _is_number(MAX_LENGTH_S), "started_at": _is_number(MOST_UNIX_MS),
    "created_at": _is_number(MOST_UNIX_MS), "has_recording": _is_flag, "has_summary": _is_flag,
}  # fmt: skip
"""The fields that are read, and whether a value is what the API promises or missing."""
