"""The figures agree to the millisecond with those of somebody who only reads the rules."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.timing.calls import turns_at_random
from tests.core.timing.naive import insights
from tui.commands.insights import as_document
from tui.core.call import CallDocument
from tui.core.timing import measure, measuring
from tui.core.transcript import Call, Transcript, Turn


def told(turns: list[Turn], duration_ms: int | None = None) -> dict[str, Any]:
    record = None if duration_ms is None else Call("c", duration_s=duration_ms / 1000)
    document = CallDocument(Transcript("c", turns), record)
    facts: dict[str, Any] = json.loads(as_document(document, measure(turns)))
    return facts


@given(turns_at_random(), st.one_of(st.none(), st.integers(1, 100_000)))
@settings(max_examples=150, deadline=None)
def test_every_figure_and_moment_is_that_of_the_rules(turns: list[Turn], duration_ms: int | None) -> None:
    naive = insights("c", turns, duration_ms)
    assert told(turns, duration_ms) == naive


@given(turns_at_random())
@settings(max_examples=50, deadline=None)
def test_pauses_between_slices_change_nothing(turns: list[Turn]) -> None:
    with patch("tui.core.timing.measure._SLICE", 3):
        assert len(list(measuring(turns))) >= len(turns) // 3
        assert told(turns) == insights("c", turns)
