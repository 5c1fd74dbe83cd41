"""The cues of subtitles: when each turn is shown and on which lines. SubRip and WebVTT only write them down.

When: a turn whose two times are usable keeps them to the millisecond, overlaps included. Usable means that it
starts at 0 or later, ends after its start, and both before 100 hours, as SubRip writes hours with two digits and
not every reader takes more. For the others:

- A turn without any usable time starts when the turn sent before it ends, the first one at 0.
- A turn that starts before 0 is shown from 0.
- A turn without an end, or with one that is not after its start, lasts as long as it takes to read.
- A turn without a start is shown until its end, for as long as it takes to read.

It takes a second to read 15 characters, a usual pace of subtitles, and a second at least: for so long a
turn without times is shown, so that a call without any comes out as one turn after the other. Cues stand in
the order of their starts, as WebVTT demands (https://www.w3.org/TR/webvtt1/#webvtt-cue-timings), those that
start together in the order sent. A turn whose text is empty has no cue.

On which lines: readers disagree about most escapes, so nothing but white space is changed, and that only
where a reader would lose the text. See ``lines``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.core.errors import UsageError
from tui.core.export.model import Options, speaker, wanted, words
from tui.core.times import HOUR_MS
from tui.core.transcript import Transcript, Turn

_DEFAULT = Options()
_BEYOND_MS = 100 * HOUR_MS
_READING_MS_PER_CHARACTER = 1000 / 15
_SHORTEST_MS = 1000

_TIMESTAMP_END = re.compile(r":\d{1,2}[.,]\d+")

_NO_TEXT = "have no text: left out"
_NO_TIMES = "have no usable times: shown after the turn before them"
_EARLY = "start before 0: shown from 0"
_NO_START = "have no usable start: shown until their end"
_NO_END = "have no usable end: shown for as long as they take to read"


@dataclass(frozen=True, slots=True)
class Cue:
    """A turn as a subtitle shows it.

    Attributes:
        turn: The number of the turn, from 1.
        start_ms: When it is shown, from 0.
        end_ms: When it vanishes, after its start.
        speaker: Who says it, safe to show.
        text: What is said, safe to show and not empty; not yet in lines, not yet escaped.
    """

    turn: int
    start_ms: int
    end_ms: int
    speaker: str
    text: str


def cues_of(transcript: Transcript, options: Options = _DEFAULT) -> tuple[list[Cue], tuple[str, ...]]:
    """The cues in the order of their starts, and a note for each kind of adjustment.

    Raises:
        UsageError: It is a legacy transcript without turns.
    """
    if transcript.plain is not None:
        raise UsageError("this transcript has no turns, so it cannot be subtitles", "export it as txt")
    turns = tuple(wanted(transcript.turns, options))
    adjusted: Counter[str] = Counter()
    cues = sorted(_placed(turns, adjusted), key=lambda cue: cue.start_ms)
    return cues, tuple(f"{count:,} of {len(turns):,} turns {what}" for what, count in adjusted.items())


def lines(text: str) -> list[str]:
    """The lines of a cue; joined again they are the text but for white space.

    An empty line would end the cue: it is left out. A line with two timestamps would begin another cue: it
    is broken after each of them. A number alone would be taken for the name of the next cue: it joins its
    neighbour.
    """
    broken = [part for line in text.split("\n") for part in _between_timestamps(line)]
    groups: list[list[str]] = []
    for line in broken:
        alone = len(groups[-1]) == 1 and _is_number(groups[-1][0]) if groups else False
        if groups and (alone or _is_number(line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [" ".join(group) for group in groups]


def _between_timestamps(line: str) -> list[str]:
    """The line, or its parts if it holds more than one timestamp; no part is empty."""
    if len(_TIMESTAMP_END.findall(line)) > 1:
        line = _TIMESTAMP_END.sub("\\g<0>\n", line)
    return [stripped for part in line.split("\n") if (stripped := part.strip())]


def _is_number(line: str) -> bool:
    return line.removeprefix("-").replace(".", "", 1).isdigit()


def _placed(turns: Sequence[Turn], adjusted: Counter[str]) -> Iterator[Cue]:
    """A cue for each turn with text, in the order sent; counts what is adjusted."""
    previous_end_ms = 0
    for turn in turns:
        text = words(turn)
        start_ms, end_ms, adjustment = _times(turn, len(text), previous_end_ms)
        if text:
            yield Cue(turn.index + 1, start_ms, end_ms, speaker(turn), text)
        else:
            adjustment = _NO_TEXT
        if adjustment:
            adjusted[adjustment] += 1
        if text or turn.start_ms is not None or turn.end_ms is not None:
            previous_end_ms = end_ms


def _times(turn: Turn, characters: int, previous_end_ms: int) -> tuple[int, int, str]:
    """Start, end and what was adjusted, by the rules above."""
    reading_ms = max(round(characters * _READING_MS_PER_CHARACTER), _SHORTEST_MS)
    start_ms = turn.start_ms if turn.start_ms is not None and turn.start_ms < _BEYOND_MS else None
    end_ms = turn.end_ms if turn.end_ms is not None and 0 < turn.end_ms < _BEYOND_MS else None
    if start_ms is None:
        if end_ms is None:
            return previous_end_ms, previous_end_ms + reading_ms, _NO_TIMES
        return max(end_ms - reading_ms, 0), end_ms, _NO_START
    shown_ms = max(start_ms, 0)
    if end_ms is None or end_ms <= shown_ms:
        return shown_ms, shown_ms + reading_ms, _NO_END
    return shown_ms, end_ms, _EARLY if start_ms < 0 else ""
