"""Matchers made of others: of phrases that must all stand in a text, and of several meanings of the same query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from tui.core.fold import Folded, Span, fold
from tui.core.search.matchers import Matcher
from tui.core.search.required import all_of, any_of

WHOLE_TEXT: Span = (0, 0)
"""The hit in a text that is found as a whole: an empty span at its start, so that nothing is highlighted."""


class Phrases:
    """A matcher of several phrases; without a wanted one, a text is found as a whole.

    Args:
        wanted: Each finds a phrase that must be there.
        unwanted: Each finds one that must not.
    """

    literal = ""
    limit_s = float("inf")

    def __init__(self, wanted: Sequence[Matcher], unwanted: Sequence[Matcher]) -> None:
        self._wanted = wanted
        self._unwanted = unwanted
        self.needle = max((matcher.needle for matcher in wanted), key=len, default="")
        self.required = all_of(matcher.required for matcher in wanted)
        self.is_of_folded = all(matcher.is_of_folded for matcher in (*wanted, *unwanted))

    @property
    def finds_turns(self) -> bool:
        """Whether it finds texts as a whole, and no words in them."""
        return not self._wanted

    def without_case(self) -> Matcher | None:
        """The same ignoring case in what must be there; None if that does so already."""
        relaxed = _without_case(self._wanted)
        return Phrases(relaxed, self._unwanted) if relaxed else None

    def spans(self, text: str, folded: Folded | None = None) -> list[Span]:
        """The hits of all phrases that must be there; none if one is missing, or if an unwanted one is there."""
        return list(chain.from_iterable(self.slices(text, folded)))

    def slices(self, text: str, folded: Folded | None = None) -> Iterator[list[Span]]:
        """The same in batches, of which the last has the hits: they depend on the whole text."""
        if not self._wanted and not self._unwanted:
            yield [WHOLE_TEXT]
            return
        folded = fold(text) if folded is None else folded
        found: list[Span] = []
        for matcher in (*self._unwanted, *self._wanted):
            before = len(found)
            for some in matcher.slices(text, folded):
                found += some
                yield []
            if (len(found) > before) is (matcher in self._unwanted):
                return
        yield _in_order(found) if self._wanted else [WHOLE_TEXT]


class FirstOf:
    """A matcher of several meanings of a query, of which the first that is found in a text counts there."""

    needle = literal = ""
    is_of_folded = False
    limit_s = float("inf")

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        self._matchers = matchers
        self.required = any_of(matcher.required for matcher in matchers)

    def without_case(self) -> Matcher | None:
        """The same ignoring case; None if all do so already."""
        relaxed = _without_case(self._matchers)
        return FirstOf(relaxed) if relaxed else None

    def spans(self, text: str, folded: Folded | None = None) -> list[Span]:
        """The hits of the first that has any."""
        folded = fold(text) if folded is None else folded
        return next(filter(None, (matcher.spans(text, folded) for matcher in self._matchers)), [])

    def slices(self, text: str, folded: Folded | None = None) -> Iterator[list[Span]]:
        """The same in batches."""
        folded = fold(text) if folded is None else folded
        for matcher in self._matchers:
            is_found = False
            for some in matcher.slices(text, folded):
                is_found = is_found or bool(some)
                yield some
            if is_found:
                return


def _without_case(matchers: Sequence[Matcher]) -> list[Matcher]:
    """The matchers ignoring case; empty if all do so already."""
    relaxed = [matcher.without_case() for matcher in matchers]
    return [new or old for new, old in zip(relaxed, matchers, strict=True)] if any(relaxed) else []


def _in_order(spans: Iterable[Span]) -> list[Span]:
    """The spans by their start, without those that begin within another one."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
