"""What follows from a transcript and its record: one rule for each fact, and no number breaks one."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.api.call_record import parse_call
from tui.api.wire import parse_transcript
from tui.core.anomalies import Anomalies
from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.errors import BadAnswerError, UsageError
from tui.core.export import FORMATS
from tui.core.export.model import Options
from tui.core.layout import TimeLabels, TimeStyle
from tui.core.record import Call
from tui.core.transcript import Transcript
from tui.screens import presenters

CLOCK = Clock(UTC, lambda: 1_794_500_000_000)


def test_the_records_start_goes_before_the_first_turns() -> None:
    record = Call("c1", started_at_ms=5)
    assert CallDocument(Transcript("c1", epoch_ms=7), record).start_ms == 5
    assert CallDocument(Transcript("c1", epoch_ms=7), Call("c1")).start_ms == 7
    assert CallDocument(Transcript("c1")).start_ms is None


HOUR_MS = 3_600_000
DONE = Call("c1", status="Completed", started_at_ms=5 * HOUR_MS, duration_s=60.0)


@pytest.mark.parametrize(
    ("cached_ms", "record", "may_have"),
    [
        (9 * HOUR_MS, DONE, False),
        (6 * HOUR_MS, DONE, True),
        (6 * HOUR_MS + 60_000, DONE, False),
        (9 * HOUR_MS, Call("c1", status="completed", created_at_ms=8 * HOUR_MS), False),
        (9 * HOUR_MS, Call("c1", status="completed", created_at_ms=8 * HOUR_MS + 1), True),
        (9 * HOUR_MS, Call("c1", status="complete", created_at_ms=8 * HOUR_MS), False),
        (9 * HOUR_MS, Call("c1", status="in_progress", created_at_ms=5), True),
        (9 * HOUR_MS, Call("c1", status="completed"), True),
        (9 * HOUR_MS, None, True),
        (None, DONE, True),
    ],
)
def test_a_completed_call_changes_no_more_an_hour_after_its_end(
    cached_ms: int | None, record: Call | None, may_have: bool
) -> None:
    assert CallDocument(Transcript("c1", cached_ms=cached_ms), record).may_have_changed is may_have


def test_the_clock_beside_a_turn_is_what_was_sent() -> None:
    record = Call("c1", started_at_ms=5)
    assert CallDocument(Transcript("c1", epoch_ms=7), record).clock_zero_ms == 7
    assert CallDocument(Transcript("c1"), record).clock_zero_ms == 5


def test_the_fetched_record_goes_before_the_one_in_the_transcript() -> None:
    transcript = Transcript("c1", record=Call("c1", "in it"))
    assert CallDocument(transcript).record.label == "in it"
    assert CallDocument(transcript, Call("c1", "fetched")).record.label == "fetched"


@pytest.mark.parametrize("length_s", [None, -1.0, 1e306, float("inf"), float("nan"), 1e9])
def test_a_length_that_cannot_be_is_the_turns(length_s: float | None) -> None:
    assert CallDocument(Transcript("c1"), Call("c1", duration_s=length_s)).length_ms(900) == 900
    assert CallDocument(Transcript("c1"), Call("c1", duration_s=2.5)).length_ms(900) == 2500


numbers = st.one_of(
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 1e306, -1e306, 5e-324, 10**11, 10**13, 10**13 + 1, 1_794_500_000_000]),
).map(json.dumps)
numerals = st.one_of(numbers, numbers.map(json.dumps), st.sampled_from(["1e999", "-1e999"]))
"""Numbers as JSON, also as strings, and beyond what a float holds."""


def an_object(*keys: str) -> st.SearchStrategy[str]:
    fields = st.fixed_dictionaries({}, optional=dict.fromkeys(keys, numerals))
    return fields.map(lambda named: ", ".join(f"{json.dumps(key)}: {value}" for key, value in named.items()))


turns = st.lists(
    an_object(
        "role", "speaker", "text", "content", "start_ms", "end_ms", "start", "end", "seq", "tool_calls", "result"
    ).map("{{{}}}".format),
    max_size=4,
)
records = an_object("duration_s", "started_at", "created_at", "status", "session_label", "error", "summary")


def rendered(transcript: Transcript, call: Call | None) -> Any:
    """Everything that is made of a call for a reader."""
    anomalies = Anomalies()
    anomalies.take(transcript.turns)
    yield presenters.header(CallDocument(transcript, call), anomalies, CLOCK)
    labels = TimeLabels(epoch_ms=CallDocument(transcript, call).clock_zero_ms, zone=UTC)
    for style in TimeStyle:
        yield [labels._replace(style=style).label(transcript.turns, turn.index) for turn in transcript.turns]
    for format_ in FORMATS.values():
        yield format_.render(CallDocument(transcript, call), Options()).text.encode()


@given(turns, records, records)
@settings(max_examples=150, deadline=None)
def test_no_number_in_any_field_breaks_what_is_shown_or_written(said: list[str], inside: str, record: str) -> None:
    document = f'{{"transcript": [{", ".join(said)}]{", " if inside else ""}{inside}}}'
    transcript = parse_transcript(document.encode(), call_id="c1")
    for call in (None, parse_call(f"{{{record}}}".encode(), call_id="c1")):
        assert all(thing is not None for thing in rendered(transcript, call))


def test_a_number_of_five_thousand_digits_is_refused_in_one_line() -> None:
    with pytest.raises(BadAnswerError, match="number out of range"):
        parse_transcript(b'{"turns": [], "duration_s": %s}' % (b"1" * 5_000), call_id="c1")


def test_what_is_no_transcript_stays_none() -> None:
    with pytest.raises(UsageError):
        FORMATS["srt"].render(CallDocument(Transcript("c1", plain="text")), Options())
