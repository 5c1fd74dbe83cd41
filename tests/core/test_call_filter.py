"""The filter of the list of calls: words, phrases and a label."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.call_filter import line_of, parse_filter
from tui.core.call_row import CallRow

ROW = CallRow("12 Nov 14:03", "4:11", "completed", "Dental Front-Desk", "call_8Hq2", "yes", "Refund of “the deposit”")


@pytest.mark.parametrize(
    "typed",
    [
        "", "  ", "dental", "DENTAL 8hq2", "nov completed", '"front-desk"', '"12 nov"',
        "label:dental", 'label:"dental front"', "LABEL:desk refund", 'refund "the deposit', "label:",
    ],
)  # fmt: skip
def test_what_stands_in_the_line_is_found(typed: str) -> None:
    assert parse_filter(typed).holds(*line_of(ROW))


@pytest.mark.parametrize("typed", ["pizza", "dental pizza", "label:refund", '"nov 12"', "label:desk failed"])
def test_all_words_and_the_label_must_hold(typed: str) -> None:
    assert not parse_filter(typed).holds(*line_of(ROW))


@pytest.mark.parametrize(
    ("typed", "label"),
    [("label:Support-Line", "Support-Line"), ('x label:"two  words" y', "two  words"), ("labels:x", ""), ("x", "")],
)
def test_the_label_for_the_server_is_as_typed(typed: str, label: str) -> None:
    assert parse_filter(typed).exact_label == label


@given(st.text(max_size=40))
def test_every_text_has_a_meaning(typed: str) -> None:
    assert parse_filter(typed).holds(*line_of(ROW)) in {True, False}
