"""What each turn does to the floor, for tables in which every turn has a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from tui.core.timing.floor import TimedTurn, in_order, walk
from tui.core.timing.intervals import Cover, Interval
from tui.core.transcript import Role, Turn, role_of

FloorOffset: TypeAlias = tuple[int, str, int | None]
"""Of a timed turn: its start less the frontier in ms, a silence above 0 and at once below; "change", "continuing" or
"nested"; how much of the silence the turns of no side fill in ms, None without a silence. A plain tuple, as there are
many."""


def offsets(turns: Iterable[Turn]) -> dict[int, FloorOffset]:
    """The offset of each timed turn but the first, by its place as sent.

    Args:
        turns: All turns of the call, as sent.
    """
    timed, others = _sorted(turns)
    tools, found = Cover(others), dict[int, FloorOffset]()
    for turn, side, start_ms, end_ms, frontier_ms, holder in walk(in_order(timed)):
        if holder is not None:
            transfer = "nested" if end_ms <= frontier_ms else "continuing" if side is holder else "change"
            tool_ms = tools.within(frontier_ms, start_ms) if start_ms > frontier_ms else None
            found[turn] = start_ms - frontier_ms, transfer, tool_ms
    return found


def _sorted(turns: Iterable[Turn]) -> tuple[list[TimedTurn[Role]], Sequence[Interval]]:
    """The timed turns of both sides, and the intervals of all others."""
    timed: list[TimedTurn[Role]] = []
    others: list[Interval] = []
    roles: dict[str, Role] = {}
    for turn in turns:
        speaker, start_ms, end_ms = turn.speaker, turn.start_ms, turn.end_ms
        if start_ms is None or end_ms is None or not 0 <= start_ms < end_ms:
            continue
        role = roles.get(speaker) or roles.setdefault(speaker, role_of(speaker))
        if role is Role.OTHER:
            others.append((start_ms, end_ms))
        else:
            timed.append((turn.index, role, start_ms, end_ms))
    return timed, others
