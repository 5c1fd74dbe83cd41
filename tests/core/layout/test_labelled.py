"""A time that was typed as it is displayed leads to the turn beside which it stands."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout.labelled import turn_labelled
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.target import parse_locator
from tui.core.transcript import Turn, turn_at

START_MS = 1_794_492_191_250  # 12 Nov 2026, 14:03:11.25 UTC
CHANGE_MS = 1_792_889_990_000  # ten seconds before clocks go back in Berlin in 2026
ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")]
TIMES_MS = st.none() | st.integers(-90_000, 7_300_000) | st.sampled_from([10**11, -(10**11), 10**30])


@st.composite
def some_turns(draw: st.DrawFn) -> list[Turn]:
    """Turns whose times are missing, equal, reversed, overlapping or beyond any calendar."""
    pairs = draw(st.lists(st.tuples(TIMES_MS, TIMES_MS), min_size=1, max_size=12))
    return [Turn(index, "user", "a", *pair) for index, pair in enumerate(pairs)]


@given(
    some_turns(),
    st.sampled_from(TimeStyle),
    st.none() | st.sampled_from([START_MS, CHANGE_MS, 0, 10**15]),
    st.sampled_from(ZONES),
)
def test_every_displayed_time_finds_its_turn(
    turns: list[Turn], style: TimeStyle, epoch_ms: int | None, zone: timezone
) -> None:
    labels = TimeLabels(style, epoch_ms, zone)
    for turn in turns:
        label = labels.label(turns, turn.index)
        if label:
            assert turn_labelled(labels, turns, label, turn.index - 1) == turn.index
            for after in range(-1, len(turns)):
                found = turn_labelled(labels, turns, label, after)
                assert found is not None
                assert labels.label(turns, found) == label


@given(st.lists(st.integers(-90_000, 7_300_000), min_size=1, max_size=12))
def test_a_displayed_offset_finds_a_turn_that_displays_it(starts: list[int]) -> None:
    turns = [Turn(index, "user", "a", start) for index, start in enumerate(starts)]
    for turn in turns:
        label = TimeLabels().label(turns, turn.index)
        led = parse_locator(label).index_in(turns)
        assert TimeLabels().label(turns, led) == label


def test_each_turn_is_found_by_its_offset() -> None:
    turns = [Turn(index, "user", "a", index * 1_449) for index in range(2_000)]
    labels = TimeLabels()
    assert all(parse_locator(labels.label(turns, index)).index_in(turns) == index for index in range(2_000))


def test_of_several_turns_the_next_is_found() -> None:
    turns = [Turn(index, "user", "a", start) for index, start in enumerate([8_000, 9_000, 8_050, 8_099])]
    led, seen = -1, []
    for _ in range(4):
        led = turn_labelled(TimeLabels(), turns, "0:08.0", led) or 0
        seen.append(led)
    assert seen == [0, 2, 3, 0]


@pytest.mark.parametrize(
    ("typed", "turn"),
    [
        ("14:03:11", 0),
        ("14:03:15.2", 1),
        (" 14:03:14 ", 0),
        ("14:03:20", 2),
        ("14:03", 0),
        ("14:04", 2),
        ("14:04.5", None),
        ("14:05", None),
        ("14:02", None),
        ("0:04.0", None),
        ("14:03:10", None),
        ("23:59:59", None),
        ("14", None),
        ("3", None),
        ("50%", None),
        ("", None),
        ("x", None),
    ],
)
def test_a_typed_clock_time_finds_its_turn(typed: str, turn: int | None) -> None:
    turns = [Turn(index, "user", "a", start) for index, start in enumerate([0, 4_000, 8_000, 60_000])]
    assert turn_labelled(TimeLabels(TimeStyle.UTC, START_MS), turns, typed, -1) == turn


@pytest.mark.parametrize(
    ("offset_ms", "turn"), [(0, 0), (2_400, 1), (2_000, 1), (3_000, 1), (4_400, 2), (4_000, 2), (5_000, 3), (99_000, 4)]
)
def test_a_whole_second_finds_the_turn_that_begins_in_it(offset_ms: int, turn: int) -> None:
    starts = zip(range(5), cycle(["user"]), cycle(["a"]), [500, 2_449, 4_449, 5_999, 6_000], strict=False)
    assert turn_at([Turn(*fields) for fields in starts], offset_ms) == turn
