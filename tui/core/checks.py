"""Checks a call: compares figures with limits, and looks for words; the results are verdicts.

The figures come from ``timing``, and words match within one turn as in the find (``search`` over ``shown``).
Limits are inclusive. Commands write the verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from tui.core.counted import counted
from tui.core.errors import UsageError
from tui.core.search import Corpus, Matcher, compile_query
from tui.core.shown import ShownTexts
from tui.core.text import safe, safe_line
from tui.core.timing import FAIR_MS, GOOD_MS, Moment, MomentKind, Timing, measure
from tui.core.transcript import Role, Transcript

_SIDES = (Role.USER, Role.ASSISTANT)
_EVERY_SILENCE_MS = 1
"""Measures silences of any length: the longest may be shorter than a moment."""
_NO_TIMES = "no times"
_NO_RESPONSE = "the assistant never takes the floor from the user"
_NO_TURNS = "one plain text, without turns"


class Outcome(Enum):
    """The result of a check."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


class MeasuredFigure(NamedTuple):
    """A measured value.

    Attributes:
        value: A length in ms, or a count; None if there is none.
        turn: The index of the turn that shows it; None if none does.
        note: An explanation, or why there is no value.
        is_known: Whether it can be compared with a limit.
    """

    value: int | None
    turn: int | None = None
    note: str = ""
    is_known: bool = True


class Verdict(NamedTuple):
    """The result of one check of one call, with its reasons.

    Attributes:
        check: The name of its option, without dashes.
        outcome: The result.
        figure: The measured value.
        limit: The largest allowed value, in ms or as a count; or the words of the check.
        is_time: Whether figure and limit are times in ms.
        is_whole: Whether the figure is of all turns; false where some that it depends on have no times.
    """

    check: str
    outcome: Outcome
    figure: MeasuredFigure
    limit: int | str
    is_time: bool = False
    is_whole: bool = True


class WordCheck(NamedTuple):
    """Words that must, or must not, occur in a turn.

    Attributes:
        name: One of ``WORD_CHECKS``.
        text: The words, or the regular expression.
        matcher: Finds them.
    """

    name: str
    text: str
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a run.

    Attributes:
        limits: Limits in ms or as counts, by their names in ``TIME_LIMITS`` and ``COUNT_LIMITS``.
        words: The words that must, or must not, occur.
        role: The side whose words and interruptions count; None for both.
        is_strict: Whether an unknown figure fails its check, and one that is not of all turns.
    """

    limits: Mapping[str, int]
    words: tuple[WordCheck, ...] = ()
    role: Role | None = None
    is_strict: bool = False

    def judge(self, transcript: Transcript) -> list[Verdict]:
        """A verdict for each check.

        Raises:
            SearchTimeout: A regular expression takes too long.
        """
        timing = measure(transcript.turns, _EVERY_SILENCE_MS)
        verdicts = [*self._limits(transcript, timing), *self._words(transcript)]
        return [self._strictly(verdict) for verdict in verdicts]

    def _limits(self, transcript: Transcript, timing: Timing) -> Iterator[Verdict]:
        for name, find in TIME_LIMITS.items():
            if (limit := self.limits.get(name)) is not None:
                figure = find(timing) if timing.timed else _unknown(_NO_TIMES)
                yield _reserved(Verdict(name, _at_most(limit, figure), figure, limit, is_time=True), timing)
        for name, count in COUNT_LIMITS.items():
            if (limit := self.limits.get(name)) is not None:
                figure = count(transcript, timing, self.role, limit)
                verdict = Verdict(name, _at_most(limit, figure), figure, limit)
                yield verdict if name in _TIMELESS else _reserved(verdict, timing)

    def _words(self, transcript: Transcript) -> Iterator[Verdict]:
        places, corpus = _spoken(transcript, self.role)
        for check in self.words:
            _, is_wanted = WORD_CHECKS[check.name]
            if transcript.plain is not None and self.role is not None:
                yield Verdict(check.name, Outcome.UNKNOWN, _unknown(_NO_TURNS), check.text)
                continue
            found = sorted({turn for batch in corpus.hits(check.matcher) for turn, _, _ in batch})
            outcome = Outcome.PASS if bool(found) is is_wanted else Outcome.FAIL
            figure = MeasuredFigure(len(found), places[found[0]] if found else None)
            yield Verdict(check.name, outcome, figure, check.text)

    def _strictly(self, verdict: Verdict) -> Verdict:
        is_failure = self.is_strict and (verdict.outcome is Outcome.UNKNOWN or not verdict.is_whole)
        return verdict._replace(outcome=Outcome.FAIL) if is_failure else verdict


def make_checks(
    limits: Mapping[str, int | None],
    words: Sequence[tuple[str, str]] = (),
    role: Role | None = None,
    *,
    is_strict: bool = False,
) -> Checks:
    """The checks for the given options.

    Args:
        limits: Limits in ms or as counts, by their names in ``TIME_LIMITS`` and ``COUNT_LIMITS``; None for no check.
        words: Names of ``WORD_CHECKS``, each with the words, or the regular expression.
        role: The side whose words and interruptions count; None for both.
        is_strict: Whether an unknown figure fails its check.

    Raises:
        UsageError: There is no check, or words or an expression are invalid.
    """
    chosen = {name: limit for name, limit in limits.items() if limit is not None}
    if not chosen and not words:
        raise UsageError("there is nothing to check", "name a limit, as in --max-response 1500")
    return Checks(chosen, tuple(_word_check(name, text) for name, text in words), role, is_strict)


def _word_check(name: str, text: str) -> WordCheck:
    is_regex, _ = WORD_CHECKS[name]
    if not (text if is_regex else safe_line(text)):
        raise UsageError(f"--{name} has nothing to look for", "name some words")
    return WordCheck(name, text, compile_query(text, regex=is_regex))


def _unknown(why: str) -> MeasuredFigure:
    return MeasuredFigure(None, note=why, is_known=False)


def _at_most(limit: int, figure: MeasuredFigure) -> Outcome:
    if not figure.is_known:
        return Outcome.UNKNOWN
    return Outcome.PASS if figure.value is None or figure.value <= limit else Outcome.FAIL


def _reserved(verdict: Verdict, timing: Timing) -> Verdict:
    """A check of times with the number of turns that have none; one that fails by the others stays as it is."""
    if verdict.outcome is Outcome.FAIL or not (timing.timed and timing.untimed):
        return verdict
    verb = "has" if timing.untimed == 1 else "have"
    missing = f"{timing.untimed:,} of {counted(timing.timed + timing.untimed, 'turn')} {verb} no times"
    note = "; ".join(filter(None, (verdict.figure.note, missing)))
    return verdict._replace(figure=verdict.figure._replace(note=note), is_whole=False)


def _spoken(transcript: Transcript, role: Role | None) -> tuple[Sequence[int | None], Corpus]:
    """The indexes and shown texts of the turns of a side, or of both; a plain text counts as a turn without index."""
    if transcript.plain is not None:
        return [None], Corpus([safe(transcript.plain)])
    sides = _SIDES if role is None else (role,)
    places = [turn.index for turn in transcript.turns if turn.role in sides]
    shown = ShownTexts(transcript.turns)
    return places, Corpus([shown[place] for place in places])


def _response(percent: int, timing: Timing) -> MeasuredFigure:
    """A percentile of the assistant's responses, and the first turn with that value."""
    response = timing.assistant.response
    value = response.percentile_ms(percent)
    if value is None:
        return _unknown(_NO_RESPONSE)
    return MeasuredFigure(value, next(answer.turn for answer in response.answers if answer.ms == value))


def _bands(timing: Timing) -> MeasuredFigure:
    """The 95th percentile, with its band in PyAI's own harness."""
    figure = _response(95, timing)
    if figure.value is None:
        return figure
    is_fair = figure.value <= FAIR_MS
    return figure._replace(note="good" if figure.value < GOOD_MS else "fair" if is_fair else "slow")


def _silence(timing: Timing) -> MeasuredFigure:
    silences = (MomentKind.SLOW_ANSWER, MomentKind.SILENCE)
    lengths = [(moment.ms or 0, moment.turn) for moment in timing.moments if moment.kind in silences]
    return _longest(lengths, "no silence")


def _stop(timing: Timing) -> MeasuredFigure:
    """The longest time that the assistant went on after the user had cut in, or talked on while the user spoke.

    The first counts however short it is, the second where it is a moment: what is shorter is a backchannel.
    """
    talked_over = [moment for moment in timing.moments if moment.kind is MomentKind.TALKED_OVER]
    lengths = [(moment.ms or 0, moment.turn) for moment in talked_over if moment.side is Role.USER]
    lengths += [(-answer.ms, answer.turn) for answer in timing.user.response.answers if answer.ms < 0]
    return _longest(sorted(lengths, key=itemgetter(1)), "the user never cuts in")


def _longest(lengths: Sequence[tuple[int, int]], otherwise: str) -> MeasuredFigure:
    """The first of the greatest lengths in ms, each with its turn; without any, every limit holds."""
    longest = max(lengths, key=itemgetter(0), default=None)
    return MeasuredFigure(None, note=otherwise) if longest is None else MeasuredFigure(*longest)


def _interruptions(timing: Timing, role: Role | None) -> list[Moment]:
    moments = [moment for moment in timing.moments if moment.kind is MomentKind.INTERRUPTION]
    return [moment for moment in moments if role is None or moment.side is role]


def _count_interruptions(_: Transcript, timing: Timing, role: Role | None, limit: int) -> MeasuredFigure:
    if not timing.timed:
        return _unknown(_NO_TIMES)
    return _counted(_interruptions(timing, role), limit)


def _count_errors(transcript: Transcript, timing: Timing, _: Role | None, limit: int) -> MeasuredFigure:
    if transcript.plain is not None:
        return _unknown(_NO_TURNS)
    return _counted([moment for moment in timing.moments if moment.kind is MomentKind.ERROR], limit)


def _counted(moments: Sequence[Moment], limit: int) -> MeasuredFigure:
    """The number of moments, and the turn of the first one above the limit, else of the last."""
    shown = moments[min(limit, len(moments) - 1)] if moments else None
    return MeasuredFigure(len(moments), shown.turn if shown else None)


TIME_LIMITS: dict[str, Callable[[Timing], MeasuredFigure]] = {
    "max-response": partial(_response, 100),
    "max-response-p50": partial(_response, 50),
    "max-response-p95": partial(_response, 95),
    "bands": _bands,
    "max-silence": _silence,
    "max-stop": _stop,
}
"""Measures each figure that is a time."""
COUNT_LIMITS: dict[str, Callable[[Transcript, Timing, Role | None, int], MeasuredFigure]] = {
    "max-interruptions": _count_interruptions,
    "no-errors": _count_errors,
}
"""Measures each figure that is a count, for a side and a limit."""
_TIMELESS = frozenset(("no-errors",))
"""Counts that do not depend on times."""
FIXED_LIMITS = {"bands": FAIR_MS, "no-errors": 0}
"""The limits that the user does not choose: a response up to 1,500 ms is not slow, and no error is allowed."""
WORD_CHECKS = {
    "contains": (False, True),
    "not-contains": (False, False),
    "regex": (True, True),
    "not-regex": (True, False),
}
"""For each check of words: whether it is a regular expression, and whether it must match."""
