"""The search through the texts of a call, in slices between which keys are handled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from tui.core.fold import Changes, Folded, fold, fold_in_steps
from tui.core.search.hits import Hit
from tui.core.search.matchers import Matcher, SearchTimeout
from tui.core.yielding import SLICE_S

Holds = Callable[[int], bool]
"""A condition on a turn, by its index."""

_LONG = 32_768
"""Longer texts, in characters, are folded and searched in steps."""
_NOTHING_FOUND: tuple[list[Hit], ...] = ([],)


class Corpus:
    """The texts of all turns for repeated searches; caches each folded text.

    Args:
        texts: The safe text of each turn, accessed only when it is searched.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._folded: list[str | None] = [None] * len(texts)
        self._changes: dict[int, Changes] = {}

    def hits(self, matcher: Matcher, first_turn: int = 0, holds: Holds | None = None) -> Iterator[list[Hit]]:
        """All hits, in sorted batches: from a turn to the last, then from the first to that turn.

        A batch, which may be empty, is yielded about every 8 ms, so that the caller can handle keys in
        between, and stop the search at any moment; the first hit is yielded at once. Only time spent here counts
        towards the limit.

        Args:
            matcher: Finds the hits in a text.
            first_turn: Where to begin.
            holds: Tells by its index whether a turn is searched; None for all.

        Raises:
            SearchTimeout: A step, or the whole search, takes too long.
        """
        turns = range(len(self._texts))
        in_turn = self._in_turn if holds is None else partial(self._in_turn_if, holds)
        batches = chain(*(_slices(in_turn, matcher, part) for part in (turns[first_turn:], turns[:first_turn])))
        spent_s, resumed_s = 0.0, time.perf_counter()
        for batch in batches:
            spent_s += time.perf_counter() - resumed_s
            if spent_s > matcher.limit_s:
                raise SearchTimeout
            yield batch
            resumed_s = time.perf_counter()

    def _in_turn_if(self, holds: Holds, matcher: Matcher, turn: int) -> Iterable[list[Hit]]:
        return self._in_turn(matcher, turn) if holds(turn) else _NOTHING_FOUND

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


def _slices(
    in_turn: Callable[[Matcher, int], Iterable[list[Hit]]], matcher: Matcher, turns: Iterable[int]
) -> Iterator[list[Hit]]:
    """The hits in the turns, in batches that end after the first hit and by the clock."""
    batch: list[Hit] = []
    is_first, end_s = True, time.perf_counter() + SLICE_S
    for turn in turns:
        for found in in_turn(matcher, turn):
            batch += found
            if (is_first and batch) or time.perf_counter() >= end_s:
                yield batch
                is_first = is_first and not batch
                batch, end_s = [], time.perf_counter() + SLICE_S
    yield batch
