"""Parses a recap. Its record is a bare object in the documentation: what is known of it is taken, the rest kept raw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, Field

from tui.api.call_record import json_object
from tui.api.lenient import Number, parse_leniently
from tui.core.details.recap import Recap, RecapMoment, RecapQuote
from tui.core.errors import BadAnswerError
from tui.core.json_values import text_of
from tui.core.transcript import MAX_LENGTH_S

_MOST_ITEMS = 1_000
_TEXTS = ("headline", "tldr", "summary", "summary_draft", "next_steps")
_QUOTED = {
    "objections": ("objection", "text"),
    "buying_signals": ("buying signal", "quote"),
    "risk_signals": ("risk signal", "quote"),
    "coverage_gaps": ("coverage gap", "transcript_quote"),
    "signals": ("signal", "quote"),
}
"""The lists that quote the call: what an item of them is, and which field holds the quote."""


class _WireRecap(BaseModel):
    call_id: str | None = None
    pack_id: str | None = None
    status: str | None = None
    record: dict[str, Any] | None = None


class _WireMoment(BaseModel):
    category: str | None = None
    description: str | None = None
    offset_s: Annotated[Number, Field(ge=0, le=MAX_LENGTH_S)] | None = None


def parse_recap(body: bytes, call_id: str) -> Recap:
    """Parse a recap.

    Raises:
        BadAnswerError: It is no JSON object, or the recap of another call.
    """
    fields = json_object(body, "a recap")
    wire, _ = parse_leniently(_WireRecap, fields)
    if wire.call_id not in (None, call_id):
        raise BadAnswerError("the answer is the recap of another call", "report it to PyAI")
    record = dict(wire.record or {})
    if "headline" in fields:
        record = {"headline": fields["headline"]} | record
    texts = {name.replace("_", " "): record.pop(name) for name in _TEXTS if _is_text(record.get(name))}
    return Recap(
        status=wire.status,
        error=None if fields.get("error") is None else text_of(fields["error"]),
        pack=wire.pack_id,
        texts=texts,
        moments=tuple(_moments(record)),
        quotes=tuple(_quotes(record)),
        rest={name: value for name, value in record.items() if value not in (None, [], {})},
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _moments(record: dict[str, Any]) -> Iterator[RecapMoment]:
    """Take the moments out of the record; what is no moment stays there."""
    for item in _taken(record, "moments"):
        wire, _ = parse_leniently(_WireMoment, item)
        yield RecapMoment(wire.category or "", wire.description or "", wire.offset_s)


def _quotes(record: dict[str, Any]) -> Iterator[RecapQuote]:
    """Take what is quoted out of the record."""
    for name, (kind, key) in _QUOTED.items():
        for item in _taken(record, name):
            quote = item.get(key)
            about = {field: value for field, value in item.items() if field != key}
            yield RecapQuote(kind, quote if isinstance(quote, str) else "", about if isinstance(quote, str) else item)


def _taken(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Take the objects of a list out of the record; other items, and those beyond the limit, stay."""
    items = record.get(name)
    if not isinstance(items, list):
        return []
    objects = [item for item in items if isinstance(item, dict)]
    record[name] = [item for item in items if not isinstance(item, dict)] + objects[_MOST_ITEMS:]
    return objects[:_MOST_ITEMS]
