"""A find in the turns of one call: the query, the hits so far, and why there are none.

Owns the course of the find, in slices. Knows no screen. What searches is imported with the first query, as a first
picture has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tui.core.call import CallFacts
from tui.core.errors import UsageError

if TYPE_CHECKING:
    from tui.core.search import Corpus, Hit, Hits, KindsOf, Query
    from tui.core.transcript import Turn

RECORD_AWAITED = "the record of the call, with its label and start, is not there yet"
"""Why a query with conditions on the call has no hits so far."""
MOST_HITS = 2_000_000
"""The most hits that are kept, as each takes memory."""


class Find:
    """A find, which starts again with each query.

    Args:
        texts: The safe text of each turn.
        turns: The turns, for conditions on them.

    Attributes:
        query: The query; None without one, or if it is invalid.
        hits: The hits found so far; None without a valid query.
        is_under_way: Whether more may be found.
        trouble: Why the query is invalid; empty if it is valid.
    """

    def __init__(self, texts: Sequence[str], turns: Sequence[Turn]) -> None:
        self._texts = texts
        self._turns = turns
        self._kinds_of: KindsOf | None = None
        self._call: CallFacts | None = None
        self._without_case = self._first_turn = 0
        self.query: Query | None = None
        self.hits: Hits | None = None
        self.is_under_way = False
        self.trouble = ""

    def take_moments(self, kinds_of: KindsOf) -> bool:
        """Set the moments of the turns; returns whether the current query has conditions on them."""
        self._kinds_of = kinds_of
        return self.query is not None and self.query.needs_moments

    def take_facts(self, call: CallFacts | None) -> bool:
        """Set what is known of the call, None before its record is there.

        Returns:
            Whether it has changed and the current query has conditions on it.
        """
        has_changed, self._call = call != self._call, call
        return has_changed and self.query is not None and bool(self.query.call_conditions)

    @cached_property
    def _corpus(self) -> Corpus:
        from tui.core.search import Corpus

        return Corpus(self._texts)

    def clear(self) -> None:
        """Forget the query."""
        self.query, self.hits, self.is_under_way, self.trouble = None, None, False, ""

    def search(self, pattern: str, *, regex: bool, first_turn: int) -> Iterator[list[Hit]]:
        """Replace the query and search; yields the hits of each slice.

        Args:
            pattern: The query as it is typed.
            regex: Whether it is a regular expression.
            first_turn: Where to begin; the turns before it come last.
        """
        from tui.core.search import Hits, parse_query

        self.clear()
        if not pattern:
            return
        self.hits, self.is_under_way, self._without_case, self._first_turn = Hits(), True, 0, first_turn
        try:
            self.query = query = parse_query(pattern, regex=regex)
            if not self._waits and (self._call is None or query.holds_for(self._call)):
                yield from self._collect(query, first_turn)
        except UsageError as error:
            self.trouble, self.hits = error.line(), None
        self.is_under_way = self.hits is not None and self._waits

    @property
    def has_hits(self) -> bool:
        """Whether some were found so far."""
        return self.hits is not None and self.hits.count > 0

    def beside(self, place: tuple[int, int], direction: int) -> Hit | None:
        """The next hit, or the previous one for a negative direction, of those found so far; around the ends.

        Args:
            place: A turn, and an offset in its text.
            direction: 1 or -1.
        """
        if self.hits is None:
            return None
        if direction > 0:
            return self.hits.next_after(*place) or self.hits.next_after(0, -1)
        return self.hits.previous_before(*place) or self.hits.previous_before(len(self._turns), 0)

    def has_nearest(self, place: tuple[int, int], direction: int) -> bool:
        """Whether the rest of a search under way can find no hit nearer to the place.

        It goes from its first turn to the end, and then through the turns before that.
        """
        hits, hit = self.hits, self.beside(place, direction)
        if hits is None or hit is None or min(hit[0], place[0]) < self._first_turn:
            return False
        if direction > 0:
            return place < hit[:2]
        has_reached = hits.next_after(place[0], place[1] - 1) is not None
        return has_reached and hit[:2] < place

    def count(self, current: Hit | None) -> str:
        """The place of the current hit among all, as "3/17"; "0" without hits, with the reason if it is known.

        A hit of an earlier search has no place, as long as this one has not found it.
        """
        if self.hits is None:
            return ""
        count = self.hits.count
        if not count and self._without_case:
            return f"0 – {self._without_case:,} without the capital"
        more = "…" if self.is_under_way else "+" if count >= MOST_HITS else ""
        index = None if current is None else self.hits.index_of(current)
        return f"{count:,}{more}" if index is None else f"{index + 1:,}/{count:,}{more}"

    def why_none(self) -> str:
        """Why there are no hits, in a few words."""
        if self.hits is None:
            return self.trouble or "nothing to find yet: type / and some words"
        if self.waits_for_record:
            return RECORD_AWAITED
        if self.query is not None and self._call is not None and not self.query.holds_for(self._call):
            return "no hits: the label or the date is not that of this call"
        if self.query is not None and self.query.hint and not (self.hits.count or self.is_under_way):
            return f"no hits – {self.query.hint}"
        return "still looking" if self.is_under_way else self.count(None).replace("0", "no hits", 1)

    @property
    def waits_for_record(self) -> bool:
        """Whether the query has conditions on the call, of which nothing is known yet."""
        return self.query is not None and bool(self.query.call_conditions) and self._call is None

    @property
    def _waits(self) -> bool:
        return self.waits_for_moments or self.waits_for_record

    @property
    def waits_for_moments(self) -> bool:
        """Whether the query depends on the moments of the turns, which are not known yet."""
        return self.query is not None and self.query.needs_moments and self._kinds_of is None

    def _collect(self, query: Query, first_turn: int) -> Iterator[list[Hit]]:
        hits = self.hits
        assert hits is not None
        for batch in self._found(query, first_turn):
            hits.add(batch)
            yield batch
            if hits.count >= MOST_HITS:
                return
        relaxed = query.without_case()
        if not hits.count and relaxed is not None:
            yield from self._count_without_case(relaxed)

    def _found(self, query: Query, first_turn: int = 0) -> Iterator[list[Hit]]:
        return self._corpus.hits(query.matcher, first_turn, query.holds(self._turns, self._kinds_of))

    def _count_without_case(self, query: Query) -> Iterator[list[Hit]]:
        """Count the hits without regard to case: it may be the only reason for none."""
        from tui.core.search import SearchTimeout

        try:
            for batch in self._found(query):
                self._without_case += len(batch)
                yield []
        except SearchTimeout:
            self._without_case = 0
