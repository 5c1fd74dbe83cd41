"""Describes the results of ``timing`` in words: a moment, the remarks on a turn, the totals of a call.

The foot, the header, the turns and ``insights`` share these words. ``timing`` decides what a moment is and how long
it lasts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from tui.core import times
from tui.core.layout import NO_REMARKS, Remarks
from tui.core.moment_walk import Reported
from tui.core.timing import Moment, MomentKind, Silence, Timing
from tui.core.transcript import Role


class KindWords(NamedTuple):
    """The words for a kind of moment.

    In ``described`` and ``note``, ``{took}`` stands for how long it was, ``{others}`` for the part that the turns of
    no side fill, and ``{side}`` for whose turn it is.

    Attributes:
        one: What a count of one says.
        several: What other counts say.
        rule: Its name and when a moment is one; ``{silence}`` stands for the least length of a silence.
        described: A moment in a few words.
        note: What stands beside its turn; empty for one that has a line of its own.
    """

    one: str
    several: str
    rule: str
    described: str
    note: str = ""


KINDS = {
    MomentKind.SLOW_ANSWER: KindWords(
        "slow", "slow", "slow answer: the assistant takes the floor after more than 1.5 s",
        "slow answer {took}{others}", "took {took}{others}",
    ),
    MomentKind.SILENCE: KindWords(
        "silence", "silences", "silence: neither side talks for {silence} or more, slow answers aside",
        "silence {took}{others}",
    ),
    MomentKind.INTERRUPTION: KindWords(
        "cut-off", "cut-offs", "interruption (cut-off): more than 0.3 s at once, and the floor changes",
        "{side} speaks over the user, {took}", "speaks over the user, {took}",
    ),
    MomentKind.TALKED_OVER: KindWords(
        "talked over", "talked over", "talked over: more than 0.5 s inside a turn of the other side",
        "{side} talks at the same time, {took}", "at the same time, {took}",
    ),
    MomentKind.ERROR: KindWords(
        "error", "errors", "error: the turn, or a tool that it called, says so itself", "error", "error"
    ),
}  # fmt: skip
"""The kinds of moments in the order of the counts, and their words."""
_BY_USER = KINDS[MomentKind.INTERRUPTION]._replace(described="user cuts in, cut off after {took}", note="cuts in")
"""The words for an interruption by the user."""

_MOST_REPORTED = 3
"""So much of what others report of a turn stands beside it; the walk and the details have all of it."""

WHOLE_SECONDS = "times in whole seconds, ± 1 s"


def describe(moment: Moment, length: Callable[[int], str] = times.length) -> str:
    """A moment in a few words: "slow answer 3.2 s, of which tool 2.1 s"."""
    return _filled(_words_of(moment).described, moment, length)


def _words_of(moment: Moment) -> KindWords:
    """The words for the kind of a moment."""
    is_cut = moment.kind is MomentKind.INTERRUPTION and moment.side is Role.USER
    return _BY_USER if is_cut else KINDS[moment.kind]


def _filled(words: str, moment: Moment, length: Callable[[int], str] = times.length) -> str:
    """The words with what they leave open."""
    took, others = length(moment.ms or 0), of_which_others(moment, length)
    return words.format(side=moment.side.value, took=took, others=others)


def described(moment: Moment | Reported) -> str:
    """A moment in a few words, whether it follows from the times or is reported by others."""
    return describe(moment) if isinstance(moment, Moment) else moment.described


def of_which_others(moment: Moment, length: Callable[[int], str] = times.length) -> str:
    """The part of a silence that the turns of no side fill: ", of which tool 2.1 s"; empty if it rounds to zero."""
    took = length(moment.tool_ms or 0)
    return "" if took == length(0) else f", of which {others(are_tools=moment.are_tools)} {took}"


def others(*, are_tools: bool) -> str:
    """The word for those who fill a silence: a supervisor, say, is no tool."""
    return "tool" if are_tools else "others"


class CallRemarks:
    """The remarks on each turn of a call, written on demand.

    Args:
        silences: The silences to show between turns.

    Attributes:
        kinds: The number of moments of each kind.
        reported_by: The number of moments that others report, by who does.
    """

    def __init__(self, silences: Iterable[Silence]) -> None:
        self.kinds: Counter[MomentKind] = Counter()
        self._silences: dict[int, int] = dict(silences)
        self._moments: dict[int, tuple[Moment, ...]] = {}
        self._cuts: dict[int, Moment] = {}
        self.reported_by: Counter[str] = Counter()
        self._reported: dict[int, list[str]] = {}

    def take(self, moments: Iterable[Moment]) -> None:
        """Add more moments, in order."""
        for moment in moments:
            self.kinds[moment.kind] += 1
            self._moments[moment.turn] = (*self._moments.get(moment.turn, ()), moment)
            if moment.cut_turn is not None:
                self._cuts[moment.cut_turn] = moment

    def report(self, reported: Iterable[Reported]) -> None:
        """Take what others report of the turns, in the place of what they reported before."""
        self.reported_by, self._reported = Counter(), {}
        for moment in reported:
            self.reported_by[moment.by] += 1
            self._reported.setdefault(moment.turn, []).append(moment.note)

    def kinds_of(self, turn: int) -> set[MomentKind]:
        """The kinds of the moments at a turn; the user's interruption also counts for the turn that it cuts off."""
        kinds, cut = {moment.kind for moment in self._moments.get(turn, ())}, self._cuts.get(turn)
        return kinds | {MomentKind.INTERRUPTION} if cut is not None and cut.side is Role.USER else kinds

    def of(self, turn: int) -> Remarks:
        """The remarks on a turn."""
        remarks, reported = self._own(turn), self._reported.get(turn)
        if reported is None:
            return remarks
        left_out = len(reported) - _MOST_REPORTED
        more = (f"… and {left_out:,} more",) if left_out > 0 else ()
        return remarks._replace(reported=(*reported[:_MOST_REPORTED], *more))

    def _own(self, turn: int) -> Remarks:
        """What the times of the call say of a turn."""
        if turn not in self._moments and turn not in self._cuts and turn not in self._silences:
            return NO_REMARKS
        moments, cut, silence_ms = self._moments.get(turn, ()), self._cuts.get(turn), self._silences.get(turn)
        notes = [_filled(note, moment) for moment in moments if (note := _words_of(moment).note)]
        if cut is not None and cut.side is Role.USER:
            notes.append(f"cut off after {times.length(cut.ms or 0)}")
        silences = [_silence_words(each) for each in moments if each.kind is MomentKind.SILENCE]
        words = (*silences, *notes)
        if silence_ms is None:
            return Remarks(tuple(notes), moments=words)
        is_long = any(moment.kind in (MomentKind.SILENCE, MomentKind.SLOW_ANSWER) for moment in moments)
        line = "; ".join(silences) or f"{times.length(silence_ms)} silence"
        return Remarks(tuple(notes), f"·· {line} ··", is_long, words)


def _silence_words(silence: Moment) -> str:
    """A silence in words: "12.7 s silence, of which tool 5.7 s"."""
    return f"{times.length(silence.ms or 0)} silence{of_which_others(silence)}"


def remarks_of(timing: Timing) -> CallRemarks:
    """The remarks on each turn of a call."""
    remarks = CallRemarks(timing.silences)
    remarks.take(timing.moments)
    return remarks


def counts(kinds: Mapping[MomentKind, int]) -> str:
    """The number of moments of each kind: "2 slow · 1 silence"; empty without any."""
    return " · ".join(count.text for count in counts_by_kind(kinds))


class Count(NamedTuple):
    """A number of moments.

    Attributes:
        text: In words: "2 slow".
        number: The number.
    """

    text: str
    number: int


def counts_by_kind(kinds: Mapping[MomentKind, int], *, errors_first: bool = False) -> tuple[Count, ...]:
    """The same, each by itself; errors first where the rest may have no room."""
    order = sorted(KINDS, key=lambda kind: errors_first and kind is not MomentKind.ERROR)
    counted = ((kinds[kind], KINDS[kind]) for kind in order if kinds.get(kind))
    return tuple(Count(f"{count:,} {words.one if count == 1 else words.several}", count) for count, words in counted)


def reported_counts(reported_by: Mapping[str, int]) -> tuple[Count, ...]:
    """The numbers of moments that others report: "9 recap", "2 trace"."""
    return tuple(Count(f"{count:,} {by.lower()}", count) for by, count in sorted(reported_by.items()))


def doubts(timing: Timing) -> tuple[str, ...]:
    """Why times cannot be relied on: "12 turns are faster than anybody speaks"; empty if they can be."""
    reasons = [WHOLE_SECONDS] if timing.in_whole_seconds else []
    if timing.doubtful:
        reasons.append(_turns(timing.doubtful, "is", "are", "faster than anybody speaks"))
    return tuple(reasons)


def no_times(timing: Timing) -> str:
    """Why a call without timed turns has no figures of time; turns of no side may have times."""
    whose = "no turn of user or assistant" if timing.other_ms else "no turn"
    return f"{whose} has a start and a later end"


def reservations(timing: Timing) -> tuple[str, ...]:
    """The notes on the times of a call as a whole: which are missing, out of order or doubtful."""
    if not timing.timed:
        return (no_times(timing),) if timing.turns else ()
    notes = []
    if timing.untimed:
        notes.append(_turns(timing.untimed, "has", "have", "no start and later end"))
    if timing.unordered:
        notes.append(_turns(timing.unordered, "starts", "start", "before a turn sent earlier"))
    return (*notes, *doubts(timing))


def _turns(count: int, one: str, several: str, what: str) -> str:
    """A statement about a number of turns: "1 turn has no text", "12 turns have no text"."""
    return f"1 turn {one} {what}" if count == 1 else f"{count:,} turns {several} {what}"
