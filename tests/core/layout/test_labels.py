"""Each style of time, and what is shown where a time is not known."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.transcript import Turn

TURNS = (
    Turn(0, "user", "a", 250, 1_000),
    Turn(1, "assistant", "b", 4_250, 5_000),
    Turn(2, "user", "c", 4_200),
    Turn(3, "user", "d"),
    Turn(4, "user", "e", 70_000),
    Turn(5, "user", "f", 75_500),
)
START_MS = 1_794_492_191_250  # 12 Nov 2026, 14:03:11.25 UTC
EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("style", "labels"),
    [
        (TimeStyle.OFFSET, ["0:00.2", "0:04.2", "0:04.2", "", "1:10.0", "1:15.5"]),
        (TimeStyle.LOCAL, ["19:33:11.5", "19:33:15.5", "19:33:15.4", "", "19:34:21.2", "19:34:26.7"]),
        (TimeStyle.UTC, ["14:03:11.5", "14:03:15.5", "14:03:15.4", "", "14:04:21.2", "14:04:26.7"]),
        (TimeStyle.GAP, ["0:00.2", "+3.3 s", "-0.8 s", "", "", "+5.5 s"]),
        (TimeStyle.OFF, [""] * 6),
    ],
)
def test_each_style_writes_the_known_times(style: TimeStyle, labels: list[str]) -> None:
    written = TimeLabels(style, START_MS, EAST)
    assert [written.label(TURNS, index) for index in range(len(TURNS))] == labels


def test_a_gap_behind_a_backchannel_counts_from_the_end_of_the_longer_turn() -> None:
    short = [Turn(at, "user", "mhm", at * 1_000, at * 1_000 + 200) for at in range(1, 13)]
    turns = (Turn(0, "assistant", "a", 0, 20_000), *short, Turn(13, "assistant", "b", 20_100, 22_000))
    labels = [TimeLabels(TimeStyle.GAP).label(turns, index) for index in (0, 1, 12, 13)]
    assert labels == ["0:00.0", "-19.0 s", "-8.0 s", "+0.1 s"]


@pytest.mark.parametrize("style", [TimeStyle.LOCAL, TimeStyle.UTC])
def test_without_a_start_the_wall_clock_is_the_offset(style: TimeStyle) -> None:
    assert TimeLabels(style).label(TURNS, 1) == "0:04.2"


def test_clock_styles_need_a_known_start() -> None:
    assert TimeLabels(epoch_ms=START_MS).styles() == tuple(TimeStyle)
    assert TimeLabels().styles() == (TimeStyle.OFFSET, TimeStyle.GAP, TimeStyle.OFF)


@pytest.mark.parametrize("style", TimeStyle)
@pytest.mark.parametrize("start_ms", [-(10**30), -1, 0, 10**30])
def test_any_time_has_a_label(style: TimeStyle, start_ms: int) -> None:
    turns = (Turn(0, "user", "a", start_ms), Turn(1, "user", "a", -start_ms))
    labels = [TimeLabels(style, START_MS).label(turns, index) for index in (0, 1)]
    assert all(len(label) < 16 for label in labels)
