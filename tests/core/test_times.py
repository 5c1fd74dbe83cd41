"""The formats of times: examples, and that no int and no zone breaks them."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core import times

BERLIN = ZoneInfo("Europe/Berlin")
CALLED_MS = 1_762_956_191_250  # 12 Nov 2025, 14:03:11.250 UTC
ANY_INT = st.one_of(st.integers(), st.integers().map(lambda n: n * 10**30), st.integers(-400_000, 400_000))
DRAWN_ZONES = st.one_of(
    st.just(BERLIN), st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
)


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (0, "0:00.0"),
        (4_200, "0:04.2"),
        (59_999, "0:59.9"),
        (60_000, "1:00.0"),
        (3_723_400, "1:02:03.4"),
        (-1_200, "-0:01.2"),
        (-99, "0:00.0"),
        (-100, "-0:00.1"),
        (10**30, "> 9999 h"),
        (-(10**30), "< -9999 h"),
    ],
)
def test_offset(ms: int, expected: str) -> None:
    assert times.offset(ms) == expected


@pytest.mark.parametrize(
    ("ms", "expected"),
    [(0, "0:00"), (252_000, "4:12"), (251_600, "4:12"), (3_723_000, "1:02:03"), (-600, "0:00")],
)
def test_duration_is_to_the_nearest_second(ms: int, expected: str) -> None:
    assert times.duration(ms) == expected


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (3_210, "+3.2 s"),
        (0, "+0.0 s"),
        (-49, "+0.0 s"),
        (-50, "-0.1 s"),
        (59_950, "+1:00.0"),
        (-59_950, "-1:00.0"),
        (3_250, "+3.3 s"),
        (-810, "-0.8 s"),
        (72_400, "+1:12.4"),
        (-72_400, "-1:12.4"),
    ],
)
def test_gap(ms: int, expected: str) -> None:
    assert times.gap(ms) == expected


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (83_900, "1 minute 23 seconds"),
        (0, "0 seconds"),
        (61_000, "1 minute 1 second"),
        (3_603_000, "1 hour 3 seconds"),
        (-2_000, "minus 2 seconds"),
        (-900, "0 seconds"),
        (10**20, "more than 9999 hours"),
        (-(10**20), "minus more than 9999 hours"),
    ],
)
def test_spoken(ms: int, expected: str) -> None:
    assert times.spoken(ms) == expected


def test_clock_and_date_follow_the_zone() -> None:
    assert times.clock(CALLED_MS, UTC) == "14:03:11.2"
    assert times.clock(CALLED_MS, BERLIN) == "15:03:11.2"
    assert times.date_time(CALLED_MS, UTC) == "12 Nov 2025 14:03"
    assert times.date_time(CALLED_MS, BERLIN, this_year=2025) == "12 Nov 15:03"
    assert times.date_time(CALLED_MS, BERLIN, this_year=2026) == "12 Nov 2025 15:03"


def test_before_1970_and_at_the_end_of_the_calendar() -> None:
    assert times.clock(-1, UTC) == "23:59:59.9"
    last_ms = int(datetime(9999, 12, 31, 23, 59, tzinfo=UTC).timestamp()) * 1000
    assert times.clock(last_ms, UTC) == "23:59:00.0"
    assert times.clock(last_ms, timezone(timedelta(hours=1))) == "> 9999 h"
    assert times.date_time(10**20, UTC) == "> 9999 h"


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (4_200, "00:00:04.200"),
        (3_723_004, "01:02:03.004"),
        (400_000_001, "111:06:40.001"),
        (-5, "00:00:00.000"),
    ],
)
def test_cue_timestamps(ms: int, expected: str) -> None:
    assert times.vtt_timestamp(ms) == expected
    assert times.srt_timestamp(ms) == expected.replace(".", ",")


@pytest.mark.parametrize(
    ("typed", "ms"),
    [
        ("1:23", 83_000),
        ("01:23", 83_000),
        ("1:02:03", 3_723_000),
        ("1:23.5", 83_500),
        ("1:23.04", 83_040),
        ("83s", 83_000),
        ("83.5s", 83_500),
        ("1m23s", 83_000),
        ("1H", 3_600_000),
        ("90:00", 5_400_000),
        (" -0:01.2 ", -1_200),
    ],
)
def test_parse_offset(typed: str, ms: int) -> None:
    assert times.parse_offset(typed) == ms


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "83",
        "1:2",
        "1:60",
        "1:2:03",
        "1:23.",
        "1:23.4567",
        "s",
        "#14",
        "50%",
        "١:٢٣",
        "1:23\n4",
        "9" * 5000 + "s",
    ],
)
def test_parse_offset_refuses(typed: str) -> None:
    with pytest.raises(ValueError, match="a time looks like"):
        times.parse_offset(typed)


@given(ANY_INT)
def test_what_is_shown_can_be_typed_back(ms: int) -> None:
    shown = times.offset(ms)
    if abs(ms) >= 10_000 * times.HOUR_MS:
        assert re.fullmatch(r"[<>] -?9999 h", shown)
    else:
        assert times.parse_offset(shown) == abs(ms) // 100 * 100 * (-1 if ms < 0 else 1)


@given(st.integers(0, 10**9 * times.HOUR_MS))
def test_cue_timestamps_lose_nothing(ms: int) -> None:
    hours, minutes, seconds = times.vtt_timestamp(ms).split(":")
    assert (int(hours) * 60 + int(minutes)) * 60_000 + int(seconds.replace(".", "")) == ms


@given(ANY_INT, DRAWN_ZONES)
def test_every_format_is_total_and_printable(ms: int, zone: tzinfo) -> None:
    shown = [
        times.clock(ms, zone),
        times.date_time(ms, zone),
        times.srt_timestamp(ms),
        times.vtt_timestamp(ms),
    ]
    shown += [write(ms) for write in (times.offset, times.duration, times.gap, times.spoken)]
    assert all(text.isprintable() and 0 < len(text) < 40 for text in shown)


@given(st.text(alphabet="0123456789:.-hmsHMS \n", max_size=20))
def test_parse_offset_answers_or_refuses(typed: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(times.parse_offset(typed), int)


@pytest.mark.parametrize(
    ("typed", "ms"),
    [("0", 0), ("1500", 1500), (" 1500ms", 1500), ("1500 MS", 1500), ("1.5s", 1500), ("2 s", 2000), ("0.007S", 7)],
)
def test_a_length_is_read_in_ms_or_seconds(typed: str, ms: int) -> None:
    assert times.parse_length(typed) == ms


@pytest.mark.parametrize(
    ("ms", "words"),
    [(-5, "0 seconds"), (1_999, "1 second"), (59_999, "59 seconds"), (60_000, "1 minute"), (7_200_000, "2 hours")],
)
def test_an_age_is_told_in_its_largest_unit(ms: int, words: str) -> None:
    assert times.age(ms) == words


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2025-11-01", "2025-11-01T00:00+01:00"),
        ("2025-07-01T14:30", "2025-07-01T14:30+02:00"),
        ("2025-11-01T14:30Z", "2025-11-01T15:30+01:00"),
        (" Today ", "2025-11-12T00:00+01:00"),
        ("yesterday", "2025-11-11T00:00+01:00"),
        ("90m", "2025-11-12T13:33:11.250+01:00"),
        ("36h", "2025-11-11T03:03:11.250+01:00"),
        ("1 w", "2025-11-05T15:03:11.250+01:00"),
    ],
)
def test_a_date_or_an_age_is_a_moment(typed: str, expected: str) -> None:
    expected_ms = datetime.fromisoformat(expected).timestamp() * 1000
    assert times.parse_when(typed, CALLED_MS, BERLIN) == expected_ms


@pytest.mark.parametrize("typed", ["", "soon", "7", "7y", "2025-13-01", "9999999d", "-3d", "0000-01-01"])
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="looks like"):
        times.parse_when(typed, CALLED_MS, BERLIN)


@pytest.mark.parametrize(
    ("zone", "expected"), [(UTC, "+00:00"), (BERLIN, "+01:00"), (ZoneInfo("Asia/Kolkata"), "+05:30")]
)
def test_the_offset_of_a_zone(zone: tzinfo, expected: str) -> None:
    assert times.zone_offset(CALLED_MS, zone) == expected
    assert times.zone_offset(10**30, zone) == ""
