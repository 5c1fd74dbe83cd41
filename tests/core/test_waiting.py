"""How long it is waited for a transcript, and when that is in vain."""

from __future__ import annotations

import pytest

from tui.core.record import Call
from tui.core.waiting import PATIENCE_S, is_final, never_comes, parse_patience, pauses, record_words

HOUR_MS = 3_600_000


@pytest.mark.parametrize("patience_s", [0.5, 2.0, 60.0, PATIENCE_S])
def test_the_pauses_grow_and_add_up_to_the_patience(patience_s: float) -> None:
    found = list(pauses(patience_s))
    assert sum(found) == pytest.approx(patience_s)
    assert found[:-1] == sorted(found[:-1])
    assert max(found) <= 15.0


def test_an_hour_of_looking_takes_few_requests() -> None:
    assert len(list(pauses(60.0))) <= 8
    assert len(list(pauses(PATIENCE_S))) <= 65


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (None, None),
        (Call("c1"), None),
        (Call("c1", status="completed", created_at_ms=0), None),
        (Call("c1", status="failed"), "a call that failed before any speech has no transcript"),
        (
            Call("c1", created_at_ms=-HOUR_MS - 2),
            "a transcript comes some seconds after a call, and this one was recorded 1 hour ago",
        ),
    ],
)
def test_a_failed_or_an_old_call_gets_no_transcript(call: Call | None, reason: str | None) -> None:
    assert never_comes(call, 0) == reason


def test_a_clock_that_is_behind_is_no_reason_to_give_up() -> None:
    assert never_comes(Call("c1", created_at_ms=HOUR_MS * 50), 0) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (None, "no record of the call yet"),
        (Call("c1"), "status unknown"),
        (Call("c1", status="failed", error="a\x1b[2Jb"), "status failed, error: “a␛b”"),
        (Call("c1", status="completed", created_at_ms=0), "status completed, recorded 12 seconds ago"),
    ],
)
def test_what_the_record_says(call: Call | None, words: str) -> None:
    assert record_words(call, 12_000) == words


@pytest.mark.parametrize(
    ("status", "final"),
    [
        ("completed", True),
        ("COMPLETED", True),
        ("complete", True),
        ("failed", True),
        ("processing", False),
        (None, False),
    ],
)
def test_only_an_ended_call_is_final(status: str | None, final: bool) -> None:
    assert is_final(Call("c1", status=status)) is final
    assert not is_final(None)


@pytest.mark.parametrize(("word", "seconds"), [("60", 60), ("60s", 60), ("1m30s", 90), ("1:30", 90), ("0.5s", 0.5)])
def test_a_patience_is_a_time_or_a_number_of_seconds(word: str, seconds: float) -> None:
    assert parse_patience(word) == seconds


@pytest.mark.parametrize("word", ["", "0", "-5s", "x", "25:00:00", "9" * 400, "٣"])
def test_no_patience_and_endless_patience_are_refused(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - either of two messages
        parse_patience(word)
