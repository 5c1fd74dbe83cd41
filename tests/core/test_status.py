"""How a call ended, in words."""

from __future__ import annotations

import pytest

from tui.core.record import Call
from tui.core.status import reason_words, status_words, terminal_reason


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("completed", "completed"),
        ("complete", "completed"),
        ("Error", "failed"),
        ("COMPLETED", "completed"),
        ("Failed", "failed"),
        ("in_progress", "in progress"),
        ("a\x1b[31mb", "ab"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_status_is_a_word_or_two(status: str | None, words: str) -> None:
    assert status_words(status) == words


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"recording_result": {"terminal_reason": "x"}}, "x"),
        ({"terminal_reason": "y"}, "y"),
        ({"recording_result": "x"}, None),
        ({"recording_result": {"terminal_reason": 5}, "terminal_reason": "y"}, "y"),
        ({"terminal_reason": " "}, None),
        ({}, None),
    ],
)
def test_a_terminal_reason_is_found_where_it_was_seen(fields: dict[str, object], reason: str | None) -> None:
    assert terminal_reason(Call("c1", fields=fields)) == reason


def test_a_known_reason_has_words_and_its_code() -> None:
    known = "engine_session_identity_missing"
    assert reason_words(known) == f"the engine had no identity for the session ({known})"
    assert reason_words("some\nthing") == "some thing"
