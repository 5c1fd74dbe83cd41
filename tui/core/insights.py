"""The figures of a call in words, each with its rule: for the command ``insights`` and for the panel of the app.

``timing`` computes the figures; the callers draw the lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tui.core.call import CallDocument
from tui.core.counted import counted
from tui.core.remarks import KINDS, no_times, reservations
from tui.core.times import MINUTE_MS, SECOND_MS, duration, length
from tui.core.timing import FAIR_MS, GOOD_MS, MomentKind, SideFigures, Timing
from tui.core.transcript import Role

ENOUGH_FOR_P95 = 20
_UNKNOWN = "unknown"
_NEITHER = "neither side has a turn, between the first start and the last end"
_LATE = "times are those of the transcript: an engine may stamp them a few hundred milliseconds late"
_UNSPOKEN = "what was written but never spoken after an interruption cannot be known"


class Figure(NamedTuple):
    """A figure, or a remark on the figures.

    Attributes:
        name: Its name; empty for a remark.
        value: The value, or the remark.
        rule: How it is counted; empty if the name is enough.
        turn: The index of the turn that shows it; None if no single one does.
    """

    name: str
    value: str
    rule: str = ""
    turn: int | None = None


class Section(NamedTuple):
    """Figures that belong together.

    Attributes:
        heading: The side and its number of turns; empty for the call.
        figures: The figures.
    """

    heading: str
    figures: tuple[Figure, ...]


class Insights:
    """The figures of one call in words.

    Args:
        document: The call.
        timing: Its figures and moments.
        place: Writes the place of a turn, by its index.
    """

    def __init__(self, document: CallDocument, timing: Timing, place: Callable[[int], str]) -> None:
        self._document = document
        self._timing = timing
        self._place = place

    def sections(self) -> Iterator[Section]:
        """The figures of the call and, if there are times, of each side."""
        yield Section("", tuple(self._of_call()))
        if self._timing.timed:
            for side in (self._timing.assistant, self._timing.user):
                yield Section(f"{side.role.value}, {counted(side.turns, 'turn')}", tuple(self._of_side(side)))

    def _of_call(self) -> Iterator[Figure]:
        timing = self._timing
        parts = [f"{timing.timed:,} timed"]
        parts += [f"{n:,} {name}" for name, n in (("untimed", timing.untimed), ("other", timing.other)) if n]
        yield Figure("turns", f"{timing.turns:,}", ", ".join(parts))
        if not timing.timed:
            yield Figure("", f"{no_times(timing)}: there are no figures of time")
            return
        yield from self._length()
        yield Figure("first word", seconds(timing.first_word_ms), "start of the assistant's first turn")
        yield Figure("talking at once", seconds(timing.overlap_ms), "both sides have a turn")
        yield Figure("neither talking", seconds(timing.silence_ms), _NEITHER)
        yield Figure("backchannels", f"{timing.backchannels:,}", "up to 0.5 s, inside a turn of the other side")
        yield from (Figure("", remark) for remark in self._reservations())

    def _length(self) -> Iterator[Figure]:
        """The length of the call, and how long nobody spoke at its end, if that is as long as a silence."""
        last_ms = self._timing.last_end_ms or 0
        length_ms = self._document.length_ms(last_ms) or 0
        yield Figure("length", duration(length_ms), "of the record, else the last end")
        if length_ms - last_ms >= self._timing.long_silence_ms:
            yield Figure("after last turn", seconds(length_ms - last_ms), "from its end to that of the record")
        elif length_ms < last_ms:
            yield Figure("", f"the record is shorter than the call, whose last turn ends at {duration(last_ms)}")

    def _reservations(self) -> Iterator[str]:
        """The notes on the times of the whole call."""
        yield _LATE
        if any(moment.kind is MomentKind.INTERRUPTION for moment in self._timing.moments):
            yield _UNSPOKEN
        yield from reservations(self._timing)

    def _of_side(self, side: SideFigures) -> Iterator[Figure]:
        of_talk, of_call = side.share_of_talk, self._timing.share_of_call(side, self._document.length_ms(None) or None)
        shares = f"{_percent(of_talk)} of all talk, {_percent(of_call)} of the call"
        yield Figure("talk", seconds(side.talk_ms), shares)
        rate = _UNKNOWN if side.words_per_minute is None else f"{counted(side.words_per_minute, 'word')} a minute"
        yield Figure("speaking rate", rate, "from 15 s of talk on, where spaces separate words")
        if turn := side.longest_turn:
            yield Figure("longest turn", seconds(turn.ms), self._place(turn.turn), turn.turn)
        if stretch := side.longest_monologue:
            rule = f"no pause of 1.5 s; from {self._place(stretch.from_turn)}"
            yield Figure("longest monologue", seconds(stretch.ms), rule, stretch.from_turn)
        yield from _of_responses(side)

    def kinds(self) -> Iterator[tuple[int, str]]:
        """The number of moments of each kind, with the kind's rule."""
        counts = Counter(moment.kind for moment in self._timing.moments)
        silence = f"{self._timing.long_silence_ms / 1000:g} s"
        return ((counts[kind], words.rule.format(silence=silence)) for kind, words in KINDS.items() if kind in counts)


def _of_responses(side: SideFigures) -> Iterator[Figure]:
    response = side.response
    typical = response.percentile_ms(50)
    if typical is None:
        yield Figure("response", _UNKNOWN, f"the {side.role.value} never takes the floor from the other side")
        return
    rule = "from the end of the other side's turn; below 0 it began before that"
    yield Figure("response, median", seconds(typical), rule)
    longest_ms, slowest = response.percentile_ms(100), response.slowest(1)[0].turn
    above = f"{response.slow:,} of {response.n:,} above 1.5 s"
    if response.n < ENOUGH_FOR_P95:
        band, bands = _band(side, longest_ms)
        yield Figure("response, longest", f"{seconds(longest_ms)}{band}", f"{above}{bands}", slowest)
        return
    p95_ms = response.percentile_ms(95)
    band, bands = _band(side, p95_ms)
    yield Figure("response, p95", f"{seconds(p95_ms)}{band}", f"of {response.n:,}, by nearest rank{bands}")
    yield Figure("response, longest", seconds(longest_ms), above, slowest)


def _band(side: SideFigures, ms: int | None) -> tuple[str, str]:
    """The band of a latency and its rule, both empty for the user: PyAI's own harness judges the assistant alone."""
    if ms is None or side.role is not Role.ASSISTANT:
        return "", ""
    band = "good" if ms < GOOD_MS else "fair" if ms <= FAIR_MS else "slow"
    return f", {band}", "; below 0.8 s is good, up to 1.5 s fair"


def _percent(share: float | None) -> str:
    return _UNKNOWN if share is None else f"{share:.1%}"


def seconds(ms: int | None) -> str:
    """A length to the nearest hundredth: "0.64 s", "-1.20 s"; from a minute on to the nearest tenth: "1:12.4"."""
    if ms is None:
        return _UNKNOWN
    shown_ms = (abs(ms) + 5) // 10 * 10
    sign = "-" if ms < 0 < shown_ms else ""
    if shown_ms < MINUTE_MS:
        return f"{sign}{shown_ms // SECOND_MS}.{shown_ms % SECOND_MS // 10:02} s"
    return f"{sign}{length(ms)}"
