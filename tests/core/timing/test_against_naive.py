"""The figures agree to the millisecond with those of somebody who only reads the rules."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.timing.calls import renumbered, turns_at_random
from tests.core.timing.naive import insights
from tui.commands.insights import as_document
from tui.core.call import CallDocument
from tui.core.limits import SILENCE_MS
from tui.core.record import Call
from tui.core.timing import Timing, measure, measuring
from tui.core.transcript import Transcript, Turn


def told(turns: list[Turn], duration_ms: int | None = None, timing: Timing | None = None) -> dict[str, Any]:
    record = None if duration_ms is None else Call("c", duration_s=duration_ms / 1000)
    document = CallDocument(Transcript("c", turns), record)
    facts: dict[str, Any] = json.loads(as_document(document, timing or measure(turns)))
    return facts


@given(turns_at_random(), st.one_of(st.none(), st.integers(1, 100_000)))
@settings(max_examples=150, deadline=None)
def test_every_figure_and_moment_is_that_of_the_rules(turns: list[Turn], duration_ms: int | None) -> None:
    naive = insights("c", turns, duration_ms)
    assert told(turns, duration_ms) == naive


def in_slices(turns: list[Turn], at_once: int, silence_ms: int = SILENCE_MS) -> Timing:
    slices = measuring(turns, silence_ms, at_once)
    while True:
        try:
            next(slices)
        except StopIteration as end:
            timing: Timing = end.value
            return timing


@pytest.mark.parametrize("at_once", [1, 2, 7])
@given(turns=turns_at_random())
@settings(max_examples=80, deadline=None)
def test_the_size_of_slices_changes_nothing(at_once: int, turns: list[Turn]) -> None:
    assert len(list(measuring(turns, at_once=at_once))) >= len(turns) // at_once
    assert told(turns, timing=in_slices(turns, at_once)) == told(turns) == insights("c", turns)


@given(turns_at_random(), st.integers(1, 6000), st.sampled_from((1, 2, 7, 100)))
@settings(max_examples=100, deadline=None)
def test_errors_and_silences_do_not_depend_on_slices(turns: list[Turn], silence_ms: int, at_once: int) -> None:
    failing = [replace(turn, extra={"error": "x"}) if turn.end_ms % 3 == 0 else turn for turn in turns if turn.end_ms]
    turns = renumbered(failing)
    sliced, whole = in_slices(turns, at_once, silence_ms), measure(turns, silence_ms)
    assert (sliced.moments, sliced.silences) == (whole.moments, whole.silences)
