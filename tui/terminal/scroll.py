"""Finds bands of rows that moved up or down, and the sequences that scroll them.

Rows are compared in pieces, so that a band is found beside a panel that does not move.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import and_, eq
from typing import NamedTuple

from tui.terminal.cells import Row
from tui.terminal.cursor import Position, move

_PIECE = 12
"""Cells. Long enough to be distinctive, short enough to fit beside a panel."""

_CANDIDATES = 2
"""How many distances are evaluated fully."""

_LEAST_VOTES = 4
"""Matching pieces: about one row of text. Fewer may be chance."""

_LEAST_GAIN = 20
"""Cells saved: about the bytes that a scroll costs."""


class Scroll(NamedTuple):
    """A band of rows that moves up or down; rows that leave it are lost.

    Args:
        top: The first row of the band.
        bottom: The row after its last.
        rows: Distance upward in rows; negative for downward. Less than the band's height.
    """

    top: int
    bottom: int
    rows: int

    def applied(self, screen: list[Row]) -> list[Row]:
        """The screen after the scroll, with empty rows where none moved in."""
        width = len(screen[0].chars)
        band = screen[self.top : self.bottom]
        new = [Row.of(width) for _ in range(abs(self.rows))]
        moved = band[self.rows :] + new if self.rows > 0 else new + band[: self.rows]
        return screen[: self.top] + moved + screen[self.bottom :]

    def sequence(self, height: int) -> tuple[str, Position]:
        """The escape sequence on a terminal of ``height`` rows, and where it leaves the cursor.

        Lines are deleted at one end of the band and inserted at the other, which no terminal moves into its history.
        What stands below the band goes there and back, in fewer bytes than a scroll region around it takes. A band
        that reaches the last row needs one of the two only.
        """
        number = abs(self.rows)
        top, end = (0, self.top), (0, self.bottom - number)
        deleted, inserted = (top, end) if self.rows > 0 else (end, top)
        changes = [(deleted, "M"), (inserted, "L")]
        if self.bottom == height:
            changes = [change for change in changes if change[0] == top]
        steps = (f"{move(None, place, 1)}\x1b[{number if number > 1 else ''}{letter}" for place, letter in changes)
        return "".join(steps), changes[-1][0]


def likely_scrolls(front: list[Row], back: list[Row]) -> list[Scroll]:
    """The scrolls that align most of the two screens, best first."""
    votes = _votes(front, back)
    bands = (_band(front, back, rows) for rows, count in votes.most_common(_CANDIDATES) if count >= _LEAST_VOTES)
    return [band for band in bands if band]


def _votes(front: list[Row], back: list[Row]) -> Counter[int]:
    """For each distance, how many pieces of changed rows moved up by it."""
    votes = Counter[int]()
    changed = [y for y, row in enumerate(back) if row != front[y]]
    for x in range(0, len(back[0].chars), _PIECE):
        places = defaultdict[tuple[str, ...], list[int]](list)
        for y, row in enumerate(front):
            places[tuple(row.chars[x : x + _PIECE])].append(y)
        for y in changed:
            piece = tuple(back[y].chars[x : x + _PIECE])
            came_from = places.get(piece, [])
            # a piece that occurs in several rows, such as blanks, is no evidence
            if len(came_from) == 1 and came_from[0] != y:
                votes[came_from[0] - y] += 1
    return votes


def _band(front: list[Row], back: list[Row], rows: int) -> Scroll | None:
    """The band that saves most when scrolled by ``rows``: the run of rows with the greatest sum of gains."""
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
    """In how many cells two rows agree, style included: a rule consists of blanks, as the ends of lines do."""
    return sum(map(and_, map(eq, one.chars, other.chars), map(eq, one.styles, other.styles)))
