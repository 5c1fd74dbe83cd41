"""Finds the turns that Trace and Recap speak of. What has no certain place gets none.

Trace has texts and times whose origin is not documented: an entry is the turn of its role with the same words, of
several the one that starts at exactly its time, else the next one; without words, the turn that starts then. Recap
rounds its offsets down: a moment is the turn that starts within its second, else the one that starts nearest to it. A
quote is the only turn that has its words, in their order.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.core.details.recap import Recap, RecapMoment, RecapQuote
from tui.core.details.trace import Barge, Trace, TraceEntry
from tui.core.moment_walk import Reported
from tui.core.text import safe_line
from tui.core.times import length
from tui.core.transcript import Role, Turn, role_of

TRACE, RECAP = "Trace", "Recap"
_WORD = re.compile(r"\w+")
_LEAST_WORDS = 3
"""A shorter quote may stand anywhere."""
_MOST_QUOTES = 200
"""So many quotes are looked for; each goes through all texts."""


class Turns:
    """The turns of a call, by their times and words."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        timed = sorted((turn.start_ms, turn.index) for turn in turns if turn.start_ms is not None)
        self._starts_ms, self._timed = [start for start, _ in timed], [index for _, index in timed]
        self._words = [_folded(turn.text) for turn in turns]
        self._roles = [turn.role for turn in turns]
        self._same: dict[tuple[Role, str], list[int]] = defaultdict(list)
        for index, words in enumerate(self._words):
            self._same[self._roles[index], words].append(index)

    def entries(self, entries: Iterable[TraceEntry]) -> list[int | None]:
        """The turn of each entry of a timeline, which is in the order of the call."""
        places, last = list[int | None](), -1
        for entry in entries:
            place = self._entry(entry, last)
            last = last if place is None else place
            places.append(place)
        return places

    def _entry(self, entry: TraceEntry, last: int) -> int | None:
        role, words, starting = role_of(entry.role), _folded(entry.text), self._starting(entry.t_ms, entry.t_ms)
        if words:
            same = self._same.get((role, words), [])
            at = bisect_right(same, last)
            next_same = same[at] if at < len(same) else None
            return next((turn for turn in starting if turn in same), next_same)
        return next((turn for turn in starting if self._roles[turn] is role), None)

    def moment(self, moment: RecapMoment) -> int | None:
        """The turn of a moment; None without an offset, or without times."""
        if moment.offset_s is None or not self._timed:
            return None
        at_ms = round(moment.offset_s * 1000)
        if within := self._starting(at_ms, at_ms + 999):
            return within[0]
        after = bisect_left(self._starts_ms, at_ms)
        near = range(max(0, after - 1), min(len(self._timed), after + 1))
        return self._timed[min(near, key=lambda index: abs(self._starts_ms[index] - at_ms))]

    def _starting(self, first_ms: int | None, last_ms: int | None) -> list[int]:
        """The turns that start within these times."""
        if first_ms is None or last_ms is None:
            return []
        return self._timed[bisect_left(self._starts_ms, first_ms) : bisect_right(self._starts_ms, last_ms)]

    def quote(self, quote: str) -> int | None:
        """The only turn with the words of a quote; None if there is none, or more than one."""
        words = _folded(quote)
        if words.count(" ") < _LEAST_WORDS - 1:
            return None
        padded = f" {words} "
        found = [index for index, text in enumerate(self._words) if padded in f" {text} "]
        return found[0] if len(found) == 1 else None


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


class TracePlaces(NamedTuple):
    """A trace, and where its entries stand.

    Attributes:
        trace: The trace.
        turns: The turn of each entry, None where it is not known.
        reported: Its barge-ins as moments of the call.
    """

    trace: Trace
    turns: tuple[int | None, ...]
    reported: tuple[Reported, ...]


class RecapPlaces(NamedTuple):
    """A recap, and where what it says stands.

    Attributes:
        recap: The recap.
        moments: The turn of each moment, None where it is not known.
        quotes: The turn of each quote.
        reported: What has a place, as moments of the call.
    """

    recap: Recap
    moments: tuple[int | None, ...]
    quotes: tuple[int | None, ...]
    reported: tuple[Reported, ...]


def place_trace(trace: Trace, turns: Sequence[Turn]) -> TracePlaces:
    """Find the turns of a trace."""
    places = Turns(turns).entries(trace.entries)
    reported = [
        Reported(turn, turns[turn].start_ms, _barge_words(entry), TRACE)
        for entry, turn in zip(trace.entries, places, strict=True)
        if turn is not None and entry.barge is not None
    ]
    return TracePlaces(trace, tuple(places), tuple(reported))


def _barge_words(entry: TraceEntry) -> str:
    """A barge-in in words: "barge-in, noticed after 0.2 s, not recovered"."""
    barge = entry.barge
    assert barge is not None
    noticed = "" if barge.detect_ms is None else f", noticed after {length(round(barge.detect_ms))}"
    return f"barge-in{noticed}{recovered_words(barge)}"


def recovered_words(barge: Barge) -> str:
    """Whether the agent recovered from a barge-in, to stand behind it: ", recovered"; empty if not sent."""
    return {True: ", recovered", False: ", not recovered", None: ""}[barge.recovered]


def place_recap(recap: Recap, turns: Sequence[Turn]) -> RecapPlaces:
    """Find the turns of a recap."""
    known = Turns(turns)
    moments = [known.moment(moment) for moment in recap.moments]
    quotes = [known.quote(quote.quote) for quote in recap.quotes[:_MOST_QUOTES]]
    quotes += [None] * (len(recap.quotes) - len(quotes))
    reported = [
        Reported(turn, None if moment.offset_s is None else round(moment.offset_s * 1000), moment_words(moment), RECAP)
        for moment, turn in zip(recap.moments, moments, strict=True)
        if turn is not None
    ]
    reported += [
        Reported(turn, turns[turn].start_ms, quote.kind, RECAP)
        for quote, turn in zip(recap.quotes, quotes, strict=True)
        if turn is not None
    ]
    return RecapPlaces(recap, tuple(moments), tuple(quotes), tuple(reported))


def moment_words(moment: RecapMoment) -> str:
    """A moment in words: "pricing: asked for a discount"."""
    category = " ".join(safe_line(moment.category).replace("_", " ").split())
    return ": ".join(filter(None, (category, safe_line(moment.description)))) or "a moment"


def quote_words(quote: RecapQuote) -> str:
    """The further fields of a quote in words: "severity high · category churn"."""
    values = ((safe_line(name), value) for name, value in quote.about.items() if value not in (None, "", [], {}))
    return " · ".join(f"{name} {safe_line(str(value))}" for name, value in values)
