"""The record in words."""

from __future__ import annotations

from tui.core.details.facts import Fact, other_fields, record_facts
from tui.core.record import Call


def test_a_failed_call_tells_error_and_reason() -> None:
    fields = {
        "recording_result": {"terminal_reason": "x_y"},
        "usage": {"s": 5, "parts": [{"audio_url": "https://h/?signature=1", "log_url": None}]},
        "summary_url": "https://h/?signature=2",
        "transcript": {},
        "recording_url": "u",
        "status": "failed",
    }
    call = Call("c\x071", "line", "failed", 61.25, 1_000, 2_000, error="no\nway", fields=fields, odd=("length odd",))
    assert list(record_facts(call, lambda ms: f"<{ms}>", 62_000)) == [
        Fact("call", "c␇1"),
        Fact("status", "failed", is_trouble=True),
        Fact("error", "no way", is_trouble=True),
        Fact("reason", "x_y", is_trouble=True),
        Fact("label", "line"),
        Fact("started", "<1000>"),
        Fact("length", "1:01 (61.2 s)"),
        Fact("recorded", "<2000>, 1 minute ago"),
        Fact("odd", "length odd"),
    ]
    assert other_fields(call) == {
        "recording_result": {"terminal_reason": "x_y"},
        "usage": {"s": 5, "parts": [{"audio_url": "a link, not shown", "log_url": None}]},
        "summary_url": "a link, not shown",
    }


def test_an_empty_record_says_little() -> None:
    assert list(record_facts(Call("c1"), str, 0)) == [Fact("call", "c1"), Fact("status", "unknown")]
