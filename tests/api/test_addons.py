"""Trace and Recap: one request each, lenient about all that nobody promises, and refusals that are no errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.conftest import ClientOf
from tests.faults import FaultServer, answer, says
from tui.api.addons import RECAP, TRACE, Addon
from tui.api.recap import parse_recap
from tui.api.trace import parse_trace
from tui.core.details.recap import Recap, RecapMoment, RecapQuote
from tui.core.details.trace import Barge, Finding, Spread, Trace, TraceEntry
from tui.core.details.unavailable import Unavailable
from tui.core.errors import BadAnswerError, OmniError, RefusedError, UnreachableError, UsageError

INTERACTION = {
    "object": "trace.interaction",
    "id": "c1",
    "verdict": "WARN",
    "scored_at": 1_700_000_000_000,
    "findings": 2,
    "blocked_turns": 1,
    "packs_enforced": ["a"],
    "audit_hash": "x",
    "timeline": [
        {"seq": 0, "t_ms": 400, "role": "assistant", "text": "Hi", "ttfb_ms": 310},
        {"seq": 1, "t_ms": 900, "role": "user", "endpointing_ms": 280.5, "barge": {"detect_ms": 90, "recovered": True}},
        5,
        {"role": 7, "text": None, "t_ms": "soon", "ttfb_ms": True, "barge": "yes"},
    ],
    "derived_metrics": {
        "ttfb_ms": {"count": 1, "p50": 310, "p95": 310, "p99": None},
        "endpointing_ms": {"count": 0, "p50": None},
        "barge": {"count": 1, "recovered": 1, "detect_ms": {"count": 1, "p50": 90}},
    },
    "tier2_findings": [
        {
            "check_id": "hallucination",
            "verdict": "concern",
            "confidence": 0.8,
            "reason": "why",
            "at_t": 12.5,
            "tier": 2,
        },
        "x",
    ],
}
RECORDED = {
    "object": "recap.call",
    "call_id": "c1",
    "pack_id": "sales_outbound",
    "status": "complete",
    "record": {
        "tldr": "short",
        "summary": None,
        "next_steps": "call back",
        "moments": [{"category": "pricing", "offset_s": 12, "description": "asked"}, {"offset_s": "?"}, 5],
        "risk_signals": [{"quote": "too slow", "category": "churn", "severity": "high"}, {"quote": None, "a": 1}],
        "objections": "none",
        "analytics": {"talk_ratio": 0.5},
        "key_decisions": [],
    },
}


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_an_interaction_is_read_as_far_as_it_is_understood() -> None:
    assert parse_trace(body(INTERACTION), "c1") == Trace(
        verdict="WARN",
        scored_at_ms=1_700_000_000_000,
        entries=(
            TraceEntry("assistant", "Hi", 400, ttfb_ms=310),
            TraceEntry("user", "", 900, None, 280.5, Barge(90, recovered=True)),
            TraceEntry(),
        ),
        findings=(Finding("hallucination", "concern", confidence="0.8", at="12.5", reason="why"),),
        ttfb=Spread(1, 310, 310),
        endpointing=Spread(0),
        barges=1,
        recovered=1,
        detection=Spread(1, 90),
        counts={"findings": 2, "blocked_turns": 1},
        rest={"packs_enforced": ["a"], "audit_hash": "x"},
    )


def test_a_recap_is_read_as_far_as_it_is_understood() -> None:
    assert parse_recap(body(RECORDED), "c1") == Recap(
        status="complete",
        pack="sales_outbound",
        texts={"tldr": "short", "next steps": "call back"},
        moments=(RecapMoment("pricing", "asked", 12), RecapMoment()),
        quotes=(
            RecapQuote("risk signal", "too slow", {"category": "churn", "severity": "high"}),
            RecapQuote("risk signal", "", {"quote": None, "a": 1}),
        ),
        rest={"moments": [5], "objections": "none", "analytics": {"talk_ratio": 0.5}},
    )


@pytest.mark.parametrize("value", [{}, {"timeline": 5, "derived_metrics": [], "tier2_findings": {}, "record": "x"}])
def test_no_field_is_required(value: Any) -> None:
    assert parse_trace(body(value), "c1").entries == ()
    assert parse_recap(body(value), "c1").texts == {}


@pytest.mark.parametrize("parse", [parse_trace, parse_recap])
@pytest.mark.parametrize("value", [None, 5, [], {"id": "c2", "call_id": "c2"}])
def test_what_is_no_object_or_of_another_call_is_refused(parse: Any, value: Any) -> None:
    with pytest.raises(BadAnswerError):
        parse(body(value), "c1")


def test_more_items_than_are_listed_stay_raw() -> None:
    recap = parse_recap(body({"record": {"moments": [{}] * 1_500}}), "c1")
    assert (len(recap.moments), len(recap.rest["moments"])) == (1_000, 500)


def gateway(code: str) -> bytes:
    return body({"error": {"message": "no", "code": code}})


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        ("402 X", gateway("recap_not_enabled"), "not part of the account's plan (402 recap_not_enabled)"),
        ("402 X", b"", "not part of the account's plan (402)"),
        ("402 X", gateway("credit_exhausted"), "the account's credit is used up (402 credit_exhausted): “no”"),
        ("403 X", gateway("insufficient_scope"), "the key lacks the scope recap:read"),
        ("403 X", b"<html>", "the key lacks the scope recap:read"),
        ("403 X", gateway("org_suspended"), "the organisation is suspended (403 org_suspended): “no”"),
        ("404 X", gateway("not_found"), "there is no recap of this call"),
        ("404 X", b"", "there is no recap of this call"),
        ("404 X", gateway("unknown_route"), "this server has no Recap"),
    ],
)
async def test_what_is_not_to_be_had_is_an_answer(status: str, said: bytes, reason: str, client_of: ClientOf) -> None:
    async with FaultServer.following(says(answer(said, status))) as server, client_of(server.base_url) as client:
        assert await client.addon(RECAP, "a/b") == Unavailable(reason)
    assert len(server.requests) == 1
    assert server.requests[0].startswith(b"GET /v1/recap/calls/a%2Fb HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        ("401 X", b"", RefusedError),
        ("503 X", b"", UnreachableError),
        ("400 X", b"", UsageError),
        ("200 OK", b"[", BadAnswerError),
    ],
)
async def test_other_refusals_are_errors(status: str, said: bytes, error: type[OmniError], client_of: ClientOf) -> None:
    async with FaultServer.following(says(answer(said, status))) as server, client_of(server.base_url) as client:
        with pytest.raises(error):
            await client.addon(TRACE, "c1")


@pytest.mark.parametrize(("addon", "parsed"), [(TRACE, Trace()), (RECAP, Recap())])
async def test_an_answer_takes_one_request(addon: Addon[Any], parsed: object, client_of: ClientOf) -> None:
    async with FaultServer.following(says(answer(b"{}"))) as server, client_of(server.base_url) as client:
        assert await client.addon(addon, "c1") == parsed
    assert len(server.requests) == 1
