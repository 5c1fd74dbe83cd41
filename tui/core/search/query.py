"""The query language: conditions on the words of a turn, and on the turn itself.

A plain query is one phrase, found as it is typed. If a word of it is a condition (``is:slow``, ``role:user``,
``after:today``), or words are in quotes, it is a list of parts that must all hold: the conditions, each phrase in
quotes, and the rest of the words as one more phrase. ``-`` before any of these, or before a word, excludes it. As a
text may have quotes of its own, a query without conditions also finds itself as it is typed, quotes included.
Blanks alone are refused, as they would be found between any two words.
A condition without a value, such as ``is:``, is refused where the query begins or ends with it, or has another
condition; within other words, as in "the total is: 40", it is one of them.
Conditions are on turns, or, ``label:``, ``after:`` and ``before:``, on the call of a turn.

Owns the meaning of a query; ``timing`` defines moments, and ``matchers`` how a phrase matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.core.call import CallFacts
from tui.core.clock import Clock
from tui.core.errors import UsageError
from tui.core.fold import fold
from tui.core.search.corpus import Holds
from tui.core.search.matchers import LONGEST_PATTERN, Matcher, compile_query
from tui.core.search.phrases import FirstOf, Phrases
from tui.core.shown import is_tool_role
from tui.core.text import clip, safe, safe_line
from tui.core.times import parse_when
from tui.core.transcript import Role, Turn

if TYPE_CHECKING:
    from tui.core.timing import MomentKind

KindsOf = Callable[[int], Collection["MomentKind"]]
"""Returns the kinds of the moments at a turn."""

_KINDS = {"slow": "slow_answer", "silence": "silence", "cut": "interruption", "error": "error"}
"""Each name behind ``is:``, and the kind of moment; by its value, as the first picture does not load ``timing``."""
_SYSTEM_ROLES = frozenset(("system", "developer"))
_ROLES: dict[str, Callable[[Turn], bool]] = {
    "user": lambda turn: turn.role is Role.USER,
    "assistant": lambda turn: turn.role is Role.ASSISTANT,
    "tool": lambda turn: is_tool_role(turn.speaker),
    "system": lambda turn: turn.speaker.strip().lower() in _SYSTEM_ROLES,
}
_NAMES = {"is": tuple(_KINDS), "role": tuple(_ROLES)}
ROLES = _NAMES["role"]
"""The names behind ``role:``."""
QUERY_HELP = (
    ("role:user", f"turns of one role: {', '.join(ROLES)}"),
    ("is:slow", f"turns with a moment: {', '.join(_KINDS)}"),
    ('"two words"', "this phrase, beside others that must be there, too"),
    ("-word", "beside these: turns without it; -is:slow, -role:user, too"),
    ("label:test", 'calls that have this in their label; with blanks, label:"front desk"'),
    ("after:today", "calls from then on: 2026-11-01, yesterday, 7d, 2026-11-01T14:03"),
    ("before:…", "calls that began before that"),
)
"""Each part of a query, and what it finds."""
_LONGEST_NAME_CELLS, _LONGEST_HINT_CELLS = 16, 40

_PART = re.compile(
    r'(?P<excluded>-?)(?:"(?P<phrase>[^"]+)"|[“„](?P<curly>[^“”]+)[”“]'
    r'|(?P<prefix>is|role|label|after|before):(?:"(?P<quoted>[^"]*)"|(?P<name>\S+)))(?!\S)'
    r"|(?P<word>\S+)"
)
_BARE = re.compile(r"-?(is|role|label|after|before):")


class Condition(NamedTuple):
    """Something that must hold for a turn.

    Attributes:
        prefix: "is" or "role".
        name: The name behind it.
        is_excluded: Whether it must not hold.
    """

    prefix: str
    name: str
    is_excluded: bool = False


class CallCondition(NamedTuple):
    """Something that must hold for a call.

    Attributes:
        prefix: "label", "exact label", "after" or "before".
        value: The folded words in the label, the whole label as sent, or a Unix time in ms.
        is_excluded: Whether it must not hold.
    """

    prefix: str
    value: str | int
    is_excluded: bool = False

    def holds(self, call: CallFacts) -> bool:
        """Whether it holds; a call that lacks the fact is none of those that have it."""
        return self._is_fulfilled(call) is not self.is_excluded

    def _is_fulfilled(self, call: CallFacts) -> bool:
        if self.prefix == "exact label":
            return call.label == self.value
        if isinstance(self.value, str):
            return call.label is not None and self.value in fold(safe(call.label))[0]
        if call.start_ms is None:
            return False
        return (call.start_ms >= self.value) is (self.prefix == "after")


class Query(NamedTuple):
    """A parsed query.

    Attributes:
        matcher: Finds the words; without any, the whole text of each turn.
        conditions: The conditions on a turn.
        call_conditions: The conditions on its call.
        hint: Another way to type it, for a query that finds nothing; safe, empty without one.
    """

    matcher: Matcher
    conditions: tuple[Condition, ...] = ()
    call_conditions: tuple[CallCondition, ...] = ()
    hint: str = ""

    def holds_for(self, call: CallFacts) -> bool:
        """Whether all conditions on calls hold for one."""
        return all(condition.holds(call) for condition in self.call_conditions)

    @property
    def needs_moments(self) -> bool:
        """Whether it depends on the moments of the call."""
        return any(condition.prefix == "is" for condition in self.conditions)

    @property
    def finds_turns(self) -> bool:
        """Whether its hits are turns, and no words in them."""
        return isinstance(self.matcher, Phrases) and self.matcher.finds_turns

    def without_case(self) -> Query | None:
        """The same query ignoring case; None if this one ignores case already."""
        matcher = self.matcher.without_case()
        return None if matcher is None else self._replace(matcher=matcher)

    def beside(self, condition: Condition) -> Query:
        """The same query with one more condition."""
        return self._replace(conditions=(*self.conditions, condition))

    def among(self, label: str | None = None, since_ms: int | None = None, before_ms: int | None = None) -> Query:
        """The same query in calls with exactly this label, that began within these Unix times in ms; None for any."""
        values = {"exact label": label, "after": since_ms, "before": before_ms}
        more = (CallCondition(prefix, value) for prefix, value in values.items() if value is not None)
        return self._replace(call_conditions=(*self.call_conditions, *more))

    def holds(self, turns: Sequence[Turn], kinds_of: KindsOf | None) -> Holds | None:
        """A condition on a turn by its index: that all of these hold; None without any.

        Args:
            turns: The turns of the call.
            kinds_of: The moments at a turn; None where they are not known, which matters only if ``needs_moments``.
        """
        if not self.conditions:
            return None
        known = kinds_of or _no_moments
        checks = [(_check(condition, turns, known), condition.is_excluded) for condition in self.conditions]
        return lambda turn: all(check(turn) is not is_excluded for check, is_excluded in checks)


class _Parts(NamedTuple):
    """The parts of a typed query, each as typed and with whether it is excluded."""

    conditions: list[tuple[str, str, bool]]
    phrases: list[tuple[str, bool]]
    words: list[str]


def parse_query(typed: str, clock: Clock = Clock(), *, regex: bool = False) -> Query:  # noqa: B008 - has no state
    """Parse a typed query.

    Args:
        typed: The query.
        clock: The current time and zone, for dates.
        regex: Whether it is a regular expression, without conditions.

    Raises:
        UsageError: It is too long, or has a phrase of blanks alone, or a condition without a value, with an unknown
            name or no date; names what is known. Or it is an invalid expression.
    """
    if regex:
        return Query(compile_query(typed, regex=True))
    parts = _parts(typed)
    excluded = [word for word in parts.words if len(word) > 1 and word.startswith("-")]
    if len(typed) > LONGEST_PATTERN or not (parts.conditions or parts.phrases):
        return Query(_phrase(typed), hint=_how_to_exclude(parts.words, excluded))
    phrases = [*parts.phrases, *((word[1:], True) for word in excluded)]
    if rest := " ".join(word for word in parts.words if word not in excluded):
        phrases.append((rest, False))
    matcher = _matcher(phrases)
    if rest and not parts.conditions:
        matcher = FirstOf((compile_query(typed), matcher))
    of_turns = tuple(_condition(*one) for one in parts.conditions if one[0] in _NAMES)
    return Query(
        matcher, of_turns, tuple(_call_condition(*one, clock) for one in parts.conditions if one[0] not in _NAMES)
    )


def _how_to_exclude(words: Sequence[str], excluded: Sequence[str]) -> str:
    """How words are excluded that are part of a phrase as it is typed; empty if there are none, or no others."""
    rest = " ".join(word for word in words if word not in excluded)
    if not (rest and excluded):
        return ""
    return clip(safe_line(f'to exclude: "{rest}" {" ".join(excluded)}'), _LONGEST_HINT_CELLS)


def _parts(typed: str) -> _Parts:
    parts = _Parts([], [], [])
    for part in _PART.finditer(typed):
        is_excluded = bool(part["excluded"])
        if part["word"]:
            parts.words.append(part["word"])
        elif phrase := part["phrase"] or part["curly"]:
            parts.phrases.append((phrase, is_excluded))
        else:
            value = part["name"] if part["quoted"] is None else part["quoted"]
            parts.conditions.append((part["prefix"], value, is_excluded))
    _take_bare(parts)
    return parts


def _take_bare(parts: _Parts) -> None:
    """Make words that are a prefix without a value conditions, unless they stand within a plain text."""
    for word in dict.fromkeys(parts.words):
        bare = _BARE.fullmatch(word)
        if bare and (parts.conditions or word in {parts.words[0], parts.words[-1]}):
            parts.conditions.append((bare[1], "", False))


def _matcher(phrases: Sequence[tuple[str, bool]]) -> Matcher:
    """A matcher of all phrases in turns without the excluded ones; of a single phrase its own."""
    wanted, unwanted = (
        [_phrase(text) for text, is_excluded in phrases if is_excluded is which] for which in (False, True)
    )
    return wanted[0] if len(wanted) == 1 and not unwanted else Phrases(wanted, unwanted)


def _phrase(text: str) -> Matcher:
    """A matcher of a phrase; of an empty one, nothing."""
    if text and not safe_line(text):
        raise UsageError("there are only blanks to find", "type some words")
    return compile_query(text)


def role_condition(name: str) -> Condition:
    """The condition that a turn is of a role: one of ``ROLES``.

    Raises:
        UsageError: There is no such role.
    """
    return _condition("role", name, False)


def _condition(prefix: str, name: str, is_excluded: bool) -> Condition:
    known = _NAMES[prefix]
    if name.lower() not in known:
        typed = clip(safe_line(name), _LONGEST_NAME_CELLS)
        raise UsageError(f"unknown {prefix}:{typed}", f"{', '.join(known[:-1])} or {known[-1]}")
    return Condition(prefix, name.lower(), is_excluded)


def _call_condition(prefix: str, value: str, is_excluded: bool, clock: Clock) -> CallCondition:
    if prefix == "label" and not safe_line(value):
        raise UsageError("no label: label:", 'as in label:test or label:"front desk"')
    if prefix == "label":
        return CallCondition(prefix, fold(safe(value))[0], is_excluded)
    try:
        return CallCondition(prefix, parse_when(value, clock.now_ms(), clock.zone), is_excluded)
    except ValueError as error:
        raise UsageError(f"no date: {prefix}:{clip(safe_line(value), _LONGEST_NAME_CELLS)}", str(error)) from error


def _check(condition: Condition, turns: Sequence[Turn], kinds_of: KindsOf) -> Holds:
    """A condition, without its ``-``, as a function of the index of a turn."""
    if condition.prefix == "role":
        is_of_role = _ROLES[condition.name]
        return lambda turn: is_of_role(turns[turn])
    wanted = _KINDS[condition.name]
    return lambda turn: any(kind.value == wanted for kind in kinds_of(turn))


def _no_moments(_: int) -> Collection[MomentKind]:
    return ()
