"""Which calls of an account are stored, as their ids alone: a library may hold more calls than fit into memory.

Owns the order of calls wherever they are listed, searched or exported: the newest first, by the start, or else by the
creation of the record, as the account's list has them; those of which neither is known come last, the one fetched last
first. The indexes ``kept_by_time`` and ``bare_by_time`` have it. Which calls go first is decided by ``retention``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection


_FETCHED_MS = f"kept_ms - {2**60}"
"""The time of the fetch, moved before all times of calls."""
AT_MS = {
    "kept": f"coalesce(started_at_ms, created_at_ms, {_FETCHED_MS})",
    "bare_record": f"coalesce(started_at_ms, {_FETCHED_MS})",
}
"""The time in ms by which the calls of a table are ordered; their indexes have the same expressions.

The start of a call without a transcript is stored as the creation of its record where it is not known.
"""
NEWEST_FIRST = f"{AT_MS['kept']} DESC, kept_ms DESC, id DESC"
"""The order of calls with a transcript."""
_BY_TIME = "at_ms DESC, kept_ms DESC, id DESC"


class Wanted(NamedTuple):
    """Which calls are wanted; those with an unknown start are not, where times are given.

    Attributes:
        label: Their session label; None for any.
        since_ms: Unix time in ms of the earliest start.
        before_ms: Unix time in ms that they began before.
    """

    label: str | None = None
    since_ms: int | None = None
    before_ms: int | None = None


def ids_of(database: Connection, account: tuple[str, str], wanted: Wanted) -> list[str]:
    """The ids of the wanted calls, with a transcript or of which only the record is stored, the newest first."""
    conditions = ["base_url = ?", "account = ?", "typeof(call_id) = 'text'"]
    values: list[str | int] = list(account)
    for condition, value in zip(("label = ?", "started_at_ms >= ?", "started_at_ms < ?"), wanted, strict=True):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    selects = (
        f"SELECT call_id, {at_ms} AS at_ms, kept_ms, id FROM {table} WHERE {' AND '.join(conditions)}"
        for table, at_ms in AT_MS.items()
    )
    newest = f"{' UNION ALL '.join(selects)} ORDER BY {_BY_TIME}"
    return [row[0] for row in database.execute(newest, values * len(AT_MS))]
