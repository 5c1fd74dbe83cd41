"""Bands of rows that moved up or down: how they are found, and how a terminal is told to move them.

Rows are compared in pieces, so that a band is found although something beside it stands still.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import and_, eq
from typing import NamedTuple

from tui.terminal.cells import Row
from tui.terminal.cursor import move

_PIECE = 12
"""Cells. Long enough to be found again, short enough to fit beside a panel."""

_CANDIDATES = 2
"""How many distances are tried at full cost."""

_LEAST_VOTES = 4
"""Pieces found again: about one row of text. Fewer may be chance."""

_LEAST_GAIN = 20
"""Cells that need not be drawn: about the bytes that a scroll costs."""


class Scroll(NamedTuple):
    """A band of rows that moves by some rows, those that move out of it being lost.

    Args:
        top: The first row of the band.
        bottom: The row after its last.
        rows: How many rows up; negative for down. Less than the band has.
    """

    top: int
    bottom: int
    rows: int

    def applied(self, screen: list[Row]) -> list[Row]:
        """The screen after the scroll: the same rows elsewhere, and empty ones."""
        width = len(screen[0].chars)
        band = screen[self.top : self.bottom]
        new = [Row.of(width) for _ in range(abs(self.rows))]
        moved = band[self.rows :] + new if self.rows > 0 else new + band[: self.rows]
        return screen[: self.top] + moved + screen[self.bottom :]

    def sequence(self, height: int) -> str:
        """What does it on a terminal with some rows; the cursor is anywhere after it.

        Lines are deleted or inserted at the top of the band within the scroll region, which no terminal
        takes for history. A band that reaches the last row needs no region.
        """
        number = abs(self.rows)
        lines = f"\x1b[{number if number > 1 else ''}{'M' if self.rows > 0 else 'L'}"
        if self.bottom == height:
            return move(None, (0, self.top), 1) + lines
        # setting or lifting the region brings the cursor home
        home = (0, 0)
        return f"\x1b[{self.top + 1};{self.bottom}r{move(home, (0, self.top), 1)}{lines}\x1b[r"


def likely_scrolls(front: list[Row], back: list[Row]) -> list[Scroll]:
    """The scrolls that bring most of one screen to where it stands on the other, the best guess first."""
    votes = _votes(front, back)
    bands = (_band(front, back, rows) for rows, count in votes.most_common(_CANDIDATES) if count >= _LEAST_VOTES)
    return [band for band in bands if band]


def _votes(front: list[Row], back: list[Row]) -> Counter[int]:
    """For each distance, how many pieces of changed rows came that far up."""
    votes = Counter[int]()
    changed = [y for y, row in enumerate(back) if row != front[y]]
    for x in range(0, len(back[0].chars), _PIECE):
        places = defaultdict[tuple[str, ...], list[int]](list)
        for y, row in enumerate(front):
            places[tuple(row.chars[x : x + _PIECE])].append(y)
        for y in changed:
            piece = tuple(back[y].chars[x : x + _PIECE])
            came_from = places.get(piece, [])
            # a piece that stands in several rows, as blank ones do, tells nothing
            if len(came_from) == 1 and came_from[0] != y:
                votes[came_from[0] - y] += 1
    return votes


def _band(front: list[Row], back: list[Row], rows: int) -> Scroll | None:
    """The band that gains most by a scroll of some rows: the run of rows with the greatest sum of gains."""
    best = gain = 0
    start = first = last = 0
    for y in range(max(0, -rows), min(len(back), len(back) - rows)):
        if gain <= 0:
            gain, start = 0, y
        gain += _agreement(front[y + rows], back[y]) - _agreement(front[y], back[y])
        if gain > best:
            best, first, last = gain, start, y + 1
    if best < _LEAST_GAIN:
        return None
    return Scroll(first, last + rows, rows) if rows > 0 else Scroll(first + rows, last, rows)


def _agreement(one: Row, other: Row) -> int:
    """In how many cells two rows show the same, in the same style: a rule is blanks, as the ends of lines are."""
    return sum(map(and_, map(eq, one.chars, other.chars), map(eq, one.styles, other.styles)))
