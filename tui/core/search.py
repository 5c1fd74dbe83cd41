"""Finding words in a transcript: one matcher for highlighting, stepping and counting.

Owns what matches and where. The screen owns a ``Corpus`` (made anew when the texts change, as by redaction),
the matcher of what was typed, and the ``Hits`` found so far; widgets ask the same matcher for the spans in
what they draw. How a hit is drawn, and which one is the current, is not known here.

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
from tui.core.text import safe

if TYPE_CHECKING:
    import regex

Span = tuple[int, int]
"""Start and end of a hit within a text."""
Hit = tuple[int, int, int]
"""Index of a turn, and start and end of the hit within its text."""

LONGEST_PATTERN = 1000
MOST_REPEATS = 10_000
TEXT_LIMIT_S = 0.25
SEARCH_LIMIT_S = 5.0
SLICE_S = 0.008

_OTHER_BLANKS = re.compile(r"[^\S ]")


class SearchTimeout(UsageError):  # noqa: N818 - named as its callers speak of it
    """A regular expression that takes too long."""

    def __init__(self) -> None:
        super().__init__("the regular expression takes too long", "make it simpler, or search for plain words")


class Matcher(Protocol):
    """A query that was understood."""

    @property
    def needle(self) -> str:
        """What a folded text must contain to be worth a look; empty if that cannot be told."""

    @property
    def limit_s(self) -> float:
        """How long a search with it may take over all texts together, in seconds."""

    def spans(self, text: str, folded: str | None = None) -> list[Span]:
        """All hits in a safe text, in order; none is empty, none overlaps another.

        Args:
            text: The text as it is shown.
            folded: ``fold(text)``, from a caller who keeps it.

        Raises:
            SearchTimeout: It takes too long.
        """


def compile_query(pattern: str, *, regex: bool = False) -> Matcher:
    """The matcher for what the user typed; an empty pattern matches nothing.

    Case counts only if the pattern has an upper-case letter. In plain words, a space stands for any one blank
    character, line feeds included, since to the reader a wrapped line reads like a space.

    Raises:
        UsageError: The regular expression is wrong; says where.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise UsageError(f"the search has {len(pattern)} characters, {LONGEST_PATTERN} are allowed", "shorten it")
    return _Expression(pattern) if regex and pattern else _Words(safe(pattern))


def fold(text: str) -> str:
    """The text without differences of case and of blanks, each character in its old place.

    ``lower`` alone would make two of "İ", and leaves apart what readers take for the same: final and other
    sigma, long and round s.
    """
    if text.isascii():
        return text.lower().replace("\n", " ")
    folded = text.replace("İ", "i").lower().replace("ς", "σ").replace("ſ", "s")
    return _spaced(folded)


def _spaced(text: str) -> str:
    """The text with a space for each blank character."""
    return _OTHER_BLANKS.sub(" ", text)


class _Words:
    """Plain words."""

    limit_s = float("inf")

    def __init__(self, pattern: str) -> None:
        self.needle = fold(pattern)
        self._exact = _spaced(pattern) if _has_capital(pattern) else None

    def spans(self, text: str, folded: str | None = None) -> list[Span]:
        if self._exact is not None:
            return _occurrences(_spaced(text), self._exact)
        return _occurrences(fold(text) if folded is None else folded, self.needle)


def _occurrences(text: str, needle: str) -> list[Span]:
    """Where the needle stands, from left to right without overlaps."""
    found: list[Span] = []
    size = len(needle)
    at = text.find(needle) if needle else -1
    while at >= 0:
        found.append((at, at + size))
        at = text.find(needle, at + size)
    return found


def _has_capital(text: str) -> bool:
    return any(character.isupper() or character.istitle() for character in text)


# What in a regular expression is no letter to be found: escapes, names of groups and of character classes.
_SYNTAX = re.compile(r"\\[pPN]\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\.|\(\?P?[<>=&]?\w*|\[:\^?\w+:\]", re.DOTALL)

_COUNTS = re.compile(r"\{[\d, ]+\}")


class _Expression:
    """A regular expression; ``^`` and ``$`` stand for the ends of a line, and time is limited."""

    needle = ""
    limit_s = SEARCH_LIMIT_S

    def __init__(self, pattern: str) -> None:
        self._compiled = _compiled(pattern)

    def spans(self, text: str, folded: str | None = None) -> list[Span]:
        try:
            found = [match.span() for match in self._compiled.finditer(text, timeout=TEXT_LIMIT_S)]
        except TimeoutError as exc:
            raise SearchTimeout from exc
        return [(start, end) for start, end in found if start < end]


def _compiled(pattern: str) -> regex.Pattern[str]:
    """The expression, with the case that the pattern asks for.

    Raises:
        UsageError: It is wrong; says where.
    """
    _check_repeats(pattern)
    import regex  # only whoever searches with it waits for it to load

    flags = regex.MULTILINE
    if not _has_capital(_SYNTAX.sub("", pattern)):
        flags |= regex.IGNORECASE
    try:
        return regex.compile(pattern, flags)
    except (regex.error, ValueError, OverflowError, RecursionError) as exc:
        raise UsageError(f"no regular expression: {exc}", "correct it, or search for plain words") from exc


def _check_repeats(pattern: str) -> None:
    """Refuse counts that, nested, would take more memory than there is before any time limit applies.

    Raises:
        UsageError: All counts multiplied with each other are too many.
    """
    counts = (max(map(int, re.findall(r"\d+", braces)), default=1) for braces in _COUNTS.findall(pattern))
    if prod(counts) > MOST_REPEATS:
        raise UsageError("the regular expression repeats too often", f"{MOST_REPEATS} times are allowed")


class Corpus:
    """The texts of all turns, to be searched again and again; keeps each folded from its first search on.

    Args:
        texts: The safe text of each turn; asked for one only when it is searched.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._folded: list[str | None] = [None] * len(texts)

    def hits(self, matcher: Matcher, first_turn: int = 0) -> Iterator[list[Hit]]:
        """All hits, in sorted batches: from a turn to the last, then from the first to that turn.

        A batch, which may be empty, comes every 8 ms or so, so that the caller can serve the keyboard in
        between, and drop the search at any moment; the first hit comes at once. Only the time in here counts
        towards the limit.

        Raises:
            SearchTimeout: One text, or all together, take too long.
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
        """The hits in the turns, cut into batches behind the first hit and by the clock."""
        batch: list[Hit] = []
        is_first, end_s = True, time.perf_counter() + SLICE_S
        for turn in turns:
            batch += self._in_turn(matcher, turn)
            if (is_first and batch) or time.perf_counter() >= end_s:
                yield batch
                is_first = is_first and not batch
                batch, end_s = [], time.perf_counter() + SLICE_S
        yield batch

    def _in_turn(self, matcher: Matcher, turn: int) -> Sequence[Hit]:
        if not matcher.needle:
            return [(turn, start, end) for start, end in matcher.spans(self._texts[turn])]
        folded = self._folded[turn]
        if folded is None:
            folded = self._folded[turn] = fold(self._texts[turn])
        if matcher.needle not in folded:
            return ()
        return [(turn, start, end) for start, end in matcher.spans(self._texts[turn], folded)]


class Hits:
    """The hits found so far, in the order of the transcript."""

    def __init__(self, hits: Iterable[Hit] = ()) -> None:
        self._hits = sorted(hits)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._hits)

    def add(self, batch: Sequence[Hit]) -> None:
        """Take in a sorted batch of turns of which none has hits here yet, as ``Corpus.hits`` yields them."""
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

    def in_turn(self, turn: int) -> list[Span]:
        """The spans of all hits in a turn."""
        first, last = (bisect_left(self._hits, (index, 0, 0)) for index in (turn, turn + 1))
        return [(start, end) for _, start, end in self._hits[first:last]]

    def index_of(self, hit: Hit) -> int:
        """The place of a hit among all, from 0.

        Raises:
            ValueError: It is none of them.
        """
        at = bisect_left(self._hits, hit)
        if at == len(self._hits) or self._hits[at] != hit:
            raise ValueError(f"{hit} is no hit")
        return at

    def turns(self) -> list[int]:
        """The turns with a hit, each once, in order."""
        return list(dict.fromkeys(turn for turn, _, _ in self._hits))
