"""Matches a query: plain text with variants that read the same, or a regular expression with a time limit."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Protocol

from tui.core.errors import UsageError
from tui.core.fold import Folded, Span, cased, fold, unfolded
from tui.core.search.required import Required, required_by_expression
from tui.core.text import safe

if TYPE_CHECKING:
    import regex

LONGEST_PATTERN = 1000
MOST_REPEATS = 10_000
STEP_LIMIT_S = 0.1
SEARCH_LIMIT_S = 5.0

_WINDOW = 4_096
"""Characters given to a regular expression at once, plus as many for a hit that begins in them."""
_LONGEST_HIT = 4_096
_HITS_AT_ONCE = 2_000


class SearchTimeout(UsageError):  # noqa: N818 - the name without "Error" reads better
    """A regular expression that takes too long."""

    def __init__(self) -> None:
        super().__init__("the regular expression takes too long", "make it simpler, or search for plain words")


class Matcher(Protocol):
    """A compiled query."""

    @property
    def needle(self) -> str:
        """What a folded text must contain to have a hit; empty if unknown."""

    @property
    def required(self) -> Required:
        """What a folded text must contain to have a hit, for an index."""

    @property
    def literal(self) -> str:
        """The string whose occurrences in a folded text are all hits, and the only ones; empty if there is none."""

    @property
    def is_of_folded(self) -> bool:
        """Whether the folded text suffices if folding keeps every character's position."""

    @property
    def limit_s(self) -> float:
        """The time limit for a search of all texts, in seconds."""

    def spans(self, text: str, folded: Folded | None = None) -> list[Span]:
        """All hits in a safe text, in order, not overlapping; none is empty, unless the text is found as a whole.

        Args:
            text: The text as it is shown.
            folded: ``fold(text)``, from a caller who keeps it.

        Raises:
            SearchTimeout: It takes too long.
        """

    def slices(self, text: str, folded: Folded | None = None) -> Iterator[list[Span]]:
        """The same for a long text, in batches."""

    def without_case(self) -> Matcher | None:
        """The same query ignoring case; None if this one ignores case already."""


def compile_query(pattern: str, *, regex: bool = False) -> Matcher:
    """Compile a typed query; an empty pattern matches nothing.

    Case matters only if the pattern has an upper-case letter. Plain text also matches variants that readers take for
    the same (see ``fold``); a regular expression is matched literally.

    Raises:
        UsageError: The regular expression is invalid; names the position.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise UsageError(f"the search has {len(pattern)} characters, {LONGEST_PATTERN} are allowed", "shorten it")
    return _Expression(pattern) if regex and pattern else _Words(safe(pattern))


class _Words:
    """A query of plain text."""

    limit_s = float("inf")

    def __init__(self, pattern: str, *, with_case: bool = True) -> None:
        self._pattern = pattern
        self.needle, _ = fold(pattern)
        self.required: Required = (frozenset((self.needle,)),) if self.needle else ()
        self._cased = cased(pattern) if with_case and _has_capital(pattern) else None
        self.is_of_folded = self._cased is None
        self.literal = self.needle if self.is_of_folded else ""

    def without_case(self) -> Matcher | None:
        return _Words(self._pattern, with_case=False) if self._cased is not None else None

    def spans(self, text: str, folded: Folded | None = None) -> list[Span]:
        words, changes = fold(text) if folded is None else folded
        if not changes:
            if self._cased is None:
                return _occurrences(words, self.needle)
            if text.isascii():
                return _occurrences(text.replace("\n", " "), self._cased)
        return list(chain.from_iterable(self.slices(text, (words, changes))))

    def slices(self, text: str, folded: Folded | None = None) -> Iterator[list[Span]]:
        words, changes = fold(text) if folded is None else folded
        needle, size, found = self.needle, len(self.needle), list[Span]()
        at = words.find(needle) if needle else -1
        while at >= 0:
            span = unfolded(changes, at, at + size)
            if self._is_hit(text, span) and (not found or span[0] >= found[-1][1]):
                found.append(span)
                at += size
            else:
                at += 1
            if len(found) > _HITS_AT_ONCE:
                yield found[:-1]
                del found[:-1]
            at = words.find(needle, at)
        yield found

    def _is_hit(self, text: str, span: Span) -> bool:
        """Whether a hit has the requested case."""
        return self._cased is None or cased(text[slice(*span)]) == self._cased


def _occurrences(text: str, needle: str) -> list[Span]:
    """The positions of the needle, from left to right without overlaps."""
    found: list[Span] = []
    size = len(needle)
    at = text.find(needle) if needle else -1
    while at >= 0:
        found.append((at, at + size))
        at = text.find(needle, at + size)
    return found


def _has_capital(text: str) -> bool:
    return any(character.isupper() or character.istitle() for character in text)


# Parts of a regular expression that are no literal letters: escapes, names of groups and character classes.
_SYNTAX = re.compile(r"\\[pPN]\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\.|\(\?P?[<>=&]?\w*|\[:\^?\w+:\]", re.DOTALL)

_COUNTS = re.compile(r"\{[\d, ]+\}")


class _Expression:
    """A regular expression; ``^`` and ``$`` match at line ends, and time is limited."""

    needle = literal = ""
    is_of_folded = False
    limit_s = SEARCH_LIMIT_S

    def __init__(self, pattern: str, *, with_case: bool = True) -> None:
        self._pattern = pattern
        self.required: Required = required_by_expression(pattern)
        self._with_case = with_case and _has_capital(_SYNTAX.sub("", pattern))
        self._compiled = _compiled(pattern, with_case=self._with_case)

    def without_case(self) -> Matcher | None:
        return _Expression(self._pattern, with_case=False) if self._with_case else None

    def spans(self, text: str, folded: Folded | None = None) -> list[Span]:
        found: list[Span] = []
        end_s = time.perf_counter() + self.limit_s
        for some in self.slices(text, folded):
            found += some
            if time.perf_counter() > end_s:
                raise SearchTimeout
        return found

    def slices(self, text: str, folded: Folded | None = None) -> Iterator[list[Span]]:
        at = 0
        while at < len(text):
            found, at = self._in_window(text, at)
            yield found

    def _in_window(self, text: str, start: int) -> tuple[list[Span], int]:
        """The hits that begin in the next window, and the position after it.

        ``regex`` checks its time limit only occasionally, so the window's size bounds a step. The limit is wall-clock
        time, which a busy machine spends on others: a step that used little of the processor goes on with more of it.
        """
        begun_s, limit_s = time.thread_time(), STEP_LIMIT_S
        while time.thread_time() - begun_s < STEP_LIMIT_S / 2 and limit_s < SEARCH_LIMIT_S:
            found, at = self._hits_from(text, start, limit_s)
            if at > start:
                return found, at
            limit_s *= 2
        raise SearchTimeout

    def _hits_from(self, text: str, start: int, limit_s: float) -> tuple[list[Span], int]:
        """As ``_in_window``; if the time is over, only up to the last hit, or to ``start`` where there is none."""
        stop, reach = start + _WINDOW, start + _WINDOW + _LONGEST_HIT
        if reach >= len(text):
            stop = reach = len(text)
        found, at = list[Span](), start
        try:
            for match in self._compiled.finditer(text, start, reach, timeout=limit_s):
                first, last = match.span()
                if first >= stop:
                    break
                if first < last:
                    found.append((first, last))
                    at = last
        except TimeoutError:
            return found, at
        return found, max(stop, at)


def _compiled(pattern: str, *, with_case: bool) -> regex.Pattern[str]:
    """Compile the expression.

    Raises:
        UsageError: It is invalid; names the position.
    """
    _check_repeats(pattern)
    import regex  # slow to import, and needed for expressions only

    flags = regex.MULTILINE
    if not with_case:
        flags |= regex.IGNORECASE
    try:
        compiled = regex.compile(pattern, flags)
    except (regex.error, ValueError, OverflowError, RecursionError) as exc:
        raise UsageError(f"not a regular expression: {exc}", "correct it, or search for plain words") from exc
    regex.purge()  # it holds the last 500, and the find compiles another one at each key
    return compiled


def _check_repeats(pattern: str) -> None:
    """Reject nested repeat counts that would exhaust memory before the time limit applies.

    Raises:
        UsageError: The product of all counts is too large.
    """
    counts = (max(map(int, re.findall(r"\d+", braces)), default=1) for braces in _COUNTS.findall(pattern))
    if prod(counts) > MOST_REPEATS:
        raise UsageError("the regular expression repeats too often", f"{MOST_REPEATS} times are allowed")
