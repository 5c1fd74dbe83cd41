"""The library: the transcripts of all opened calls, in one private SQLite file in the state directory.

Owns the file's content; ``database`` owns the file, ``migrations`` its schema. Bodies are stored as
received, so readers parse and sanitize them again. A call is only returned to the account
that it was stored for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple, TypeVar

from tui.core.secret import SecretStr
from tui.store import fingerprints, passages, records, tallies
from tui.store.accounts import Account, account_of, by_now, read_rows
from tui.store.database import Database
from tui.store.inventory import Inventory, inventory
from tui.store.listing import Wanted, ids_of
from tui.store.records import THIS_ONE
from tui.store.retention import Bounds, Oldest, Reach, StoredCall, remove_oldest
from tui.store.rows import have_types
from tui.store.search_session import SearchSession

T = TypeVar("T")

_DIGEST_BYTES = 16
_AT_ONCE_BYTES = 2**18
"""Long values are written in pieces of this size, so that they are never copied as a whole."""

_OF_CALL = (str, int, bytes, bytes | None, str | None, int | None, int | None)
_OF_RECENT = (str, str | None, int | None, int | None)


class CachedCall(NamedTuple):
    """A cached call: untrusted, and not parsed yet.

    Attributes:
        call_id: The call's id.
        cached_ms: Unix time in ms of the last fetch.
        source: The body of the transcript.
        record: The body of the record; None if there is none.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
        turns: How many turns it has, 0 for a plain text; None if not known.
        created_at_ms: Unix time in ms at which its record was created; None if not known. Only stored, not read.
    """

    call_id: str
    cached_ms: int
    source: bytes
    record: bytes | None = None
    label: str | None = None
    started_at_ms: int | None = None
    turns: int | None = None
    created_at_ms: int | None = None


class RecentCall(NamedTuple):
    """An entry of the list of recent calls; not yet safe to show.

    Attributes:
        call_id: The call's id.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
        turns: How many turns it has, 0 for a plain text; None if not known.
    """

    call_id: str
    label: str | None = None
    started_at_ms: int | None = None
    turns: int | None = None


class Held(NamedTuple):
    """The calls of an account that are known to the library.

    Attributes:
        whole: Those with a transcript and a record.
        absent: Those that have no transcript.
        reach: How far back others are worth fetching.
    """

    whole: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    reach: Reach = Reach()


class Library:
    """The cached calls. Every method waits for the disk, and up to two seconds for another instance.

    Every method raises ``OutputError`` if the file is unusable. A damaged file is quarantined and replaced.

    Args:
        path: The file; None for the default one in the state directory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = Database(path)

    @property
    def quarantined(self) -> Path | None:
        """The new path of a damaged file; None if there was no damage."""
        return self._database.quarantined

    def account(self, base_url: str, key: SecretStr) -> Account | None:
        """The account of a key; None if there is no library yet."""
        with self._database.reading() as database:
            salt = None if database is None else fingerprints.salt(database)
            if database is not None and salt is not None:
                return account_of(database, base_url, fingerprints.fingerprint(key, salt))
        return None

    def new_account(self, base_url: str, key: SecretStr) -> Account:
        """The account of a key; creates the library if it is missing."""

        def find(database: Connection) -> Account:
            salt = fingerprints.salt(database) or fingerprints.new_salt(database)
            return account_of(database, base_url, fingerprints.fingerprint(key, salt))

        return self._database.write(find)

    def name(self, account: Account, name: str) -> Account:
        """Record the owner of a fingerprint; calls stored for the fingerprint move to the owner's account."""

        def note(database: Connection) -> Account:
            base_url, fingerprint, _ = account
            put = "INSERT OR REPLACE INTO account (base_url, mark, name) VALUES (?, ?, ?)"
            database.execute(put, (base_url, fingerprint, name))
            for table in ("kept", "turn_mark", "absent", "bare_record"):
                move = f"UPDATE OR REPLACE {table} SET account = ? WHERE base_url = ? AND account = ?"
                database.execute(move, (name, base_url, fingerprint))
            for (number,) in database.execute("SELECT id FROM body WHERE id NOT IN (SELECT id FROM kept)").fetchall():
                _remove(database, number)
            records.remove_superseded(database, (base_url, name))
            return Account(base_url, name, is_named=True)

        return self._database.write(note)

    def renew(self, account: Account, calls: Sequence[CachedCall]) -> list[CachedCall]:
        """Update calls that were fetched again; returns those that are not stored, or have another transcript.

        Facts of the stored record stay if there is no record this time.
        """
        return self._database.write(lambda database: [call for call in calls if not _renew(database, account, call)])

    def keep_all(self, account: Account, calls: Iterable[tuple[CachedCall, bytes | bytearray]]) -> None:
        """Store calls, replacing earlier versions: all of them or, if it fails, none.

        Args:
            account: Their account.
            calls: Each with the safe texts of its turns in UTF-8, joined by ``passages.BETWEEN_TURNS``.
        """

        def keep(database: Connection) -> None:
            stored = dict(_keep(database, account, *call) for call in calls)  # the last of those that come twice
            passages.store(database, stored.items())
            tallies.add(database, stored.items())

        self._database.write(keep)

    def trim(self, bounds: Bounds) -> list[StoredCall]:
        """Remove some of the calls that are beyond the bounds; returns them, and none once the rest is within."""
        with self._database.reading() as database:
            if database is None or bounds.first_to_go(database) is None:
                return []
        gone = self._database.write(lambda database: remove_oldest(database, bounds, _remove_oldest))
        if gone:  # else what is left of them in the index would count as full
            self._database.write(passages.merge)
        return gone

    def says_first(self, what: str) -> bool:
        """Whether something is said for the first time; later calls return False, in every instance."""
        put = "INSERT OR IGNORE INTO said_once (what) VALUES (?)"
        return self._database.write(lambda database: database.execute(put, (what,)).rowcount == 1)

    def inventory(self) -> Inventory:
        """What is stored, of all accounts."""
        with self._database.reading() as database:
            if database is not None:
                return inventory(database)
        return Inventory(0, ())

    def held(self, account: Account | None, bounds: Bounds) -> Held:
        """Which calls are known, by their ids, and how far back others are worth fetching."""
        held = Held()
        with self._database.reading() as database:
            held = Held(reach=bounds.reach(database))
            if database is not None and account is not None:
                held = read_rows(database, account, partial(_held, database))._replace(reach=held.reach)
        return held

    def keep_records(
        self, account: Account, calls: Sequence[records.NewRecord], bounds: Bounds, *, replaces: bool
    ) -> None:
        """Store the records of calls without a transcript; those that the bounds would remove at once are left out.

        That a call gets no transcript any more is noted of these, too: nothing else keeps them from being asked for.

        Args:
            account: Their account.
            calls: The records.
            bounds: The bounds.
            replaces: Whether they replace earlier ones.
        """

        def put(database: Connection) -> None:
            reach, name = bounds.reach(database), by_now(database, account)
            for new in calls:
                is_spared = bounds.spared == StoredCall(account.base_url, account.name, new.call_id)
                if is_spared or not reach.leaves_out(new.started_at_ms):
                    records.put(database, name, new, replaces=replaces)
                if new.is_final:
                    records.note_absent(database, name, new.call_id)

        self._database.write(put)

    def record(self, account: Account, call_id: str) -> CachedCall | None:
        """A stored record, without the transcript that its call may have; None if there is none."""
        return next(iter(self.records_of(account, [call_id])), None)

    def records_of(self, account: Account, call_ids: Sequence[str]) -> list[CachedCall]:
        """The stored records of some calls, as far as there are any, without transcripts."""
        rows = self._read(account, lambda base, name: [records.row_of(base, name, one) for one in call_ids])
        return [call for row in rows or () if row is not None and (call := _record(row)) is not None]

    def listed(
        self, account: Account, label: str | None, behind: records.RecordPlace, most: int
    ) -> tuple[list[CachedCall], records.RecordPlace | None]:
        """Some calls without their transcripts, the newest first, and the place of the last; None at the end."""
        page = self._read(account, lambda base, name: records.page(base, name, label, behind, most))
        rows, place = page or ([], None)
        return [call for row in rows if (call := _record(row)) is not None], place

    def marks(self, account: Account, call_id: str) -> frozenset[int]:
        """The indexes of the marked turns of a call."""
        look = f"SELECT turn FROM turn_mark WHERE {THIS_ONE}"
        rows = self._read(account, lambda base, name: base.execute(look, (*name, call_id)).fetchall())
        return frozenset(turn for (turn,) in rows or () if isinstance(turn, int))

    def mark(self, account: Account, call_id: str, turn: int, *, is_marked: bool) -> None:
        """Mark a turn, or remove its mark."""
        put = "INSERT OR IGNORE INTO turn_mark (base_url, account, call_id, turn) VALUES (?, ?, ?, ?)"
        work = put if is_marked else f"DELETE FROM turn_mark WHERE {THIS_ONE} AND turn = ?"
        self._database.write(lambda database: database.execute(work, (*by_now(database, account), call_id, turn)))

    def find(self, account: Account, call_id: str, most_bytes: int) -> CachedCall | None:
        """A cached call; None if it is not stored. A body of more than ``most_bytes`` is left out."""
        look = (
            "SELECT call_id, kept_ms, CASE WHEN length(source) <= ? THEN source ELSE x'' END, record, label, "
            f"started_at_ms, turns FROM kept JOIN body USING (id) WHERE {THIS_ONE}"
        )
        rows = self._read(account, lambda base, name: base.execute(look, (most_bytes, *name, call_id)).fetchall())
        for row in rows or ():
            return CachedCall(*row) if have_types(row, _OF_CALL) else None
        return None

    def ids(self, account: Account, wanted: Wanted) -> list[str]:
        """The ids of some calls of an account, with a transcript or with a record alone, the newest first."""
        return self._read(account, lambda base, name: ids_of(base, name, wanted)) or []

    def kept_among(self, account: Account, call_ids: Sequence[str]) -> frozenset[str]:
        """Which of some calls are stored."""
        look = f"SELECT call_id FROM kept WHERE {THIS_ONE}"

        def find(database: Connection, name: tuple[str, str]) -> frozenset[str]:
            return frozenset(one for one in call_ids if database.execute(look, (*name, one)).fetchone())

        return self._read(account, find) or frozenset()

    def recent(self, account: Account, most: int) -> list[RecentCall]:
        """The last ``most`` calls fetched, newest first."""
        newest = (
            "SELECT call_id, label, started_at_ms, turns FROM kept WHERE base_url = ? AND account = ? "
            "ORDER BY kept_ms DESC LIMIT ?"
        )
        rows = self._read(account, lambda base, name: base.execute(newest, (*name, most)).fetchall())
        return [RecentCall(*row) for row in rows or () if have_types(row, _OF_RECENT)]

    @contextmanager
    def searching(self, account: Account) -> Iterator[SearchSession | None]:
        """Read for a search; None if there is no library. If it proves damaged, the ``with`` body ends early."""
        session = None
        with self._database.reading() as database:
            session = None if database is None else SearchSession(database, partial(read_rows, database, account))
            yield session
        if session is not None and session.finds_damage:
            self._database.write(passages.renew_index)

    def advance(self) -> bool:
        """Do the next step of what searches need, which takes some 50 ms; False if nothing is still to be done."""
        with self._database.reading() as database:
            if database is None or (passages.is_complete(database) and tallies.is_complete(database)):
                return False
        return self._database.write(lambda database: passages.advance(database) or tallies.advance(database))

    def _read(self, account: Account, read: Callable[[Connection, tuple[str, str]], T]) -> T | None:
        """Read an account's rows; None if there is no library."""
        with self._database.reading() as database:
            if database is not None:
                return read_rows(database, account, partial(read, database))
        return None


def _renew(database: Connection, account: Account, call: CachedCall) -> bool:
    """Update the facts of a call; False if it is not stored, or has another transcript."""
    update = (
        "UPDATE kept SET kept_ms = ?, record = ifnull(?, record), label = ifnull(?, label), "
        "started_at_ms = ifnull(?, started_at_ms), turns = ifnull(?, turns), "
        "created_at_ms = ifnull(?, created_at_ms) "
        f"WHERE {THIS_ONE} AND digest = ?"
    )
    facts = (call.cached_ms, call.record, call.label, call.started_at_ms, call.turns, call.created_at_ms)
    this = (*by_now(database, account), call.call_id, _digest(call.source))
    return database.execute(update, (*facts, *this)).rowcount == 1


def _keep(database: Connection, account: Account, call: CachedCall, texts: bytes | bytearray) -> tuple[int, int]:
    """Store a call without its passages, replacing an earlier version; returns its row and the size of its texts."""
    this = (*by_now(database, account), call.call_id)
    for (old,) in database.execute(f"SELECT id FROM kept WHERE {THIS_ONE}", this).fetchall():
        _remove(database, old)
    database.execute(f"DELETE FROM bare_record WHERE {THIS_ONE}", this)
    put = (
        "INSERT INTO kept "
        "(base_url, account, call_id, kept_ms, label, started_at_ms, created_at_ms, record, digest, turns) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    facts = (call.cached_ms, call.label, call.started_at_ms, call.created_at_ms, call.record)
    number = database.execute(put, (*this, *facts, _digest(call.source), call.turns)).lastrowid or 0
    sizes = (number, len(texts), len(call.source))
    database.execute("INSERT INTO body (id, said, source) VALUES (?, zeroblob(?), zeroblob(?))", sizes)
    _fill(database, "said", number, texts)
    _fill(database, "source", number, call.source)
    return number, len(texts)


def _remove(database: Connection, number: int) -> None:
    """Remove a call, by its row."""
    passages.remove(database, number)
    database.execute("DELETE FROM body WHERE id = ?", (number,))
    database.execute("DELETE FROM kept WHERE id = ?", (number,))


def _remove_oldest(database: Connection, oldest: Oldest) -> None:
    (records.remove if oldest.is_bare else _remove)(database, oldest.row)


def _record(row: Sequence[Any]) -> CachedCall | None:
    return CachedCall(*row) if have_types(row, _OF_CALL[:-1]) else None


def _held(database: Connection, name: tuple[str, str]) -> Held:
    """Which calls are known of an account, by its address and name."""
    queries = (
        "SELECT call_id FROM kept WHERE base_url = ? AND account = ? AND record IS NOT NULL",
        "SELECT call_id FROM absent WHERE base_url = ? AND account = ?",
    )
    whole, absent = (frozenset(row[0] for row in database.execute(one, name)) for one in queries)
    return Held(whole, absent)


def _fill(database: Connection, column: str, number: int, data: bytes | bytearray) -> None:
    """Write a long value piece by piece: bound to a statement, SQLite would copy it as a whole."""
    view = memoryview(data)
    with database.blobopen("body", column, number) as blob:
        for start in range(0, len(view), _AT_ONCE_BYTES):
            blob.write(view[start : start + _AT_ONCE_BYTES])


def _digest(source: bytes) -> bytes:
    """A hash to compare bodies."""
    return blake2b(source, digest_size=_DIGEST_BYTES).digest()
