"""The library: the transcript of every call that was opened, in one private SQLite file in the state directory.

Owns what stands in the file; the file itself is ``database``'s, its schema ``migrations``'. The bodies in it are as
the server sent them: whoever reads one checks it and makes it safe again. A call is only handed out to the account
that it was kept for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple

from tui.core.secret import SecretStr
from tui.store.database import Database
from tui.store.migrations import SALT_BYTES

_FINGERPRINT_BYTES, _DIGEST_BYTES = 16, 16
_AT_ONCE_BYTES = 2**18
"""Of what is long, so much is written at a time, and never all of it copied."""
BETWEEN_TURNS = "\x01"
"""Stands in no safe text, and is no blank to a search."""
_THIS_ONE = "base_url = ? AND account = ? AND call_id = ?"


class Account(NamedTuple):
    """Whose calls.

    Attributes:
        base_url: The API's address.
        name: Whom the key belongs to, or the key's fingerprint where that is not known.
        is_named: Whether it is known.
    """

    base_url: str
    name: str
    is_named: bool = False


class CachedCall(NamedTuple):
    """A call as it was kept: from outside, and not yet looked into.

    Attributes:
        call_id: The call's id.
        kept_ms: Unix time in ms at which it was fetched last.
        source: The body of the transcript.
        record: The body of the record; None if there was none.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
        turns: How many turns it has, 0 for a plain text; None if not known.
    """

    call_id: str
    kept_ms: int
    source: bytes
    record: bytes | None = None
    label: str | None = None
    started_at_ms: int | None = None
    turns: int | None = None


class RecentCall(NamedTuple):
    """What the list of recent calls tells of one; as it was kept, and not yet safe to show.

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


class Said(NamedTuple):
    """What was said in a call, to be searched without looking into its bodies; made safe when it was kept.

    Attributes:
        call_id: The call's id.
        kept_ms: Unix time in ms at which it was fetched last.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
        whole: The texts of all turns in one, to see at a glance whether something is in it.
    """

    call_id: str
    kept_ms: int
    label: str | None
    started_at_ms: int | None
    whole: str

    @property
    def texts(self) -> list[str]:
        """The text of each turn."""
        return self.whole.split(BETWEEN_TURNS)


class Library:
    """The calls in the file. Every method waits for the disk, and up to two seconds for another instance.

    Every method raises ``OutputError`` where the file cannot be used. A damaged one is quarantined and made anew.

    Args:
        path: Where it is; None for the state directory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = Database(path)

    @property
    def quarantined(self) -> Path | None:
        """Where a damaged file was put; None if all was well."""
        return self._database.quarantined

    def account(self, base_url: str, key: SecretStr) -> Account | None:
        """The account of a key; None if there is no library yet."""
        with self._database.reading() as database:
            salt = None if database is None else _salt(database)
            if database is not None and salt is not None:
                return _account(database, base_url, _fingerprint(key, salt))
        return None

    def new_account(self, base_url: str, key: SecretStr) -> Account:
        """The account of a key, in a library that is made if need be."""

        def find(database: Connection) -> Account:
            return _account(database, base_url, _fingerprint(key, _salt(database) or _new_salt(database)))

        return self._database.write(find)

    def name(self, account: Account, name: str) -> Account:
        """Note whose key it is that a fingerprint stands for: what was kept for it is that account's from now on."""

        def note(database: Connection) -> Account:
            base_url, fingerprint, _ = account
            put = "INSERT OR REPLACE INTO account (base_url, mark, name) VALUES (?, ?, ?)"
            database.execute(put, (base_url, fingerprint, name))
            move = "UPDATE OR REPLACE kept SET account = ? WHERE base_url = ? AND account = ?"
            database.execute(move, (name, base_url, fingerprint))
            database.execute("DELETE FROM body WHERE id NOT IN (SELECT id FROM kept)")
            return Account(base_url, name, is_named=True)

        return self._database.write(note)

    def renew(self, account: Account, call: CachedCall) -> bool:
        """Note that a call was fetched again; False if it is not kept, or with another transcript.

        What its record told is kept where there was none to be had this time.
        """
        facts = (call.kept_ms, call.record, call.label, call.started_at_ms, call.turns)

        def note(database: Connection) -> bool:
            update = (
                "UPDATE kept SET kept_ms = ?, record = ifnull(?, record), label = ifnull(?, label), "
                "started_at_ms = ifnull(?, started_at_ms), turns = ifnull(?, turns) "
                f"WHERE {_THIS_ONE} AND digest = ?"
            )
            this = (*account[:2], call.call_id, _digest(call.source))
            return database.execute(update, (*facts, *this)).rowcount == 1

        return self._database.write(note)

    def keep(self, account: Account, call: CachedCall, said: bytes | bytearray) -> None:
        """Keep a call, in the place of what was kept of it.

        Args:
            account: Whose it is.
            call: The call.
            said: The safe texts of its turns in UTF-8, ``BETWEEN_TURNS`` between them.
        """
        this = (*account[:2], call.call_id)
        facts = (call.kept_ms, call.label, call.started_at_ms, call.record, _digest(call.source), call.turns)
        put = (
            "INSERT INTO kept (base_url, account, call_id, kept_ms, label, started_at_ms, record, digest, turns) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )

        def keep(database: Connection) -> None:
            database.execute(f"DELETE FROM body WHERE id IN (SELECT id FROM kept WHERE {_THIS_ONE})", this)
            database.execute(f"DELETE FROM kept WHERE {_THIS_ONE}", this)
            number = database.execute(put, (*this, *facts)).lastrowid or 0
            sizes = (number, len(said), len(call.source))
            database.execute("INSERT INTO body (id, said, source) VALUES (?, zeroblob(?), zeroblob(?))", sizes)
            _fill(database, "said", number, said)
            _fill(database, "source", number, call.source)

        self._database.write(keep)

    def find(self, account: Account, call_id: str, most_bytes: int) -> CachedCall | None:
        """A call as it was kept; None if it was not, or if it is larger."""
        look = (
            "SELECT call_id, kept_ms, source, record, label, started_at_ms, turns FROM kept JOIN body USING (id) "
            f"WHERE {_THIS_ONE} AND length(source) <= ?"
        )
        with self._database.reading() as database:
            for row in database.execute(look, (*account[:2], call_id, most_bytes)).fetchall() if database else ():
                return CachedCall(*row) if _are(row, (str, int, bytes), (bytes, str, int, int)) else None
        return None

    def recent(self, account: Account, most: int) -> list[RecentCall]:
        """The calls that were fetched last, the last one first."""
        newest = (
            "SELECT call_id, label, started_at_ms, turns FROM kept WHERE base_url = ? AND account = ? "
            "ORDER BY kept_ms DESC LIMIT ?"
        )
        rows: list[Any] = []
        with self._database.reading() as database:
            rows = database.execute(newest, (*account[:2], most)).fetchall() if database else []
        return [RecentCall(*row) for row in rows if _are(row, (str,), (str, int, int))]

    def said(self, account: Account) -> Iterator[Said]:
        """What was said in all calls, the one fetched last first; between two of them nobody else has to wait."""
        newest = "SELECT id FROM kept WHERE base_url = ? AND account = ? ORDER BY kept_ms DESC"
        look = "SELECT call_id, kept_ms, said, label, started_at_ms FROM kept JOIN body USING (id) WHERE id = ?"
        with self._database.reading() as database:
            for number in database.execute(newest, account[:2]).fetchall() if database else ():
                for row in database.execute(look, number).fetchall() if database else ():
                    if _are(row, (str, int, bytes), (str, int)):
                        call_id, kept_ms, whole, label, started_at_ms = row
                        yield Said(call_id, kept_ms, label, started_at_ms, whole.decode(errors="replace"))


def _salt(database: Connection) -> bytes | None:
    """The salt of this library; None if it was lost."""
    row = database.execute("SELECT bytes FROM salt").fetchone()
    return row[0] if row and isinstance(row[0], bytes) and len(row[0]) == SALT_BYTES else None


def _new_salt(database: Connection) -> bytes:
    """A salt in the place of one that was lost; who is named by the API is found again, and nobody else."""
    salt = os.urandom(SALT_BYTES)
    database.execute("DELETE FROM salt")
    database.execute("INSERT INTO salt (bytes) VALUES (?)", (salt,))
    return salt


def _account(database: Connection, base_url: str, fingerprint: str) -> Account:
    look = "SELECT name FROM account WHERE base_url = ? AND mark = ?"
    named = database.execute(look, (base_url, fingerprint)).fetchone()
    return Account(base_url, str(named[0]), is_named=True) if named else Account(base_url, fingerprint)


def _fill(database: Connection, column: str, number: int, data: bytes | bytearray) -> None:
    """Write what is long piece by piece: bound to a statement, SQLite would make a copy of all of it."""
    view = memoryview(data)
    with database.blobopen("body", column, number) as blob:
        for start in range(0, len(view), _AT_ONCE_BYTES):
            blob.write(view[start : start + _AT_ONCE_BYTES])


def _digest(source: bytes) -> bytes:
    """What tells bodies apart."""
    return blake2b(source, digest_size=_DIGEST_BYTES).digest()


def _fingerprint(key: SecretStr, salt: bytes) -> str:
    """What tells keys apart, and tells nothing of them: BLAKE2b, keyed with a salt of this library (RFC 7693)."""
    return blake2b(key.get_secret_value().encode(), key=salt, digest_size=_FINGERPRINT_BYTES).hexdigest()


def _are(row: Sequence[Any], needed: tuple[type, ...], optional: tuple[type, ...]) -> bool:
    """Whether the columns are what was put there: SQLite takes anything anywhere, and damage makes anything of it."""
    kinds = [*needed, *(kind | None for kind in optional)]
    return all(isinstance(value, kind) for value, kind in zip(row, kinds, strict=True))
