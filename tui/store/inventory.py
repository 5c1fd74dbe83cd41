"""What the library holds, for ``cache info``: counts, sizes and calls. Bodies are never read, nor shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.store.retention import AGE, OF_ITS_MARKS, used_bytes
from tui.store.rows import have_types

if TYPE_CHECKING:
    from sqlite3 import Connection

_CALLS = (
    "SELECT base_url, account, call_id, label, started_at_ms, turns, kept_ms, "
    f"ifnull(length(record), 0) + length(said) + length(source), (SELECT count(*) {OF_ITS_MARKS}), 1 "
    "FROM kept JOIN body USING (id)"
)
_BARE_RECORDS = (
    "SELECT base_url, account, call_id, label, started_at_ms, NULL, kept_ms, length(record), 0, 0 FROM bare_record"
)
_ALL = f"SELECT * FROM ({_CALLS} UNION ALL {_BARE_RECORDS}) ORDER BY {AGE} DESC"
_KINDS = (str, str, str, str | None, int | None, int | None, int, int, int, int)


class InventoryEntry(NamedTuple):
    """A call of the library, of whichever account; not yet safe to show.

    Attributes:
        base_url: The API's address.
        account: The owner of the key, or the key's fingerprint.
        call_id: The call's id.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
        turns: How many turns it has, 0 for a plain text; None if not known.
        cached_ms: Unix time in ms of the last fetch.
        size: The bytes of its transcript, record and texts.
        marks: How many turns are marked.
        has_transcript: Whether it has a transcript, or only its record is stored; 1 or 0.
    """

    base_url: str
    account: str
    call_id: str
    label: str | None
    started_at_ms: int | None
    turns: int | None
    cached_ms: int
    size: int
    marks: int
    has_transcript: int


class Inventory(NamedTuple):
    """What the library holds.

    Attributes:
        size: Its size in bytes, without free room in the file.
        calls: Its calls, the newest first.
    """

    size: int
    calls: tuple[InventoryEntry, ...]


def inventory(database: Connection) -> Inventory:
    """What a library holds; rows that are damaged are left out."""
    calls = (InventoryEntry(*row) for row in database.execute(_ALL) if have_types(row, _KINDS))
    return Inventory(used_bytes(database), tuple(calls))
