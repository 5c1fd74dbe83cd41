"""The words in which the rules of ``timing`` are told: of a moment, of a turn, and of a call.

Owns the words alone, so that the foot, the header, the turns and ``insights`` say the same of the same thing. What a
moment is, and how long it was, is decided by ``timing``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from tui.core import times
from tui.core.layout.block import NO_REMARKS, Remarks
from tui.core.timing import Moment, MomentKind, Timing
from tui.core.timing.moments import Silence
from tui.core.transcript import Role

_COUNTED = {
    MomentKind.SLOW_ANSWER: ("slow", "slow"),
    MomentKind.SILENCE: ("silence", "silences"),
    MomentKind.INTERRUPTION: ("cut-off", "cut-offs"),
    MomentKind.TALKED_OVER: ("talked over", "talked over"),
    MomentKind.ERROR: ("error", "errors"),
}
"""What one and several moments of a kind are called, in the order in which they are counted."""

NO_TIMES = "no turn has a start and an end"
WHOLE_SECONDS = "times in whole seconds, ± 1 s"


def told(moment: Moment, length: Callable[[int], str] = times.length) -> str:
    """A moment in a few words: "slow answer 3.2 s, of which tool 2.1 s".

    Args:
        moment: The moment.
        length: Writes a time in ms.
    """
    side, took = moment.side.value, length(moment.ms or 0)
    match moment.kind:
        case MomentKind.SLOW_ANSWER:
            return f"slow answer {took}{of_which_tool(moment, length)}"
        case MomentKind.SILENCE:
            return f"silence {took}{of_which_tool(moment, length)}"
        case MomentKind.INTERRUPTION if moment.side is Role.USER:
            return f"user cuts in, cut off after {took}"
        case MomentKind.INTERRUPTION:
            return f"{side} speaks over the user, {took}"
        case MomentKind.TALKED_OVER:
            return f"{side} at the same time, {took}"
        case MomentKind.ERROR:
            return "error"


def of_which_tool(moment: Moment, length: Callable[[int], str] = times.length) -> str:
    """How much of a silence tools took: ", of which tool 2.1 s"; empty if it reads as nothing."""
    took = length(moment.tool_ms or 0)
    return "" if took == length(0) else f", of which tool {took}"


class CallRemarks:
    """What is to be said of each turn of a call, put into words when it is asked for.

    Args:
        silences: The silences to tell.

    Attributes:
        kinds: How many moments of each kind there are.
    """

    def __init__(self, silences: Iterable[Silence]) -> None:
        self.kinds: Counter[MomentKind] = Counter()
        self._silences: dict[int, int] = dict(silences)
        self._moments: dict[int, tuple[Moment, ...]] = {}
        self._cuts: dict[int, Moment] = {}

    def take(self, moments: Iterable[Moment]) -> None:
        """Take some more moments, in their order."""
        for moment in moments:
            self.kinds[moment.kind] += 1
            self._moments[moment.turn] = (*self._moments.get(moment.turn, ()), moment)
            if moment.cut_turn is not None:
                self._cuts[moment.cut_turn] = moment

    def kinds_of(self, turn: int) -> set[MomentKind]:
        """The kinds of the moments at a turn; an interruption is one of the turn that is cut off, too."""
        kinds = {moment.kind for moment in self._moments.get(turn, ())}
        return kinds | {MomentKind.INTERRUPTION} if turn in self._cuts else kinds

    def of(self, turn: int) -> Remarks:
        """What is to be said of a turn."""
        if turn not in self._moments and turn not in self._cuts and turn not in self._silences:
            return NO_REMARKS
        moments, cut, silence_ms = self._moments.get(turn, ()), self._cuts.get(turn), self._silences.get(turn)
        notes = [_note(moment) for moment in moments if moment.kind is not MomentKind.SILENCE]
        if cut is not None and cut.side is Role.USER:
            notes.append(f"cut off after {times.length(cut.ms or 0)}")
        silences = (f"{times.length(each.ms or 0)} silence" for each in moments if each.kind is MomentKind.SILENCE)
        words = (*silences, *notes)
        if silence_ms is None:
            return Remarks(tuple(notes), moments=words)
        is_long = any(moment.kind in (MomentKind.SILENCE, MomentKind.SLOW_ANSWER) for moment in moments)
        return Remarks(tuple(notes), f"·· {times.length(silence_ms)} silence ··", is_long, words)


def _note(moment: Moment) -> str:
    """A moment that is no silence, as it is told beside its turn."""
    took = times.length(moment.ms or 0)
    match moment.kind:
        case MomentKind.SLOW_ANSWER:
            return f"took {took}{of_which_tool(moment)}"
        case MomentKind.INTERRUPTION:
            return "cuts in" if moment.side is Role.USER else f"speaks over the user, {took}"
        case MomentKind.TALKED_OVER:
            return f"at the same time, {took}"
        case _:
            return "error"


def remarks_of(timing: Timing) -> CallRemarks:
    """What is to be said of each turn of a call."""
    remarks = CallRemarks(timing.silences)
    remarks.take(timing.moments)
    return remarks


def counts(kinds: Mapping[MomentKind, int]) -> str:
    """How many moments of each kind there are: "2 slow · 1 silence"; empty without any."""
    counted = ((kinds[kind], *names) for kind, names in _COUNTED.items() if kinds.get(kind))
    return " · ".join(f"{count:,} {one if count == 1 else several}" for count, one, several in counted)


def doubts(timing: Timing) -> tuple[str, ...]:
    """Why times cannot be relied on: "12 turns are faster than anybody speaks"; empty if they can be."""
    told = [WHOLE_SECONDS] if timing.in_whole_seconds else []
    if timing.doubtful:
        told.append(_turns(timing.doubtful, "is", "are", "faster than anybody speaks"))
    return tuple(told)


def reservations(timing: Timing) -> tuple[str, ...]:
    """What a document says of the times of its turns, once: which are missing, out of order or doubtful."""
    if not timing.timed:
        return (NO_TIMES,) if timing.turns else ()
    told = []
    if timing.untimed:
        told.append(_turns(timing.untimed, "has", "have", "no start and end"))
    if timing.unordered:
        told.append(_turns(timing.unordered, "starts", "start", "before a turn sent earlier"))
    return (*told, *doubts(timing))


def _turns(count: int, one: str, several: str, what: str) -> str:
    """What is so of a number of turns: "1 turn is so", "12 turns are so"."""
    return f"1 turn {one} {what}" if count == 1 else f"{count:,} turns {several} {what}"
