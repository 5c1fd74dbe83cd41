"""Formats and parses times: offsets, clocks, lengths, cue timestamps, words.

What a time means (gaps, overlaps, latencies) is not decided here. No int makes a formatting function raise, so a
hostile time cannot break the screen. Nothing depends on the locale or on the machine's zone; the caller passes the
zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from tui.core.counted import counted

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

BEYOND_MS = 10_000 * HOUR_MS
"""From here on a time is shown as "> 9999 h", which limits the width of columns."""

_LAST_CUE_MS = 10**9 * HOUR_MS
"""The latest cue timestamp; later ones are replaced by it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_CLOCK_FORM = re.compile(r"(-?)(?:([0-9]{1,4}):(?=[0-9]{2}:))?([0-9]{1,6}):([0-5][0-9])(?:\.([0-9]{1,3}))?")
_LENGTH_FORM = re.compile(r"([0-9]{1,9})(?: ?ms)?|([0-9]{1,6})(?:\.([0-9]{1,3}))? ?s", re.I)
_AGE_FORM = re.compile(r"([0-9]{1,6}) ?(m|h|d|w)", re.I)
_AGE_UNITS_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS, "w": 7 * DAY_MS}
_DAYS = {"today": 0, "yesterday": 1}
_UNIT_FORM = re.compile(r"(-?)(?:([0-9]{1,4})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})(?:\.([0-9]{1,3}))?s)?", re.I)


def _split(ms: int) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds and milliseconds of a non-negative time."""
    seconds, rest_ms = divmod(ms, SECOND_MS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, seconds, rest_ms


def offset(ms: int, *, tenths: bool = True) -> str:
    """The time since the start of the session: "0:04.2", "1:02:03.4", "-0:01.2".

    Truncated towards zero, as on a running clock; zero has no sign. Times of 10,000 hours and more are "> 9999 h".
    """
    if abs(ms) >= BEYOND_MS:
        return "> 9999 h" if ms > 0 else "< -9999 h"
    unit_ms = 100 if tenths else SECOND_MS
    sign = "-" if ms <= -unit_ms else ""
    hours, minutes, seconds, rest_ms = _split(abs(ms))
    whole = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{sign}{whole}.{rest_ms // 100}" if tenths else f"{sign}{whole}"


def duration(ms: int) -> str:
    """A length to the nearest second: "4:12", "1:02:03"."""
    return offset(ms + SECOND_MS // 2, tenths=False)


def gap(ms: int) -> str:
    """The time between two turns to the nearest tenth, signed: "+3.2 s", "-0.8 s" for an overlap, "+1:12.4"."""
    shown_ms = nearest_tenth(abs(ms))
    sign = "-" if ms < 0 < shown_ms else "+"
    if shown_ms < MINUTE_MS:
        return f"{sign}{shown_ms / SECOND_MS:.1f} s"
    return offset(-shown_ms) if ms < 0 else f"+{offset(shown_ms)}"


def nearest_tenth(ms: int) -> int:
    """A length in ms to the nearest tenth of a second, in which lengths are shown."""
    return (ms + 50) // 100 * 100


def length(ms: int) -> str:
    """A length to the nearest tenth: "3.2 s", "1:12.4" from a minute on."""
    return gap(abs(ms))[1:]


def spoken(ms: int) -> str:
    """A time in words, for a screen reader: "1 minute 23 seconds", "0 seconds", "minus 2 seconds"."""
    if abs(ms) >= BEYOND_MS:
        return "more than 9999 hours" if ms > 0 else "minus more than 9999 hours"
    amounts = zip(_split(abs(ms)), ("hour", "minute", "second"), strict=False)
    words = [counted(amount, unit) for amount, unit in amounts if amount]
    if ms <= -SECOND_MS:
        words.insert(0, "minus")
    return " ".join(words) or "0 seconds"


def moment(epoch_ms: int, zone: tzinfo | None) -> datetime | None:
    """The date and time of a Unix time in ms, in a zone; None outside of the calendar's range."""
    try:
        return (_EPOCH + timedelta(milliseconds=epoch_ms)).astimezone(zone)
    except (OverflowError, ValueError, OSError):  # OSError: from the system's own zone
        return None


def iso_utc(epoch_ms: int | None) -> str | None:
    """A Unix time as ISO 8601 in UTC: "2026-11-12T14:03:11.250Z"; None if it is unknown or in no calendar."""
    at = None if epoch_ms is None else moment(epoch_ms, UTC)
    return None if at is None else f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def age(ms: int) -> str:
    """How long ago something was, in its largest unit: "12 seconds", "3 days"."""
    seconds = max(0, ms) // SECOND_MS
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return counted(seconds // size, unit)
    return counted(seconds, "second")


def clock(epoch_ms: int, zone: tzinfo | None) -> str:
    """The time of day in a zone: "14:03:11.2"; an offset outside of the calendar's range."""
    at = moment(epoch_ms, zone)
    if at is None:
        return offset(epoch_ms)
    return f"{at:%H:%M:%S}.{at.microsecond // 100_000}"


def date_time(epoch_ms: int, zone: tzinfo | None, *, this_year: int | None = None) -> str:
    """Date and time for a heading: "12 Nov 14:03", or "12 Nov 2024 14:03" when it is not ``this_year``."""
    at = moment(epoch_ms, zone)
    if at is None:
        return offset(epoch_ms)
    year = "" if at.year == this_year else f" {at.year}"
    return f"{at.day} {_MONTHS[at.month - 1]}{year} {at:%H:%M}"


def zone_offset(epoch_ms: int, zone: tzinfo | None) -> str:
    """The offset of a zone from UTC at a time: "+05:30"; empty outside of the calendar's range."""
    at = moment(epoch_ms, zone)
    return "" if at is None else at.isoformat(timespec="minutes")[len("2026-11-12T14:03") :]


def srt_timestamp(ms: int) -> str:
    """A SubRip timestamp, "00:00:04,200"; hours may exceed 99, negative times become zero."""
    return vtt_timestamp(ms).replace(".", ",")


def vtt_timestamp(ms: int) -> str:
    """A WebVTT timestamp, "00:00:04.200"; hours may exceed 99, negative times become zero."""
    hours, minutes, seconds, rest_ms = _split(min(max(ms, 0), _LAST_CUE_MS))
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest_ms:03}"


def parse_offset(typed: str) -> int:
    """Parse an offset to ms: "1:23", "1:02:03", "1:23.5", "83s", "1m23s", "-0:02".

    A bare number is refused, since it may be the number of a turn.

    Raises:
        ValueError: It has none of these forms.
    """
    typed = typed.strip()
    match = _CLOCK_FORM.fullmatch(typed) or _UNIT_FORM.fullmatch(typed)
    if match is None or not any(match.groups()[1:]):
        raise ValueError("a time looks like 1:23, 1:02:03.5 or 83s")
    sign, hours, minutes, seconds, fraction = match.groups(default="")
    whole_s = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    ms = whole_s * SECOND_MS + int(fraction.ljust(3, "0"))
    return -ms if sign else ms


def parse_length(typed: str) -> int:
    """Parse a length to ms: "1500", "1500ms", "1.5s".

    Raises:
        ValueError: It has none of these forms.
    """
    match = _LENGTH_FORM.fullmatch(typed.strip())
    if match is None:
        raise ValueError("a length looks like 1500, 1500ms or 1.5s")
    ms, seconds, fraction = match.groups(default="")
    return int(ms) if ms else int(seconds) * SECOND_MS + int(fraction.ljust(3, "0"))


def parse_when(typed: str, now_ms: int, zone: tzinfo | None) -> int:
    """Parse a date or an age to a Unix time in ms: "2026-11-01", "2026-11-01T14:30", "today", "yesterday", "36h", "7d".

    A day is its beginning in the zone.

    Raises:
        ValueError: It has none of these forms.
    """
    typed = typed.strip()
    if age := _AGE_FORM.fullmatch(typed):
        return now_ms - int(age[1]) * _AGE_UNITS_MS[age[2].lower()]
    try:
        at = _day(_DAYS[typed.lower()], now_ms, zone) if typed.lower() in _DAYS else datetime.fromisoformat(typed)
        local = at if at.tzinfo is not None else at.replace(tzinfo=zone)
        return round(local.timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError("a time looks like 2026-11-01, 2026-11-01T14:30, today, yesterday, 36h or 7d") from error


def _day(days_ago: int, now_ms: int, zone: tzinfo | None) -> datetime:
    """The beginning of a day, without a zone."""
    now = moment(now_ms, zone) or _EPOCH
    return datetime(now.year, now.month, now.day) - timedelta(days=days_ago)
