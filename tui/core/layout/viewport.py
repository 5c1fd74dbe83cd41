"""The window over the blocks: which line of which block each row shows.

It is anchored at a text offset, not at a number of rows from the start: a movement looks only at the blocks that pass
through the window, so its cost does not depend on the length of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tui.core.layout.block import Block

FAR_BEFORE = -1_000
"""An offset before any text, so that it stands for the first line of a block."""


class LinePosition(NamedTuple):
    """A line of a block."""

    item: int
    line: int


class Viewport:
    """A window of a number of rows over a number of blocks.

    Args:
        block: The block of an item, laid out when it is asked for.
        count: The number of items.
        height: The rows of the window.
    """

    def __init__(self, block: Callable[[int], Block], count: int, height: int) -> None:
        self._block = block
        self._count = count
        self._height = max(1, height)
        # with a text offset for a line, as that outlives every change of width
        self._anchor = LinePosition(0, FAR_BEFORE)
        self._top: LinePosition | None = None

    @property
    def height(self) -> int:
        """The rows of the window."""
        return self._height

    @property
    def top(self) -> LinePosition:
        """The line in the first row; the last rows stay empty only if all lines fit."""
        if self._top is None:
            item = min(self._anchor.item, max(0, self._count - 1))
            line = self._block(item).line_of(self._anchor.line) if self._count else 0
            self._top = min(LinePosition(item, line), self._last_top())
        return self._top

    def rows(self) -> Iterator[LinePosition]:
        """The lines in the window from the top; fewer than its height when the text ends before."""
        if not self._count:
            return
        item, line = self.top
        for _ in range(self._height):
            yield LinePosition(item, line)
            line += 1
            if line == self._block(item).height:
                item, line = item + 1, 0
                if item == self._count:
                    return

    def relayout(self, *, count: int | None = None, height: int | None = None) -> None:
        """Update after a change of the blocks, of their number or of the window; the position is kept."""
        self._count = self._count if count is None else count
        self._height = self._height if height is None else max(1, height)
        self._top = None

    def go(self, place: LinePosition) -> None:
        """Put a line into the first row; the first line of a block stays the first in every layout."""
        starts = not self._count or place.line == 0
        self._anchor = LinePosition(place.item, FAR_BEFORE if starts else self._block(place.item).offset_at(place.line))
        self._top = None

    def put(self, place: LinePosition, row: int) -> None:
        """Put a line into a row, as far as there are lines above it."""
        self.go(min(self._step(place, -row), self._last_top()))

    def go_to_end(self) -> None:
        """Put the last line into the last row."""
        self.go(self._last_top())

    def scroll(self, lines: int) -> bool:
        """Move by a number of lines, down if positive; False if there is no further line."""
        before = self.top
        moved = self._step(before, lines)
        self.go(min(moved, self._last_top()) if lines > 0 else moved)
        return self.top != before

    def show(self, first: LinePosition, last: LinePosition) -> None:
        """Move the least that brings the lines from ``first`` to ``last`` into the window, ``first`` above all."""
        top = self.top
        if first < top:
            self.go(first)
        elif last > self._step(top, self._height - 1):
            self.go(min(first, self._step(last, 1 - self._height)))

    def scroll_into_view(self, first: LinePosition, last: LinePosition) -> None:
        """Bring lines into the window if they are outside; then they begin at the end of its upper third."""
        if not (self.shows(first) and self.shows(last)):
            self.go(min(self._step(first, -(self._height // 3)), self._last_top()))
            self.show(first, last)

    def shows(self, place: LinePosition) -> bool:
        """Whether a line is in the window."""
        return self.top <= place <= self._step(self.top, self._height - 1)

    def _last_top(self) -> LinePosition:
        if not self._count:
            return LinePosition(0, 0)
        end = LinePosition(self._count - 1, self._block(self._count - 1).height - 1)
        return self._step(end, 1 - self._height)

    def _step(self, place: LinePosition, lines: int) -> LinePosition:
        """The place a number of lines away, at most the first or the last line."""
        item, line = place.item, place.line + lines
        while line < 0 and item > 0:
            item -= 1
            line += self._block(item).height
        while item < self._count and line >= (height := self._block(item).height):
            if item == self._count - 1:
                return LinePosition(item, height - 1)
            item, line = item + 1, line - height
        return LinePosition(item, max(0, line))
