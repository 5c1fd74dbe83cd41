"""The shortest cursor movement from one cell to another, in sequences that every terminal understands.

Columns and rows count from 0 here, from 1 on the wire. A line feed alone is not used: whether it returns to
the first column is up to the line discipline.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

Position = tuple[int, int]
"""Column and row. A column equal to the width means that the last cell was just written: the effect of a relative
move from there differs between terminals."""


@lru_cache(maxsize=1024)
def move(origin: Position | None, to: Position, width: int) -> str:
    """The shortest sequence that moves the cursor to a cell.

    Args:
        origin: The current position; None when it is unknown.
        to: The new position.
        width: Width of the screen in cells.
    """
    ways = [_absolute(to)]
    if origin:
        ways += [vertical + _horizontal(x, to[0], width) for vertical, x in _to_row(origin, to[1], width)]
    # a line discipline that adds a return to each line feed turns it into two bytes
    return min(ways, key=lambda way: len(way) + way.count("\n"))


def _absolute(to: Position) -> str:
    x, y = to
    if x:  # no parameter is left empty before another: some terminals skip it (Emacs' eterm, dvtm)
        return f"\x1b[{y + 1};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


def _to_row(origin: Position, row: int, width: int) -> Iterator[tuple[str, int]]:
    """The possible moves to a row, each with the column in which it ends."""
    x, y = origin
    if row == y:
        yield "", x
    elif x < width:
        yield _steps(row - y, "B", "A"), x
    if row > y:
        yield "\r\n" * (row - y), 0


def _horizontal(x: int, to: int, width: int) -> str:
    if x == to < width:
        return ""
    ways = ["\r" if to == 0 else f"\x1b[{to + 1}G"]
    if x < width:
        ways += [_steps(to - x, "C", "D"), "\b" * (x - to) if to < x else ways[0]]
    return min(ways, key=len)


def _steps(count: int, onward: str, back: str) -> str:
    number = abs(count)
    return f"\x1b[{number if number > 1 else ''}{onward if count > 0 else back}"
