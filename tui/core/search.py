"""Finds text in a transcript: one matcher for highlighting, stepping and counting.

Owns what matches and where. The screen owns a ``Corpus`` (replaced when the texts change),
the matcher of the query, and the ``Hits`` found so far; widgets ask the same matcher for the spans in
what they draw. How a hit is drawn, and which one is current, is decided elsewhere.

All texts, and so all spans, are of *safe* text (see ``text``): ``(start, end)`` in its code points. A span
may begin or end within a grapheme, as a search for "e" finds the one in a decomposed "é".
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Protocol

from tui.core.errors import UsageError
from tui.core.fold import Changes, Folded, Span, cased, fold, fold_in_steps, unfolded
from tui.core.text import safe

if TYPE_CHECKING:
    import regex

Hit = tuple[int, int, int]
"""Index of a turn, and start and end of the hit within its text."""

LONGEST_PATTERN = 1000
MOST_REPEATS = 10_000
STEP_LIMIT_S = 0.1
SEARCH_LIMIT_S = 5.0
SLICE_S = 0.008

_WINDOW = 4_096
"""Characters given to a regular expression at once, plus as many for a hit that begins in them."""
_LONGEST_HIT = 4_096
_MOST_TRIES = 10
_HITS_AT_ONCE = 2_000
_LONG = 32_768
"""Longer texts, in characters, are folded and searched in steps."""
_NOTHING_FOUND: tuple[list[Hit], ...] = ([],)


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
    def is_of_folded(self) -> bool:
        """Whether the folded text suffices if folding keeps every character's position."""

    @property
    def limit_s(self) -> float:
        """The time limit for a search of all texts, in seconds."""

    def spans(self, text: str, folded: Folded | None = None) -> list[Span]:
        """All hits in a safe text, in order, not empty and not overlapping.

        Args:
            text: The text as it is shown.
            folded: ``fold(text)``, from a caller who keeps it.

        Raises:
            SearchTimeout: It takes too long.
        """

    def slices(self, text: str, folded: Folded | None = None) -> Iterator[list[Span]]:
        """The same for a long text, in batches.

        Args:
            text: The text as it is shown.
            folded: ``fold(text)``, from a caller who keeps it.

        Raises:
            SearchTimeout: It takes too long.
        """

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
        self._cased = cased(pattern) if with_case and _has_capital(pattern) else None
        self.is_of_folded = self._cased is None

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

    needle = ""
    is_of_folded = False
    limit_s = SEARCH_LIMIT_S

    def __init__(self, pattern: str, *, with_case: bool = True) -> None:
        self._pattern = pattern
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

        ``regex`` checks its time limit only occasionally, so the window's size bounds a step.
        The limit is wall-clock time, so a step that had to wait for the processor is repeated.
        """
        for _ in range(_MOST_TRIES):
            begun_s = time.thread_time()
            try:
                return self._hits_from(text, start)
            except TimeoutError:
                if time.thread_time() - begun_s >= STEP_LIMIT_S / 2:
                    break
        raise SearchTimeout

    def _hits_from(self, text: str, start: int) -> tuple[list[Span], int]:
        stop, reach = start + _WINDOW, start + _WINDOW + _LONGEST_HIT
        if reach >= len(text):
            stop = reach = len(text)
        found, next_start = [], stop
        for match in self._compiled.finditer(text, start, reach, timeout=STEP_LIMIT_S):
            first, last = match.span()
            if first >= stop:
                break
            if first < last:
                found.append((first, last))
                next_start = max(stop, last)
        return found, next_start


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
        return regex.compile(pattern, flags)
    except (regex.error, ValueError, OverflowError, RecursionError) as exc:
        raise UsageError(f"no regular expression: {exc}", "correct it, or search for plain words") from exc


def _check_repeats(pattern: str) -> None:
    """Reject nested repeat counts that would exhaust memory before the time limit applies.

    Raises:
        UsageError: The product of all counts is too large.
    """
    counts = (max(map(int, re.findall(r"\d+", braces)), default=1) for braces in _COUNTS.findall(pattern))
    if prod(counts) > MOST_REPEATS:
        raise UsageError("the regular expression repeats too often", f"{MOST_REPEATS} times are allowed")


class Corpus:
    """The texts of all turns for repeated searches; caches each folded text.

    Args:
        texts: The safe text of each turn, accessed only when it is searched.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._folded: list[str | None] = [None] * len(texts)
        self._changes: dict[int, Changes] = {}

    def hits(self, matcher: Matcher, first_turn: int = 0) -> Iterator[list[Hit]]:
        """All hits, in sorted batches: from a turn to the last, then from the first to that turn.

        A batch, which may be empty, is yielded about every 8 ms, so that the caller can handle keys in
        between, and stop the search at any moment; the first hit is yielded at once. Only time spent here counts
        towards the limit.

        Raises:
            SearchTimeout: A step, or the whole search, takes too long.
        """
        turns = range(len(self._texts))
        batches = chain(self._slices(matcher, turns[first_turn:]), self._slices(matcher, turns[:first_turn]))
        spent_s, resumed_s = 0.0, time.perf_counter()
        for batch in batches:
            spent_s += time.perf_counter() - resumed_s
            if spent_s > matcher.limit_s:
                raise SearchTimeout
            yield batch
            resumed_s = time.perf_counter()

    def _slices(self, matcher: Matcher, turns: Iterable[int]) -> Iterator[list[Hit]]:
        """The hits in the turns, in batches that end after the first hit and by the clock."""
        batch: list[Hit] = []
        is_first, end_s = True, time.perf_counter() + SLICE_S
        for turn in turns:
            for found in self._in_turn(matcher, turn):
                batch += found
                if (is_first and batch) or time.perf_counter() >= end_s:
                    yield batch
                    is_first = is_first and not batch
                    batch, end_s = [], time.perf_counter() + SLICE_S
        yield batch

    def _in_turn(self, matcher: Matcher, turn: int) -> Iterable[list[Hit]]:
        """The hits in a turn, in one batch or, if it is long, in several; at least one, which may be empty."""
        if not matcher.needle:
            return self._in_text(matcher, turn, self._texts[turn], None)
        words = self._folded[turn]
        if words is None:
            text = self._texts[turn]
            if len(text) > _LONG:
                return self._in_unfolded(matcher, turn)
            words = self._cache(turn, fold(text))
        if matcher.needle not in words:
            return _NOTHING_FOUND
        changes = self._changes.get(turn, ()) if self._changes else ()
        if matcher.is_of_folded and not changes and len(words) <= _LONG:  # fast path: the folded text suffices
            return ([(turn, start, end) for start, end in matcher.spans("", (words, ()))],)
        return self._in_text(matcher, turn, self._texts[turn], (words, changes))

    def _in_text(self, matcher: Matcher, turn: int, text: str, folded: Folded | None) -> Iterable[list[Hit]]:
        if len(text) <= _LONG:
            return ([(turn, start, end) for start, end in matcher.spans(text, folded)],)
        return ([(turn, start, end) for start, end in some] for some in matcher.slices(text, folded))

    def _in_unfolded(self, matcher: Matcher, turn: int) -> Iterator[list[Hit]]:
        """The hits in a long text that is not folded yet."""
        for step in fold_in_steps(self._texts[turn], _LONG):
            if step is not None:
                self._cache(turn, step)
            yield []
        yield from self._in_turn(matcher, turn)

    def _cache(self, turn: int, folded: Folded) -> str:
        words, changes = folded
        self._folded[turn] = words
        if changes:
            self._changes[turn] = changes
        return words


class Hits:
    """The hits found so far, in the order of the transcript."""

    def __init__(self, hits: Iterable[Hit] = ()) -> None:
        self._hits = sorted(hits)

    @property
    def count(self) -> int:
        """The number of hits."""
        return len(self._hits)

    def add(self, batch: Sequence[Hit]) -> None:
        """Add a sorted batch of ``Corpus.hits``; no existing hit lies within its range."""
        if batch:
            at = bisect_left(self._hits, batch[0])
            self._hits[at:at] = batch

    def next_after(self, turn: int, offset: int) -> Hit | None:
        """The first hit that starts after the offset (-1: before all text) in the turn, or in a later one."""
        at = bisect_left(self._hits, (turn, offset + 1, 0))
        return self._hits[at] if at < len(self._hits) else None

    def previous_before(self, turn: int, offset: int) -> Hit | None:
        """The last hit that starts before the offset in the turn, or in an earlier one."""
        at = bisect_left(self._hits, (turn, offset, 0))
        return self._hits[at - 1] if at else None

    def in_part(self, turn: int, start: int, end: int) -> list[Span]:
        """The spans of the hits that overlap a part of a turn's text."""
        first = bisect_left(self._hits, (turn, start, 0))
        if first and self._hits[first - 1][0] == turn and self._hits[first - 1][2] > start:
            first -= 1
        last = bisect_left(self._hits, (turn, end, 0))
        return [(at, until) for _, at, until in self._hits[first:last]]

    def index_of(self, hit: Hit) -> int:
        """The index of a hit, from 0.

        Raises:
            ValueError: It is not among them.
        """
        at = bisect_left(self._hits, hit)
        if at == len(self._hits) or self._hits[at] != hit:
            raise ValueError(f"{hit} is no hit")
        return at

    def turns(self) -> list[int]:
        """The turns with a hit, each once, in order."""
        return list(dict.fromkeys(turn for turn, _, _ in self._hits))
