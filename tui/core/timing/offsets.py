"""The effect of each turn on the floor, for tables with a row for each turn."""

from __future__ import annotations

from typing import TypeAlias

from tui.core.timing.intervals import Union
from tui.core.timing.sides import TimedTurns

FloorOffset: TypeAlias = tuple[int, str, int | None]
"""Of a timed turn: its start less the frontier in ms, a silence above 0 and at once below; "change", "continuing" or
"nested"; how much of the silence the turns of no side fill in ms, None without a silence. A plain tuple, as there are
many."""


def floor_offsets(timed: TimedTurns, others: Union) -> dict[int, FloorOffset]:
    """The offset of each timed turn but the first, by its place as sent."""
    found: dict[int, FloorOffset] = {}
    frontier_ms, holder = -1, None
    for turn, side, start_ms, end_ms in zip(*timed.columns(), strict=True):
        if holder is not None:
            transfer = "nested" if end_ms <= frontier_ms else "continuing" if side is holder else "change"
            tool_ms = others.within(frontier_ms, start_ms) if start_ms > frontier_ms else None
            found[turn.index] = start_ms - frontier_ms, transfer, tool_ms
        if end_ms > frontier_ms:
            frontier_ms, holder = end_ms, side
    return found
