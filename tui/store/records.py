"""The records of calls: those of calls without a transcript, and the list of all that are stored.

A record of a call with a transcript is a column of ``kept``; one of a call without stands in ``bare_record``, and goes
as soon as a transcript is stored. Records are stored as received, so readers parse and sanitize them again.
"""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.store.listing import AT_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

_COLUMNS = "call_id, kept_ms, x'', record, label, started_at_ms"
THIS_ONE = "base_url = ? AND account = ? AND call_id = ?"
_TABLES = ("bare_record", "kept")


class RecordPlace(NamedTuple):
    """A place in the list of all records, the newest first.

    Attributes:
        at_ms: The time by which the call is listed, as ``listing`` has it.
        row: The row.
        table: The index of the table.
    """

    at_ms: int
    row: int
    table: int


FIRST = RecordPlace(2**63 - 1, 2**63 - 1, len(_TABLES))
"""The place before all records."""


class NewRecord(NamedTuple):
    """The record of a call without a transcript.

    Attributes:
        call_id: The call's id.
        cached_ms: Unix time in ms of its fetch.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms, or else of its record's creation; None if neither is known.
        record: The record.
        is_final: Whether the call will get no transcript any more.
    """

    call_id: str
    cached_ms: int
    label: str | None
    started_at_ms: int | None
    record: bytes
    is_final: bool = False


def put(database: Connection, account: tuple[str, str], new: NewRecord, *, replaces: bool) -> None:
    """Store a record, unless a transcript of its call is stored; ``replaces`` tells whether an earlier one goes."""
    insert = (
        f"INSERT OR {'REPLACE' if replaces else 'IGNORE'} INTO bare_record "
        "(base_url, account, call_id, kept_ms, label, started_at_ms, record) "
        f"SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM kept WHERE {THIS_ONE})"
    )
    database.execute(insert, (*account, *new[:-1], *account, new.call_id))


def note_absent(database: Connection, account: tuple[str, str], call_id: str) -> None:
    """Note that a call will get no transcript any more."""
    database.execute("INSERT OR IGNORE INTO absent (base_url, account, call_id) VALUES (?, ?, ?)", (*account, call_id))


def remove(database: Connection, row: int) -> None:
    """Remove the record of a call without a transcript."""
    database.execute("DELETE FROM bare_record WHERE id = ?", (row,))


def remove_superseded(database: Connection, account: tuple[str, str]) -> None:
    """Remove the records of the calls that have a transcript by now."""
    have_one = "SELECT call_id FROM kept WHERE base_url = ? AND account = ?"
    database.execute(
        f"DELETE FROM bare_record WHERE base_url = ? AND account = ? AND call_id IN ({have_one})", (*account, *account)
    )


def row_of(database: Connection, account: tuple[str, str], call_id: str) -> tuple[Any, ...] | None:
    """The record of a call with its facts, whether it has a transcript or not; None if there is none."""
    looks = (f"SELECT {_COLUMNS} FROM {table} WHERE {THIS_ONE} AND record IS NOT NULL" for table in _TABLES)
    found = (database.execute(look, (*account, call_id)).fetchone() for look in looks)
    return next(filter(None, found), None)


def page(
    database: Connection, account: tuple[str, str], label: str | None, behind: RecordPlace, most: int
) -> tuple[list[tuple[Any, ...]], RecordPlace | None]:
    """Some records with their facts, the newest first, and the place of the last one; None where that is the end.

    Args:
        database: The library.
        account: Whose calls.
        label: Only those with exactly this session label; None for all.
        behind: The place of the last record that is known.
        most: How many.
    """
    lists = (_places(database, account, label, behind, table) for table in range(len(_TABLES)))
    places = list(islice(merge(*lists, reverse=True), most + 1))
    rows = [row for place in places[:most] if (row := _row(database, place)) is not None]
    return rows, places[most - 1] if len(places) > most else None


def _places(
    database: Connection, account: tuple[str, str], label: str | None, behind: RecordPlace, table: int
) -> Iterator[RecordPlace]:
    """The places of the records of a table, read as they are iterated."""
    at_ms = AT_MS[_TABLES[table]]
    values: Sequence[Any] = (*account, behind.at_ms, *behind, *(() if label is None else (label,)))
    conditions = f"base_url = ? AND account = ? AND {at_ms} <= ? AND ({at_ms}, id, {table}) < (?, ?, ?)"
    conditions += "" if label is None else " AND label = ?"
    select = f"SELECT {at_ms}, id FROM {_TABLES[table]} WHERE {conditions} ORDER BY {at_ms} DESC, id DESC"
    return (RecordPlace(at, row, table) for at, row in database.execute(select, values) if isinstance(at, int))


def _row(database: Connection, place: RecordPlace) -> tuple[Any, ...] | None:
    """The record at a place; None if another instance has removed or replaced it meanwhile."""
    look = f"SELECT {_COLUMNS} FROM {_TABLES[place.table]} WHERE id = ?"
    found: tuple[Any, ...] | None = database.execute(look, (place.row,)).fetchone()
    return found
