"""Generates any number of deterministic calls, for lists that have to be scrolled."""

from __future__ import annotations

from random import Random

from tui.demo.calls import ServedCall, wrapped

_SEED = 2026
_NEWEST_MS = 1_794_400_000_000
_APART_MS = (40_000, 900_000)
_LENGTH_MS = (15_000, 600_000)
_LABELS = ("support-line", "parcel-desk", "pizza-orders", "dental-front-desk", "hotel-concierge", None)
_TOPICS = ("a refund", "an invoice", "a parcel", "a new address", "a table for four", "the opening hours", "a refund")
_FAILED_OF_100 = 4
_TURN_MS = 5_000


def many_calls(count: int) -> list[ServedCall]:
    """Calls, the newest first: of some labels, some failed, each with a short transcript of its own."""
    random, created_ms = Random(_SEED), _NEWEST_MS
    calls = []
    for number in range(count, 0, -1):
        calls.append(_call(f"call_many_{number:06}", created_ms, random))
        created_ms -= random.randint(*_APART_MS)
    return calls


def _call(call_id: str, created_ms: int, random: Random) -> ServedCall:
    length_ms, topic = random.randint(*_LENGTH_MS), random.choice(_TOPICS)
    has_failed = random.random() * 100 < _FAILED_OF_100
    record = {
        "session_label": random.choice(_LABELS),
        "status": "failed" if has_failed else "completed",
        "duration_s": length_ms / 1000,
        "has_recording": not has_failed,
        "has_summary": not has_failed,
        "started_at": created_ms - length_ms,
        "created_at": created_ms,
    }
    if has_failed:
        return ServedCall(call_id, record, {"error": "the line was closed before anybody spoke"})
    return ServedCall(call_id, record, {"summary": {"topic": topic}}, body=_body(call_id, topic))


def _body(call_id: str, topic: str) -> bytes:
    """The transcript of a call about something."""
    said = (
        ("assistant", "Good day. How can I help you?"),
        ("user", f"hello i am calling about {topic}"),
        ("assistant", f"You are calling about {topic}. Could I have your number, please?"),
        ("user", f"yes it is {call_id.removeprefix('call_many_')}"),
        ("assistant", "Thank you, that is settled. Goodbye."),
    )
    turns = [
        {"role": role, "text": text, "start_ms": at * _TURN_MS, "end_ms": at * _TURN_MS + 4_000}
        for at, (role, text) in enumerate(said)
    ]
    return wrapped(call_id, {"turns": turns})
