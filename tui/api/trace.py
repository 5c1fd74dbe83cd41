"""Parses an interaction of Trace. Every field may be absent; what does not fit is kept raw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field

from tui.api.call_record import json_object
from tui.api.lenient import Milliseconds, UnixMs, parse_leniently
from tui.core.details.trace import Barge, Finding, Spread, Trace, TraceEntry
from tui.core.errors import BadAnswerError
from tui.core.json_values import text_of

Model = TypeVar("Model", bound=BaseModel)

_MOST_ENTRIES, _MOST_FINDINGS, _MOST_TOOLS = 100_000, 1_000, 100
_IN_WORDS = frozenset((
    "object", "id", "verdict", "scored_at", "timeline", "tier2_findings", "findings", "blocked_turns",
    "modified_turns", "derived_metrics",
))  # fmt: skip


class _WireTrace(BaseModel):
    verdict: str | None = None
    scored_at: UnixMs | None = None
    timeline: list[Any] | None = None
    tier2_findings: list[Any] | None = None
    findings: int | None = None
    blocked_turns: int | None = None
    modified_turns: int | None = None
    derived_metrics: dict[str, Any] | None = None


class _WireEntry(BaseModel):
    role: str | None = None
    text: str | None = None
    t_ms: Annotated[int, Field(ge=0, le=10**13)] | None = None
    ttfb_ms: Milliseconds | None = None
    endpointing_ms: Milliseconds | None = None
    barge: dict[str, Any] | None = None
    tool_calls: list[Any] | None = None


class _WireBarge(BaseModel):
    detect_ms: Milliseconds | None = None
    recovered: bool | None = None


class _WireSpread(BaseModel):
    count: int | None = None
    p50: Milliseconds | None = None
    p95: Milliseconds | None = None
    p99: Milliseconds | None = None


class _WireBarges(BaseModel):
    count: int | None = None
    recovered: int | None = None
    detect_ms: dict[str, Any] | None = None


def parse_trace(body: bytes, call_id: str) -> Trace:
    """Parse an interaction.

    Raises:
        BadAnswerError: It is no JSON object, or the interaction of another call.
    """
    fields = json_object(body, "a trace")
    if fields.get("id") not in (None, call_id):
        raise BadAnswerError("the answer is the trace of another call", "report it to PyAI")
    wire = _parsed(_WireTrace, fields)
    derived = wire.derived_metrics or {}
    barges = _parsed(_WireBarges, derived.get("barge"))
    counts = {name: getattr(wire, name) for name in ("findings", "blocked_turns", "modified_turns")}
    return Trace(
        verdict=wire.verdict,
        scored_at_ms=None if wire.scored_at is None else round(wire.scored_at),
        entries=tuple(map(_entry, _objects(wire.timeline, _MOST_ENTRIES))),
        findings=tuple(map(_finding, _objects(wire.tier2_findings, _MOST_FINDINGS))),
        ttfb=_spread(derived.get("ttfb_ms")),
        endpointing=_spread(derived.get("endpointing_ms")),
        barges=barges.count,
        recovered=barges.recovered,
        detection=_spread(barges.detect_ms),
        counts={name: count for name, count in counts.items() if count is not None},
        rest={name: value for name, value in fields.items() if name not in _IN_WORDS},
    )


def _parsed(model: type[Model], value: Any) -> Model:
    return parse_leniently(model, value if isinstance(value, dict) else {})[0]


def _objects(items: Iterable[Any] | None, most: int) -> list[dict[str, Any]]:
    return [item for item in items or () if isinstance(item, dict)][:most]


def _entry(item: dict[str, Any]) -> TraceEntry:
    wire = _parsed(_WireEntry, item)
    barge = None
    if wire.barge is not None:
        parsed = _parsed(_WireBarge, wire.barge)
        barge = Barge(parsed.detect_ms, parsed.recovered)
    tools = tuple(_objects(wire.tool_calls, _MOST_TOOLS))
    return TraceEntry(wire.role or "", wire.text or "", wire.t_ms, wire.ttfb_ms, wire.endpointing_ms, barge, tools)


def _spread(value: Any) -> Spread:
    wire = _parsed(_WireSpread, value)
    return Spread(wire.count, wire.p50, wire.p95, wire.p99)


def _finding(item: Mapping[str, Any]) -> Finding:
    return Finding(
        check=_text(item, "check_id"),
        verdict=_text(item, "verdict"),
        severity=_text(item, "severity"),
        action=_text(item, "action"),
        confidence=_text(item, "confidence"),
        at=_text(item, "at_t"),
        reason=_text(item, "reason"),
        instruction=_text(item, "preempt_instruction"),
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    """A value as text: a number as it was sent, as its unit is not stated."""
    value = item.get(name)
    return "" if value is None else text_of(value)
