"""Builds subtitle cues: text, times and lines. SubRip and WebVTT only encode them.

``cue_times`` decides when a turn is shown, ``cue_lines`` how its text is split. Here both are combined: a turn
too long for one cue is shown in several, which share its time by their lengths; none is shown for more
than 7 seconds. With the option for whole turns, a turn is one cue for all of its time.

Cues are ordered by start, as WebVTT requires (https://www.w3.org/TR/webvtt1/#webvtt-cue-timings), those
with equal starts in the order sent. A turn without text has no cue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.core.errors import UsageError
from tui.core.export.cue_lines import cut, whole
from tui.core.export.cue_times import Showing, place
from tui.core.export.model import Options, speaker, wanted, words
from tui.core.transcript import Transcript

LONGEST_MS = 7_000
"""A usual limit of subtitles, as are two lines of 42 characters."""
_SLOWEST_MS_PER_CHARACTER = 1_000
"""Slower speech than this includes silence, so the cue ends earlier."""

_NO_TEXT = "have no text: left out"
_CUT = "are longer than two lines or 7 s: cut into cues that share the time by their characters"
_PAUSES = "last longer than their words can be shown: the cues end earlier"


class Cue(NamedTuple):
    """A subtitle: a turn or a piece of one.

    Attributes:
        turn: The number of the turn, from 1.
        part: The number of the piece, from 0.
        start_ms: When it is shown, from 0.
        end_ms: When it disappears, after its start.
        speaker: The speaker, safe to show.
        lines: The text, safe to show, without empty lines; not yet escaped.
    """

    turn: int
    part: int
    start_ms: int
    end_ms: int
    speaker: str
    lines: Sequence[str]


def spoken(transcript: Transcript) -> list[Showing]:
    """Each turn with its safe text; its times are still to be computed.

    Raises:
        UsageError: A legacy transcript has no turns.
    """
    if transcript.plain is not None:
        raise UsageError("this transcript has no turns, so it cannot be subtitles", "export it as txt")
    return [Showing(turn, words(turn)) for turn in transcript.turns]


def cues_of(showings: Sequence[Showing], options: Options) -> tuple[list[Cue], tuple[str, ...]]:
    """The cues of the wanted turns, ordered by start, and a note for each kind of adjustment.

    Args:
        showings: All turns, as the times of one depend on the others; their times are set here.
        options: Which turns are wanted, and whether they are split.
    """
    place(showings)
    cues: list[Cue] = []
    adjusted: Counter[str] = Counter()
    for showing in wanted(showings, options):
        if showing.text:
            cues.extend([_whole(showing)] if options.whole_turns else _cut(showing))
        adjusted.update(showing.notes if showing.text else [_NO_TEXT])
    cues.sort(key=lambda cue: cue.start_ms)
    count = len(wanted(showings, options))
    return cues, tuple(f"{number:,} of {count:,} turns {what}" for what, number in adjusted.items())


def _whole(showing: Showing) -> Cue:
    start_ms, end_ms = _times(showing)
    return Cue(showing.turn.index + 1, 0, start_ms, end_ms, speaker(showing.turn), whole(showing.text))


def _cut(showing: Showing) -> Iterator[Cue]:
    """The cues of one turn; records adjustments in its notes."""
    start_ms, end_ms = _times(showing)
    characters = len(" ".join(showing.text.split()))
    spoken_ms = min(end_ms - start_ms, max(characters * _SLOWEST_MS_PER_CHARACTER, LONGEST_MS))
    pieces = list(cut(showing.text, characters * LONGEST_MS / spoken_ms, showing.lead))
    name, last_ms = speaker(showing.turn), start_ms
    for part, (lines, (from_ms, until_ms)) in enumerate(zip(pieces, _shares(pieces, start_ms, spoken_ms), strict=True)):
        last_ms = min(until_ms, from_ms + LONGEST_MS)
        yield Cue(showing.turn.index + 1, part, from_ms, last_ms, name, lines)
    if len(pieces) > 1:
        showing.notes.append(_CUT)
    if last_ms < end_ms:
        showing.notes.append(_PAUSES)


def _times(showing: Showing) -> tuple[int, int]:
    assert showing.start_ms is not None, "every turn with a text was placed"
    assert showing.end_ms is not None, "every turn with a text was placed"
    return showing.start_ms, showing.end_ms


def _shares(pieces: Sequence[Sequence[str]], start_ms: int, length_ms: int) -> Iterator[tuple[int, int]]:
    """Start and end of each piece: a millisecond, plus a share of the rest by its length."""
    lengths = [sum(map(len, lines)) for lines in pieces]
    total, before = sum(lengths), 0
    shared_ms = max(length_ms - len(pieces), 0)
    latest_ms = start_ms + length_ms - 1
    for number, length in enumerate(lengths):
        from_ms = min(start_ms + number + shared_ms * before // total, latest_ms)
        before += length
        yield from_ms, max(min(start_ms + number + 1 + shared_ms * before // total, latest_ms + 1), from_ms + 1)
