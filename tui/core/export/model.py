"""What every export format is given and hands back, and the few facts and words that formats share.

The formats themselves stand in one file each; which there are is the registry's to know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TypeVar

from tui.core import times
from tui.core.call import CallDocument
from tui.core.layout.labels import TimeStyle
from tui.core.text import safe, safe_line
from tui.core.transcript import Call, Transcript, Turn

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may choose about an export.

    Attributes:
        zone: The zone of the start in the heading. UTC, so that the same call gives the same file everywhere.
        whole_turns: Whether subtitles have one cue per turn, however long it is.
        speakers: Whether the text of a turn begins with its speaker, in a format that has no place for names.
        bom: Whether a table begins with a byte order mark, without which Excel does not read it as UTF-8.
        time: The style of the times beside the turns, where a format has any choice.
        local_zone: The zone of the local clock; None is that of the machine.
        turns: The indexes of the turns that are wanted; None for all.
    """

    zone: tzinfo = UTC
    whole_turns: bool = False
    speakers: bool = False
    bom: bool = False
    time: TimeStyle = TimeStyle.OFFSET
    local_zone: tzinfo | None = None
    turns: range | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A rendered transcript.

    Attributes:
        text: The whole file; to be written as UTF-8 with its line ends as they are.
        notes: What had to be adjusted or left out, a sentence each, to be told beside the result.
    """

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a transcript can be exported to.

    Attributes:
        name: The word for it on the command line.
        suffixes: The file name endings that mean it, with the dot, in lower case; the first is for new files.
        title: What it is and what it is good for, in one line for the dialog.
        render: Makes the export. Raises UsageError for a transcript that the format cannot hold.
    """

    name: str
    suffixes: tuple[str, ...]
    title: str
    render: Callable[[Transcript, Call | None, Options], Export]


def wanted(turns: Sequence[T], options: Options) -> Sequence[T]:
    """The turns that are wanted, or what was made of each of them."""
    return turns if options.turns is None else turns[options.turns.start : options.turns.stop]


def speaker(turn: Turn) -> str:
    """The speaker's word, safe to show on one line and never empty."""
    return safe_line(turn.speaker) or "unknown"


def words(turn: Turn) -> str:
    """The turn's text, safe to show, without white space around it; "" if nothing can be seen."""
    return safe(turn.text).strip()


def compact(turn: Turn) -> str:
    """The turn's further fields as JSON on one line, as sent; "" if there are none."""
    if not turn.extra:
        return ""
    return json.dumps(dict(turn.extra), ensure_ascii=False, separators=(",", ":"), default=str)


def facts(transcript: Transcript, call: Call | None, turns: Sequence[Turn], options: Options) -> list[tuple[str, str]]:
    """What the heading says about the call below its id, as names and values; what is not known is left out.

    The length is the record's, else the last time in the transcript.
    """
    document = CallDocument(transcript, call)
    record = document.record
    known = [
        ("Label", safe_line(record.label or "")),
        ("Status", safe_line(record.status or "")),
        ("Error", safe_line(record.error or "")),
        ("Started", _started(document.start_ms, options.zone)),
        ("Length", _length(document, turns)),
        ("Turns", "none, one plain text" if transcript.plain is not None else _count(turns, options)),
    ]
    return [(name, value) for name, value in known if value]


def _count(turns: Sequence[Turn], options: Options) -> str:
    """How many turns there are, and which of them are wanted: "38", "14 of 38", "9 to 14 of 38"."""
    if options.turns is None:
        return f"{len(turns):,}"
    first, last = options.turns.start + 1, options.turns.stop
    return f"{first:,}{f' to {last:,}' if last > first else ''} of {len(turns):,}"


def _started(start_ms: int | None, zone: tzinfo) -> str:
    at = None if start_ms is None else times.moment(start_ms, zone)
    if start_ms is None or at is None:
        return ""
    return f"{times.date_time(start_ms, zone)} {at.tzname() or ''}".rstrip()


def _length(document: CallDocument, turns: Sequence[Turn]) -> str:
    last_ms = max((ms for turn in turns for ms in (turn.start_ms, turn.end_ms) if ms is not None), default=None)
    length_ms = document.length_ms(last_ms)
    return "" if length_ms is None else times.duration(length_ms)
