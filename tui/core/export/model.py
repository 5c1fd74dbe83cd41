"""Input and output of export formats, and the facts and words that they share.

Each format has its own module; the registry lists them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, TypeVar

from tui.core import times
from tui.core.call import CallDocument
from tui.core.json_values import as_json
from tui.core.layout import TimeLabels, TimeStyle
from tui.core.limits import SILENCE_MS
from tui.core.text import safe, safe_line
from tui.core.transcript import Turn

if TYPE_CHECKING:
    from tui.core.export.measured import MeasuredTurns

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """The user's options for an export.

    Attributes:
        whole_turns: Whether subtitles have one cue per turn of any length.
        speakers: Whether texts begin with the speaker, in a format without speaker names.
        bom: Whether a table begins with a byte order mark, which Excel needs to read UTF-8.
        time: The style of the times beside the turns, in formats with a choice.
        turns: The indexes of the wanted turns; None for all.
        silence_ms: From which length on a silence is a moment.
        marks: The indexes of the marked turns, where marks are to be exported; else empty.
    """

    whole_turns: bool = False
    speakers: bool = False
    bom: bool = False
    time: TimeStyle = TimeStyle.OFFSET
    turns: range | None = None
    silence_ms: int = SILENCE_MS
    marks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Export:
    """A rendered transcript.

    Attributes:
        text: The whole file, to be written as UTF-8 with unchanged line ends.
        notes: Sentences about what was adjusted or left out, shown to the user.
    """

    text: str
    notes: tuple[str, ...] = ()


def wanted(turns: Sequence[T], options: Options) -> Sequence[T]:
    """The items of the wanted turns."""
    return turns if options.turns is None else turns[options.turns.start : options.turns.stop]


def speaker(turn: Turn) -> str:
    """The speaker, safe to show on one line and never empty."""
    return safe_line(turn.speaker) or "unknown"


def words(turn: Turn) -> str:
    """The turn's safe text without surrounding white space; "" if nothing is visible."""
    return safe(turn.text).strip()


def compact(turn: Turn) -> str:
    """The turn's extra fields as JSON on one line; "" if there are none."""
    if not turn.extra:
        return ""
    return as_json(turn.extra, separators=(",", ":"))


def facts(document: CallDocument, measured: MeasuredTurns, options: Options) -> list[tuple[str, str]]:
    """The facts for the heading as names and values; unknown ones are left out.

    The length is the record's, else the end of the last turn with times, else the last time in the transcript.
    Moments and timing are those of the whole call.
    """
    turns, record = measured.turns, document.record
    known = [
        ("Label", safe_line(record.label or "")),
        ("Status", safe_line(record.status or "")),
        ("Error", safe_line(record.error or "")),
        ("Started", _started(document.start_ms, measured.labels)),
        ("Length", _length(document, measured)),
        ("Turns", "none, one plain text" if document.transcript.plain is not None else _count(turns, options)),
        ("Moments", _of_all(measured.moments, options)),
        ("Timing", measured.reservations),
    ]
    return [(name, value) for name, value in known if value]


def _count(turns: Sequence[Turn], options: Options) -> str:
    """The number of turns, or the wanted range of them: "38", "14 of 38", "9 to 14 of 38"."""
    if options.turns is None:
        return f"{len(turns):,}"
    first, last = options.turns.start + 1, options.turns.stop
    return f"{first:,}{f' to {last:,}' if last > first else ''} of {len(turns):,}"


def _of_all(moments: str, options: Options) -> str:
    """The moments of the call; with a range of turns, a note that they are those of the whole call."""
    return f"{moments}, in the whole call" if moments and options.turns is not None else moments


def _started(start_ms: int | None, labels: TimeLabels) -> str:
    """The start in the zone of the turns' times where these are times of day; else in UTC, the same everywhere."""
    zone = labels.clock_zone if labels.has_clock else UTC
    if start_ms is None or times.moment(start_ms, zone) is None:
        return ""
    return f"{times.date_time(start_ms, zone)} {'UTC' if zone is UTC else times.zone_offset(start_ms, zone)}"


def _length(document: CallDocument, measured: MeasuredTurns) -> str:
    last_ms = measured.timing.last_end_ms
    if last_ms is None:
        times_ms = (ms for turn in measured.turns for ms in (turn.start_ms, turn.end_ms) if ms is not None)
        last_ms = max(times_ms, default=None)
    length_ms = document.length_ms(last_ms)
    return "" if length_ms is None else times.duration(length_ms)
