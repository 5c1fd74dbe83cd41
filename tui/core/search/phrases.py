"""Several phrases that must all stand in a text, and others that must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from tui.core.fold import Folded, Span, fold
from tui.core.search.matchers import Matcher

WHOLE_TEXT: Span = (0, 0)
"""The hit in a text that is found as a whole: before all words, and with none of them to highlight."""


class Phrases:
    """A matcher of several phrases; without any that must be there, a text is found as a whole.

    Args:
        wanted: Each finds a phrase that must be there.
        unwanted: Each finds one that must not.
    """

    def __init__(self, wanted: Sequence[Matcher], unwanted: Sequence[Matcher]) -> None:
        self._wanted = wanted
        self._unwanted = unwanted
        self.needle = max((matcher.needle for matcher in wanted), key=len, default="")
        self.is_of_folded = all(matcher.is_of_folded for matcher in (*wanted, *unwanted))
        self.limit_s = float("inf")

    @property
    def finds_turns(self) -> bool:
        """Whether it finds texts as a whole, and no words in them."""
        return not self._wanted

    def without_case(self) -> Matcher | None:
        """The same ignoring case in what must be there; None if that does so already."""
        relaxed = [matcher.without_case() for matcher in self._wanted]
        if not any(relaxed):
            return None
        return Phrases([new or old for new, old in zip(relaxed, self._wanted, strict=True)], self._unwanted)

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


def _in_order(spans: Iterable[Span]) -> list[Span]:
    """The spans by their start, without those that begin within another one."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
