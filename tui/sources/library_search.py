"""Searches the library: the index finds passages that may have a hit, the matcher of the find decides.

Index and scan cannot disagree: the index only leaves out passages that lack what the matcher requires. Knows no screen
and no thread; the iteration can be stopped at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from tui.core.call import CallFacts
from tui.core.fold import Span
from tui.core.limits import SILENCE_MS
from tui.core.search import Hit, KindsOf, Matcher, Query, SearchTimeout

if TYPE_CHECKING:
    from tui.core.transcript import Transcript, Turn
    from tui.store.passages import Passage
    from tui.store.search_session import Candidates, FoundCall, SearchSession

LIMIT_S = 30.0
_MORE_IN_TURN = 120
"""The most hits taken beyond those wanted, in the turn of the last one, so that its excerpt marks all that it shows."""


@dataclass(frozen=True, slots=True)
class CallHits:
    """A call with hits.

    Attributes:
        call: Its facts; not yet safe to show.
        count: How many hits it has.
        hits: The hits, or the first of them, in order; of the last turn all that an excerpt may show.
        texts: The texts of the turns of these hits, by the indexes of the turns.
        read: Reads the transcript, in this thread; None if there is none that can be parsed. May raise OmniError.
    """

    call: FoundCall
    count: int
    hits: Sequence[Hit]
    texts: Mapping[int, str]
    read: Callable[[], Transcript | None]


@dataclass
class SearchProgress:
    """How far a search is.

    Attributes:
        total: How many calls are searched.
        searched: How many have been.
        calls: How many of them have a hit.
        hits: How many hits they have.
        without_case: How many hits there are without regard to case; counted only if the query has none.
        is_done: Whether the search has ended.
        is_cut: Whether it has ended before the last call, as it took too long.
    """

    total: int = 0
    searched: int = 0
    calls: int = 0
    hits: int = 0
    without_case: int = 0
    is_done: bool = False
    is_cut: bool = False


class SearchBounds(NamedTuple):
    """How much of what is found is wanted.

    Attributes:
        hits: The most hits of a call, beside further ones in the turn of the last; None for all.
        calls: The most calls; of further ones, the hits are only counted. None for all.
        limit_s: How long the search may take, in seconds.
        silence_ms: From which length on a silence is a moment.
    """

    hits: int | None = None
    calls: int | None = None
    limit_s: float = LIMIT_S
    silence_ms: int = SILENCE_MS


@dataclass
class LibrarySearch:
    """One search.

    Args:
        session: Reads the library.
        query: What is sought.
        bounds: How much of it is wanted.
        progress: Is kept up to date.
        read: Reads the transcript of a call, by its id; may raise OmniError.
    """

    session: SearchSession
    query: Query
    bounds: SearchBounds
    progress: SearchProgress
    read: Callable[[str], Transcript | None]
    _hits: dict[int, int] = field(default_factory=dict, init=False)
    """How many hits each call has that was searched and has some."""

    def run(self) -> Iterator[CallHits | None]:
        """The calls with hits, the newest first, and None after each step without one.

        Raises:
            SearchTimeout: A step of a regular expression takes too long.
        """
        spent_s, resumed_s = 0.0, time.perf_counter()
        for step in self._all_steps():
            spent_s += time.perf_counter() - resumed_s
            yield step
            resumed_s = time.perf_counter()
            if spent_s > self.bounds.limit_s:
                self.progress.is_cut = self.progress.searched < self.progress.total
                break
        self.progress.is_done = True

    def _all_steps(self) -> Iterator[CallHits | None]:
        yield from self._steps()
        relaxed = self.query.without_case()
        if not self.progress.hits and relaxed is not None:
            yield from self._count_without_case(relaxed)

    def _count_without_case(self, query: Query) -> Iterator[None]:
        """Count the hits without regard to case: it may be the only reason for none."""
        progress = SearchProgress()
        counting = LibrarySearch(self.session, query, self.bounds._replace(calls=0), progress, self.read)
        with suppress(SearchTimeout):
            for _ in counting._steps():
                yield None
            self.progress.without_case = progress.hits

    def _steps(self) -> Iterator[CallHits | None]:
        """Search the newest calls at once, as what is sought is often there, and the others by the index."""
        calls = self.session.calls()
        self.progress.total = len(calls)
        newest = self.session.few_passages(calls, for_a_string=bool(self.query.matcher.literal))
        place = yield from self._among(calls[: len(newest)], newest)
        is_in_most = self._only_counts() and 2 * self.progress.calls > len(newest)
        candidates = None if is_in_most else self.session.candidates(self.query.matcher.required)
        if place == len(newest):
            place += yield from self._among(calls[place:], candidates)
        yield from self._count(calls, place, candidates)

    def _among(self, calls: Sequence[int], candidates: Candidates | None) -> Generator[CallHits | None, None, int]:
        """Search calls as long as hits are listed; returns how many were searched."""
        before, places = self.progress.searched, self.session.places(calls, candidates)
        read = self.session.passages([calls[place] for place in places], candidates)
        for place, (number, passages) in zip(places, read, strict=True):
            self.progress.searched = before + place
            if self._only_counts():
                return place
            if passages and (not self.query.call_conditions or self._holds_for(number)):
                yield from self._in_call(number, passages)
            yield None
        self.progress.searched = before + len(calls)
        return len(calls)

    def _only_counts(self) -> bool:
        """Whether the hits of all further calls are only counted, and are the occurrences of a string."""
        is_enough = self.bounds.calls is not None and self.progress.calls >= self.bounds.calls
        return (
            is_enough and bool(self.query.matcher.literal) and not (self.query.conditions or self.query.call_conditions)
        )

    def _count(self, calls: Sequence[int], place: int, candidates: Candidates | None) -> Iterator[None]:
        """Count the hits of the calls from a place on, by the tallies of words where they tell, else in the texts."""
        rest, progress = dict.fromkeys(calls[place:]), self.progress
        for together, hits, having in self.session.tallied(calls, self.query.matcher.literal) if rest else ():
            listed = [self._hits[call] for call in together if call in self._hits]
            progress.hits += hits - sum(listed)
            progress.calls += having - len(listed)
            before = len(rest)
            for call in together:
                rest.pop(call, None)
            progress.searched += before - len(rest)
            yield None
        yield from self._count_texts(list(rest), candidates)

    def _count_texts(self, calls: Sequence[int], candidates: Candidates | None) -> Iterator[None]:
        needle, progress = self.query.matcher.literal.encode(), self.progress
        for many, passages in self.session.batches(calls, candidates):
            with_hits = set[int]()
            for passage in passages:
                count = passage.folded.count(needle)
                if count and not passage.is_even:
                    count = sum(len(self.query.matcher.spans(text)) for text in self.session.texts(passage))
                if count:
                    progress.hits += count
                    with_hits.add(passage.call)
            progress.calls += len(with_hits)
            progress.searched += many
            yield None

    def _in_call(self, number: int, passages: Iterable[Passage]) -> Iterator[CallHits | None]:
        found = _Found(self._most_hits())
        for passage in passages:
            self._in_passage(passage, found)
            yield None
        if found.count:
            yield self._result(number, found)

    def _most_hits(self) -> int | None:
        """How many hits of the next call are wanted; conditions are looked at for all of them."""
        if self.query.conditions:
            return None
        is_beyond = self.bounds.calls is not None and self.progress.calls >= self.bounds.calls
        return 0 if is_beyond else self.bounds.hits

    def _holds_for(self, number: int) -> bool:
        call = self.session.facts(number)
        return call is not None and self.query.holds_for(CallFacts(call.label, call.started_at_ms))

    def _in_passage(self, passage: Passage, found: _Found) -> None:
        """Find the hits in a passage."""
        matcher = self.query.matcher
        if not _may_match(matcher, passage.folded):
            return
        if passage.is_even and matcher.literal:
            found.add(passage, _occurrences(matcher, passage), passage.folded.count(matcher.literal.encode()))
        elif passage.is_even and matcher.is_of_folded:
            found.add(passage, _numbered(passage, (matcher.spans("", (words, ())) for words in _folded_turns(passage))))
        else:
            found.add(passage, _numbered(passage, map(matcher.spans, self.session.texts(passage))))

    def _result(self, number: int, found: _Found) -> CallHits | None:
        """The call with its hits, as far as they are wanted, if its conditions hold."""
        call = self.session.facts(number)
        if call is None:
            return None
        read = cache(partial(self.read, call.call_id))
        if self.query.conditions:
            found.hits = _fulfilling(self.query, found.hits, read(), self.bounds.silence_ms)
            found.count = len(found.hits)
            if not found.count:
                return None
        self.progress.calls += 1
        self.progress.hits += found.count
        self._hits[number] = found.count
        if self.bounds.calls is not None and self.progress.calls > self.bounds.calls:
            return None
        first = _Found(self.bounds.hits)
        first.take(found.hits)
        return CallHits(call, found.count, first.hits, self._texts(found, first.hits), read)

    def _texts(self, found: _Found, hits: Sequence[Hit]) -> dict[int, str]:
        """The texts of the turns of hits."""
        wanted, texts = {turn for turn, _, _ in hits}, dict[int, str]()
        for passage in found.passages:
            if wanted and passage.turn <= max(wanted):
                read = enumerate(self.session.texts(passage), passage.turn)
                texts |= {turn: text for turn, text in read if turn in wanted}
        return {turn: texts.get(turn, "") for turn in sorted(wanted)}


class _Found:
    """What is found in a call.

    Args:
        most: How many hits are taken; None for all.

    Attributes:
        count: How many hits there are.
        hits: The hits that were taken, in order.
        passages: The passages that they are in.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self.count = 0
        self.hits: list[Hit] = []
        self.passages: list[Passage] = []

    def add(self, passage: Passage, hits: Iterator[Hit], count: int | None = None) -> None:
        """Add the hits in a passage.

        Args:
            passage: The passage.
            hits: The hits in it, found as they are iterated.
            count: How many there are; None where that is not known before they are found.
        """
        before = len(self.hits)
        looked_at = self.take(hits) if count != 0 and self._wants_more() else 0
        self.count += looked_at + sum(1 for _ in hits) if count is None else count
        if len(self.hits) > before:
            self.passages.append(passage)

    def take(self, hits: Iterable[Hit]) -> int:
        """Take hits as long as they are wanted; returns how many were looked at."""
        if self._most is None:
            before = len(self.hits)
            self.hits.extend(hits)
            return len(self.hits) - before
        looked_at = 0
        for hit in hits:
            looked_at += 1
            if not (self._wants_more() or self._is_beside(hit)):
                break
            self.hits.append(hit)
        return looked_at

    def _wants_more(self) -> bool:
        return self._most is None or len(self.hits) < self._most

    def _is_beside(self, hit: Hit) -> bool:
        """Whether a hit is in the same turn as the last that was wanted, which shows it too."""
        most = (self._most or 0) + _MORE_IN_TURN
        return bool(self.hits) and hit[0] == self.hits[-1][0] and len(self.hits) < most


def _occurrences(matcher: Matcher, passage: Passage) -> Iterator[Hit]:
    """The hits of a string, found in all turns at once: it never reaches from one into the next."""
    from tui.store.passages import BETWEEN_TURNS

    words, turn, begin = passage.folded.decode(errors="replace"), passage.turn, 0
    for start, end in matcher.spans("", (words, ())):
        turn += words.count(BETWEEN_TURNS, begin, start)
        begin = words.rfind(BETWEEN_TURNS, begin, start) + 1 or begin
        yield turn, start - begin, end - begin


def _numbered(passage: Passage, spans: Iterable[Sequence[Span]]) -> Iterator[Hit]:
    """The hits of a passage from the spans in each of its turns."""
    return ((turn, start, end) for turn, some in enumerate(spans, passage.turn) for start, end in some)


def _folded_turns(passage: Passage) -> list[str]:
    from tui.store.passages import BETWEEN_TURNS

    return passage.folded.decode(errors="replace").split(BETWEEN_TURNS)


def _may_match(matcher: Matcher, folded: bytes) -> bool:
    """Whether a passage has what the matcher requires."""
    required = matcher.required
    return not required or any(all(one.encode() in folded for one in strings) for strings in required)


def _fulfilling(query: Query, hits: list[Hit], transcript: Transcript | None, silence_ms: int) -> list[Hit]:
    """The hits in turns for which the conditions of a query hold; none where the transcript cannot be parsed."""
    turns = transcript.shown_turns if transcript is not None else ()
    holds = query.holds(turns, _kinds_of(turns, silence_ms) if query.needs_moments else None)
    return [hit for hit in hits if hit[0] < len(turns) and (holds is None or holds(hit[0]))]


def _kinds_of(turns: Sequence[Turn], silence_ms: int) -> KindsOf:
    """The kinds of the moments at each turn."""
    from tui.core.remarks import CallRemarks
    from tui.core.timing import measure

    remarks = CallRemarks(())
    remarks.take(measure(turns, silence_ms).moments)
    return remarks.kinds_of
