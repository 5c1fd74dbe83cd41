"""The timeline of a call: who spoke when, in two rows of as many columns as there is room for.

Owns what stands in each column: how much of its time a side spoke, where moments and hits are, and the brackets around
what is on the screen. Colours, and when it is drawn, are decided elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from enum import Enum
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from tui.core.moment_walk import Reported
from tui.core.timing import Timing, Union, is_interval
from tui.core.transcript import Role, Turn

BLOCKS = " ▁▂▃▄▅▆"
"""Nothing, and from little to all of a column; the rows do not touch."""
PLAIN = " -=#"
"""The same where a terminal has no blocks."""
SIDES = (Role.USER, Role.ASSISTANT)
"""The rows, from the top; what is of neither side stands in the second."""

_AT_ONCE = 2_000
"""So many turns are taken without a pause."""
_CROWDED = 4
"""Marks in more than one column of so many say nothing, and are left out."""
_MOST_LOOKED_AT = 12
"""So many hits of a column are looked at, which is nearly always enough to find one of a side."""


class CellKind(Enum):
    """What a cell of the timeline tells."""

    SPEECH = "speech"
    HIT = "hit"
    REPORTED = "reported"
    MOMENT = "moment"
    MARK = "mark"
    BRACKET = "bracket"


_SIGNS = {CellKind.MOMENT: "!", CellKind.REPORTED: "+"}


class Cells(NamedTuple):
    """Neighbouring cells of a row that tell the same kind of thing.

    Attributes:
        kind: What they tell.
        text: What is drawn in them, a character each.
    """

    kind: CellKind
    text: str


NextHit = Callable[[int], int | None]
"""The first turn with a hit, from a turn on."""


class Timeline:
    """The times of a call, and where they stand in a row."""

    def __init__(self, turns: Sequence[Turn], timing: Timing) -> None:
        self._turns = turns
        self._begun_ms: list[int] = []  # when the latest of the turns up to each began
        self._spoken: dict[Role, Union] = {}
        self._moments = [(moment.start_ms, moment.side) for moment in timing.moments if moment.start_ms is not None]
        self._span_ms = timing.last_end_ms or 1
        self._levels = lru_cache(8)(self._find_levels)
        self._marked = lru_cache(8)(self._find_moments)
        self._reported: list[tuple[int, Role]] = []

    def take(self, turns: Sequence[Turn]) -> None:
        """Take some more turns, as sent."""
        begun_ms = [self._begun_ms[-1] if self._begun_ms else 0]
        begun_ms += [max(0, turn.start_ms or 0) for turn in turns]
        self._begun_ms += list(accumulate(begun_ms, max))[1:]

    def take_talk(self, role: Role, talk: Union) -> None:
        """Take when a side talks."""
        self._spoken[role] = talk

    def report(self, reported: Iterable[Reported]) -> None:
        """Take the moments that others report, in the place of those reported before."""
        self._reported = [
            (self._begun_ms[turn] if start_ms is None else start_ms, self._turns[turn].role)
            for turn, start_ms, *_ in reported
        ]

    # Rows

    def row(
        self, role: Role, width: int, levels: str, shown: range, next_hit: NextHit, *, marks: Iterable[int] = ()
    ) -> tuple[Cells, ...]:
        """One of the rows.

        Args:
            role: Whose.
            width: Its cells.
            levels: What stands for nothing, and from little to all of a column: ``BLOCKS`` or ``PLAIN``.
            shown: The turns on the screen.
            next_hit: Finds hits.
            marks: The turns that the user has marked.
        """
        cells = [(CellKind.SPEECH, char) for char in self._levels(role, width, levels)]
        found = {
            CellKind.HIT: self._hits(role, width, next_hit),
            CellKind.REPORTED: self._columns_of(role, self._reported, width),
            CellKind.MOMENT: self._marked(role, width),
        }
        for kind, columns in found.items():
            if not _are_crowded(columns, width):
                for column in columns:
                    cells[column] = (kind, _SIGNS.get(kind) or cells[column][1])
        for turn in marks:
            if _row_of(self._turns[turn].role) is role:
                cells[self._column(self._begun_ms[turn], width)] = (CellKind.MARK, "*")
        if role is SIDES[-1]:
            for column, char in zip(self._around(shown, width), "[]", strict=False):
                cells[column] = (CellKind.BRACKET, char)
        runs = groupby(cells, key=lambda cell: cell[0])
        return tuple(Cells(kind, "".join(char for _, char in run)) for kind, run in runs)

    def _column(self, at_ms: int, width: int) -> int:
        return min(width - 1, max(0, at_ms * width // self._span_ms))

    def _find_levels(self, role: Role, width: int, levels: str) -> str:
        edges_ms = [self._span_ms * column // width for column in range(width + 1)]
        most, within = len(levels) - 1, self._spoken[role].within
        return "".join(
            levels[-(-within(since_ms, until_ms) * most // max(1, until_ms - since_ms))]
            for since_ms, until_ms in pairwise(edges_ms)
        )

    def _find_moments(self, role: Role, width: int) -> set[int]:
        return self._columns_of(role, self._moments, width)

    def _columns_of(self, role: Role, moments: Iterable[tuple[int, Role]], width: int) -> set[int]:
        return {self._column(at_ms, width) for at_ms, side in moments if _row_of(side) is role}

    def _hits(self, role: Role, width: int, next_hit: NextHit) -> set[int]:
        """In which columns of a row there are hits: no more than say something, and few hits of each are looked at."""
        found: set[int] = set()
        turn, last, looked_at = next_hit(0), -1, 0
        while turn is not None and not _are_crowded(found, width):
            column = self._column(self._begun_ms[turn], width)
            looked_at = looked_at + 1 if column == last else 1
            last = column
            if _row_of(self._turns[turn].role) is role:
                found.add(column)
            is_done = column in found or looked_at >= _MOST_LOOKED_AT
            if is_done and column == width - 1:
                break
            turn = next_hit(max(turn + 1, self._first_in(column + 1, width)) if is_done else turn + 1)
        return found

    def _first_in(self, column: int, width: int) -> int:
        """The first turn that begins in a column, or behind it."""
        return bisect_left(self._begun_ms, -(-self._span_ms * column // width))

    def _around(self, shown: range, width: int) -> tuple[int, ...]:
        """The columns of the brackets around the times of some turns; none where these are not known."""
        times_ms = [(turn.start_ms, turn.end_ms) for turn in self._turns[shown.start : shown.stop]]
        known_ms = [times for times in times_ms if is_interval(times)]
        if not known_ms:
            return ()
        first_ms, last_ms = min(start_ms for start_ms, _ in known_ms), max(end_ms for _, end_ms in known_ms)
        left, right = self._column(first_ms, width) - 1, self._column(last_ms - 1, width) + 1
        return max(0, left), min(width - 1, right)


def _are_crowded(columns: Collection[int], width: int) -> bool:
    return len(columns) * _CROWDED > width


def _row_of(role: Role) -> Role:
    return role if role in SIDES else SIDES[-1]


def drawing(turns: Sequence[Turn], timing: Timing) -> Generator[None, None, Timeline]:
    """Make a timeline in slices: yields after each, and returns it."""
    timeline = Timeline(turns, timing)
    for begin in range(0, len(turns), _AT_ONCE):
        timeline.take(turns[begin : begin + _AT_ONCE])
        yield
    for role in SIDES:
        timeline.take_talk(role, timing.talk[role])
        yield
    return timeline
