"""The columns of the list of calls fit into every window, the most important first."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.call_list_columns import Widths, columns
from tui.core.call_row import CallRow

USUAL = Widths(12, 6, 9, 17, 18)
WIDTHS = st.builds(
    Widths, st.integers(11, 17), st.integers(6, 8), st.integers(9, 14), st.integers(8, 32), st.integers(8, 40)
)


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (20, "label call_id"),
        (60, "when label call_id"),
        (80, "when length status label call_id kept"),
        (120, "when length status label call_id kept recording summary_or_error"),
        (200, "when length status label call_id kept recording summary_or_error"),
    ],
)
def test_a_wider_window_has_more_columns(width: int, names: str) -> None:
    assert [column.name for column in columns(width, USUAL, 2)] == names.split()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_usual_labels_and_ids_are_whole_from_80_columns_on(width: int) -> None:
    sizes = {column.name: column.width for column in columns(width, USUAL, 2)}
    assert (sizes["label"], sizes["call_id"]) == (17, 18)


@given(st.integers(20, 400), WIDTHS)
def test_columns_fit_and_do_not_overlap(width: int, needed: Widths) -> None:
    placed = columns(width, needed, 2)
    assert placed[-1].start + placed[-1].width <= width
    for left, right in pairwise(placed):
        assert left.start + left.width < right.start


def test_widths_grow_with_the_rows_within_bounds() -> None:
    row = CallRow("2 Nov 14:03", "4:11", "completed", "x" * 99, "日本語" * 3, "yes", "")
    grown = Widths().grown([row])
    assert grown == Widths(11, 6, 9, 32, 18)
    assert grown.grown([row._replace(label="")]) == grown
