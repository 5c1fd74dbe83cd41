"""Which calls of an account are stored, as their ids alone: a library may hold more calls than fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection


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
    """The ids of the wanted calls by their start, or else by the last fetch; the newest first."""
    conditions = ["base_url = ?", "account = ?", "typeof(call_id) = 'text'"]
    values: list[str | int] = list(account)
    for condition, value in zip(("label = ?", "started_at_ms >= ?", "started_at_ms < ?"), wanted, strict=True):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    newest = (
        f"SELECT call_id FROM kept WHERE {' AND '.join(conditions)} "
        "ORDER BY ifnull(started_at_ms, kept_ms) DESC, kept_ms DESC, id DESC"
    )
    return [call_id for (call_id,) in database.execute(newest, values)]
