"""What is known of a call after each thing that a fetch may tell."""

from __future__ import annotations

import pytest

from tui.core.errors import NotFoundError, RefusedError, UnreachableError
from tui.core.record import Call
from tui.core.transcript import Transcript, Turn
from tui.screens.fetch_state import FetchState

TURNS = Transcript("c1", [Turn(0, "user", "hello")])
PLAIN = Transcript("c1", plain="")
EMPTY = Transcript("c1")
MISSING = NotFoundError("no transcript")


def test_turns_or_a_plain_text_can_be_read_and_an_empty_transcript_not() -> None:
    assert not FetchState().has_turns
    assert FetchState().fetched(TURNS).has_turns
    assert FetchState().fetched(PLAIN).has_turns
    empty = FetchState().fetched(EMPTY)
    assert not empty.has_turns
    assert isinstance(empty.failure, NotFoundError)


def test_a_failure_takes_nothing_away_and_turns_take_the_failure_away() -> None:
    failed = FetchState().fetched(TURNS).recorded(Call("c1", label="x")).failed(UnreachableError("no"))
    assert failed.has_turns
    assert failed.call == Call("c1", label="x")
    assert failed.fetched(PLAIN).failure is None


@pytest.mark.parametrize(
    ("state", "may_come"),
    [
        (FetchState(), False),
        (FetchState().failed(MISSING), True),
        (FetchState().fetched(EMPTY), True),
        (FetchState().failed(RefusedError("no")), False),
        (FetchState().failed(MISSING).recorded(Call("c1", status="completed")), True),
        (FetchState().failed(MISSING).recorded(Call("c1", status="failed")), False),
        (FetchState().failed(MISSING).fetched(TURNS), False),
    ],
)
def test_a_transcript_may_still_come_unless_the_call_failed(state: FetchState, may_come: bool) -> None:
    assert state.may_still_come is may_come


def test_the_fetched_record_goes_before_the_one_in_the_document() -> None:
    state = FetchState().fetched(Transcript("c1", TURNS.turns, record=Call("c1", label="inside")))
    assert state.document is not None
    assert state.record == Call("c1", label="inside")
    assert state.recorded(Call("c1", label="fetched")).record == Call("c1", label="fetched")
    assert FetchState().document is None
