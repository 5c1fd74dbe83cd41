"""The API's answers as JSON schemas, written from the published description; the demo server must meet them.

They are closed and require every documented field. The API itself promises less, but a demo that leaves a
field out, or invents one, would show something else than what the program is for.
"""

from typing import Any

import jsonschema

Schema = dict[str, Any]

_STR: Schema = {"type": "string"}
_INT: Schema = {"type": "integer"}
_BOOL: Schema = {"type": "boolean"}
_UNIX_MS: Schema = {"type": "integer", "minimum": 1_000_000_000_000, "maximum": 9_999_999_999_999}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _closed(optional: Schema | None = None, /, **required: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


def _url(path: str) -> Schema:
    return {"type": "string", "pattern": rf"^http://127\.0\.0\.1:\d+/signed/[^/?]+/{path}\?"}


_TRANSCRIPT: Schema = {
    "oneOf": [{"type": "object", "required": ["turns"], "properties": {"turns": {"type": "array"}}}, _STR]
}
_RECORD_FIELDS: Schema = {
    "object": {"const": "omni.call"},
    "call_id": _STR,
    "session_label": _nullable({"type": "string", "maxLength": 256}),
    "status": {"enum": ["completed", "failed"]},
    "duration_s": _nullable({"type": "number", "minimum": 0}),
    "has_recording": _BOOL,
    "has_summary": _BOOL,
    "started_at": _nullable(_UNIX_MS),
    "created_at": _UNIX_MS,
}
_DETAIL_FIELDS: Schema = {
    "transcript": _TRANSCRIPT,
    "transcript_url": _url("transcript.json"),
    "recording_url": _url("recording.wav"),
    "summary": {"type": "object"},
    "error": _STR,
    "recording_result": _closed(terminal_reason=_STR),
}

RECORD = _closed(**_RECORD_FIELDS)
DETAIL = _closed(_DETAIL_FIELDS, **_RECORD_FIELDS)
PAGE = _closed(
    object={"const": "list"},
    data={"type": "array", "items": RECORD, "maxItems": 100},
    has_more=_BOOL,
    next_cursor=_nullable(_STR),
)
TRANSCRIPT = _closed(object={"const": "omni.call.transcript"}, call_id=_STR, transcript=_TRANSCRIPT)
RECORDING = _closed(
    object={"const": "omni.call.recording"},
    call_id=_STR,
    url=_url("recording.wav"),
    expires_at=_UNIX_MS,
    expires_in=_INT,
)
IDENTITY = _closed(
    object={"const": "identity"},
    key_id=_STR,
    org_id=_STR,
    project_id=_STR,
    env={"enum": ["test", "live"]},
    status=_STR,
    org_status=_STR,
    scopes={"type": "array", "items": _STR},
    expires_at=_nullable(_UNIX_MS),
    plan=_STR,
    limits={"type": "object", "required": ["rps", "burst", "concurrency"]},
    credit=_closed(gated=_BOOL, available_cents=_INT),
    key_budget_cents=_nullable(_INT),
)
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SPREAD = _closed(count=_COUNT, p50=_nullable(_NUMBER), p95=_nullable(_NUMBER), p99=_nullable(_NUMBER))
_FINDING = _closed(
    object={"const": "trace.finding"},
    id=_STR,
    interaction_id=_STR,
    agent_id=_STR,
    check_id=_STR,
    verdict=_STR,
    confidence=_NUMBER,
    reason=_STR,
    preempt_instruction=_STR,
    at_t=_NUMBER,
    tier={"const": 2},
    action={"enum": ["flag", "preempt_next", "escalate"]},
    severity={"enum": ["low", "medium", "high", "critical"]},
)
_ENTRY = _closed(
    {
        "text": _STR,
        "ttfb_ms": _INT,
        "endpointing_ms": _INT,
        "barge": _closed({"detect_ms": _INT, "recovered": _BOOL}),
        "tool_calls": {"type": "array", "items": _closed({"args": {}, "result": {}, "t_ms": _INT}, name=_STR)},
    },
    seq=_INT,
    t_ms=_INT,
    role=_STR,
)
TRACE = _closed(
    object={"const": "trace.interaction"},
    id=_STR,
    agent_id=_STR,
    verdict={"enum": ["PASS", "WARN", "FAIL"]},
    findings=_COUNT,
    blocked_turns=_COUNT,
    modified_turns=_COUNT,
    packs_enforced=_STR,
    scored_at=_UNIX_MS,
    audit_hash=_STR,
    scorecard={"type": "object"},
    timeline={"type": "array", "items": _ENTRY},
    quality_metrics=_closed(
        **{
            name: _nullable(_NUMBER)
            for name in ("wer", "ttfb_ms", "turn_p95_ms", "barge_recovery", "task_success", "vaqi")
        }
    ),
    derived_metrics=_closed(
        turns=_COUNT,
        tool_calls=_COUNT,
        turns_by_role={"type": "object", "additionalProperties": _COUNT},
        ttfb_ms=_SPREAD,
        endpointing_ms=_SPREAD,
        barge=_closed(count=_COUNT, recovered=_COUNT, recovery_rate=_nullable(_NUMBER), detect_ms=_SPREAD),
    ),
    tier2_findings={"type": "array", "items": _FINDING},
)
RECAP = _closed(
    object={"const": "recap.call"},
    call_id=_STR,
    pack_id=_STR,
    status={"enum": ["pending", "processing", "complete", "failed"]},
    call_duration_s=_nullable(_NUMBER),
    created_at=_UNIX_MS,
    completed_at=_nullable(_UNIX_MS),
    record={"type": "object"},
    error=_nullable(_STR),
    crm_write_status=_nullable(_STR),
)
GATEWAY_ERROR = _closed(error=_closed(message=_STR, type=_STR, code=_STR, param=_nullable(_STR)))
PROBLEM = _closed(
    type={"type": "string", "format": "uri"},
    title=_STR,
    status={"type": "integer", "minimum": 400, "maximum": 599},
    detail=_STR,
    request_id=_STR,
)


def check(content: object, schema: Schema) -> None:
    """Raises ``jsonschema.ValidationError`` where the content does not meet the schema."""
    jsonschema.Draft202012Validator(schema).validate(content)
