"""The library: the transcript of every call that was opened, in one private SQLite file in the state directory.

Owns the file, its schema, and what becomes of its faults. The bodies in it are as the server sent them: whoever reads
one checks it and makes it safe again. A call is only handed out to the account that it was kept for.

Each operation opens the file anew and closes it: two instances may share it, and it may be removed at any moment. It
has a rollback journal, never a write-ahead log, whose shared memory does not work on a home that is mounted by NFS.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from tui.core.errors import OutputError
from tui.core.secret import SecretStr
from tui.core.text import clip, safe_line
from tui.store import files

T = TypeVar("T")

_NAME, _BAD_NAME, _JOURNAL = "library.db", "library.bad", "-journal"

_PATIENCE_S = 2.0
"""How long an operation waits for another instance."""
_SALT_BYTES, _MARK_BYTES, _DIGEST_BYTES = 16, 16, 16
_AT_ONCE_BYTES = 2**18
"""Of what is long, so much is written at a time, and never all of it copied."""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_SCHEMA = (
    "CREATE TABLE salt (bytes BLOB NOT NULL)",
    "CREATE TABLE account (base_url TEXT NOT NULL, mark TEXT NOT NULL, name TEXT NOT NULL, "
    "PRIMARY KEY (base_url, mark)) WITHOUT ROWID",
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, base_url TEXT NOT NULL, account TEXT NOT NULL, call_id TEXT NOT NULL, "
    "kept_ms INTEGER NOT NULL, label TEXT, started_at_ms INTEGER, record BLOB, digest BLOB NOT NULL, "
    "UNIQUE (base_url, account, call_id))",
    # what is long, apart: whenever one column of a row is changed, all of it is written anew
    "CREATE TABLE body (id INTEGER PRIMARY KEY, said BLOB NOT NULL, source BLOB NOT NULL)",
    "CREATE INDEX kept_newest ON kept (base_url, account, kept_ms)",
)
BETWEEN_TURNS = "\x01"
"""Stands in no safe text, and is no blank to a search."""
_THIS_ONE = "base_url = ? AND account = ? AND call_id = ?"


class Shelf(NamedTuple):
    """Whose calls.

    Attributes:
        base_url: The API's address.
        account: Whom the key belongs to: a name, or a mark of the key where that is not known.
        is_named: Whether it is a name.
    """

    base_url: str
    account: str
    is_named: bool = False


class Copy(NamedTuple):
    """A call as it was kept: from outside, and not yet looked into.

    Attributes:
        call_id: The call's id.
        kept_ms: Unix time in ms at which it was fetched last.
        source: The body of the transcript.
        record: The body of the record; None if there was none.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
    """

    call_id: str
    kept_ms: int
    source: bytes
    record: bytes | None = None
    label: str | None = None
    started_at_ms: int | None = None


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
    """The file. Every method waits for the disk, and up to two seconds for another instance.

    Every method raises ``OutputError`` where the file cannot be used. One that is none of ours, or damaged, is set
    aside and made anew.

    Args:
        path: Where it is; None for the state directory.

    Attributes:
        set_aside: Where a file was put that could not be read; None if all was well.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given = path
        self.set_aside: Path | None = None

    def shelf(self, base_url: str, key: SecretStr) -> Shelf | None:
        """The shelf of a key; None if there is no library yet."""
        with self._reading() as database:
            if database is not None:
                return _shelf(database, base_url, key)
        return None

    def new_shelf(self, base_url: str, key: SecretStr) -> Shelf:
        """The shelf of a key, in a library that is made if need be."""
        return self._write(lambda database: _shelf(database, base_url, key))

    def name(self, shelf: Shelf, name: str) -> Shelf:
        """Note whose key it is that a mark stands for: what was kept for the mark is that account's from now on."""

        def note(database: Connection) -> Shelf:
            base_url, mark, _ = shelf
            database.execute("INSERT OR REPLACE INTO account VALUES (?, ?, ?)", (base_url, mark, name))
            move = "UPDATE OR REPLACE kept SET account = ? WHERE base_url = ? AND account = ?"
            database.execute(move, (name, base_url, mark))
            database.execute("DELETE FROM body WHERE id NOT IN (SELECT id FROM kept)")
            return Shelf(base_url, name, is_named=True)

        return self._write(note)

    def renew(self, shelf: Shelf, copy: Copy) -> bool:
        """Note that a call was fetched again; False if it is not kept, or with another transcript.

        What its record told is kept where there was none to be had this time.
        """
        facts = (copy.kept_ms, copy.record, copy.label, copy.started_at_ms)

        def note(database: Connection) -> bool:
            update = (
                "UPDATE kept SET kept_ms = ?, record = ifnull(?, record), label = ifnull(?, label), "
                f"started_at_ms = ifnull(?, started_at_ms) WHERE {_THIS_ONE} AND digest = ?"
            )
            return database.execute(update, (*facts, *shelf[:2], copy.call_id, _digest(copy.source))).rowcount == 1

        return self._write(note)

    def keep(self, shelf: Shelf, copy: Copy, said: bytes | bytearray) -> None:
        """Keep a call, in the place of what was kept of it.

        Args:
            shelf: Whose it is.
            copy: The call.
            said: The safe texts of its turns in UTF-8, ``BETWEEN_TURNS`` between them.
        """
        row = (*shelf[:2], copy.call_id, copy.kept_ms, copy.label, copy.started_at_ms, copy.record)
        put = (
            "INSERT INTO kept (base_url, account, call_id, kept_ms, label, started_at_ms, record, digest) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )

        def keep(database: Connection) -> None:
            this = (*shelf[:2], copy.call_id)
            database.execute(f"DELETE FROM body WHERE id IN (SELECT id FROM kept WHERE {_THIS_ONE})", this)
            database.execute(f"DELETE FROM kept WHERE {_THIS_ONE}", this)
            number = database.execute(put, (*row, _digest(copy.source))).lastrowid or 0
            sizes = (number, len(said), len(copy.source))
            database.execute("INSERT INTO body VALUES (?, zeroblob(?), zeroblob(?))", sizes)
            _fill(database, "said", number, said)
            _fill(database, "source", number, copy.source)

        self._write(keep)

    def find(self, shelf: Shelf, call_id: str, most_bytes: int) -> Copy | None:
        """The copy of a call; None if there is none, or only one that is larger."""
        look = (
            "SELECT call_id, kept_ms, source, record, label, started_at_ms FROM kept JOIN body USING (id) "
            f"WHERE {_THIS_ONE} AND length(source) <= ?"
        )
        with self._reading() as database:
            for row in database.execute(look, (*shelf[:2], call_id, most_bytes)).fetchall() if database else ():
                return Copy(*row) if _are(row, (str, int, bytes), (bytes, str, int)) else None
        return None

    def said(self, shelf: Shelf) -> Iterator[Said]:
        """What was said in all calls, the one fetched last first; between two of them nobody else has to wait."""
        newest = "SELECT id FROM kept WHERE base_url = ? AND account = ? ORDER BY kept_ms DESC"
        look = "SELECT call_id, kept_ms, said, label, started_at_ms FROM kept JOIN body USING (id) WHERE id = ?"
        with self._reading() as database:
            for number in database.execute(newest, shelf[:2]).fetchall() if database else ():
                for row in database.execute(look, number).fetchall() if database else ():
                    if _are(row, (str, int, bytes), (str, int)):
                        call_id, kept_ms, whole, label, started_at_ms = row
                        yield Said(call_id, kept_ms, label, started_at_ms, whole.decode(errors="replace"))

    # The file

    def _path(self) -> Path:
        return files.state_dir() / _NAME if self._given is None else self._given

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """The open library; None if there is none. If it turns out to be damaged, what is done with it ends there."""
        path = self._path()
        with _faults_told(path):
            inode = _inode(path)
            database = None if inode is None else self._opened(path, inode)
            if database is None:
                yield None
                return
            try:
                with closing(database):
                    yield database
            except sqlite3.DatabaseError as fault:
                self._set_aside(path, inode, fault)

    def _opened(self, path: Path, inode: int) -> Connection | None:
        """The file, if there is something in it, and nothing that is not ours."""
        database = _connected(path)
        try:
            if _has_schema(database):
                return database
        except sqlite3.DatabaseError as fault:
            database.close()
            self._set_aside(path, inode, fault)
        database.close()
        return None

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Do something in one transaction; where the file is damaged, in a new one."""
        path = self._path()
        with _faults_told(path):
            files.private_dir(path.parent)
            inode = _inode(path)
            try:
                return _transacted(path, work)
            except sqlite3.DatabaseError as fault:
                self._set_aside(path, inode, fault)
                return _transacted(path, work)

    def _set_aside(self, path: Path, inode: int | None, fault: sqlite3.DatabaseError) -> None:
        """Give a file that is damaged another name, unless somebody has done so already.

        The journal goes first: left behind, it would be taken for the new file's.

        Raises:
            sqlite3.DatabaseError: The file is not to blame for the fault.
        """
        if not _is_damage(fault):
            raise fault
        if _inode(path) == inode:
            bad = path.with_name(_BAD_NAME)
            path.with_name(path.name + _JOURNAL).unlink(missing_ok=True)
            path.replace(bad)
            self.set_aside = bad


class _AlienError(sqlite3.DatabaseError):
    """A library of another version, or something else altogether."""


def _is_damage(fault: sqlite3.DatabaseError) -> bool:
    return isinstance(fault, _AlienError) or getattr(fault, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def _inode(path: Path) -> int | None:
    """What tells a file from another one of the same name; None if there is none.

    Raises:
        OutputError: It is a link, a directory or the like.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OutputError(f"{path} is no regular file", "move it out of the way")
    return status.st_ino


def _connected(path: Path) -> Connection:
    """A connection that trusts the file as little as it can, and wipes what is overwritten in it."""
    database = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?mode=rw", uri=True, timeout=_PATIENCE_S, isolation_level=None
    )
    database.text_factory = lambda text: text.decode(errors="replace")
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "secure_delete = ON", "temp_store = MEMORY"):
        database.execute(f"PRAGMA {setting}").close()
    return database


def _has_schema(database: Connection) -> bool:
    """Whether the file is ready; False if it is empty.

    Raises:
        sqlite3.DatabaseError: It holds something else.
    """
    found = tuple(row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    if found and found != _SCHEMA:
        raise _AlienError("another schema")
    if database.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        raise _AlienError("a write-ahead log")
    return bool(found)


def _transacted(path: Path, work: Callable[[Connection], T]) -> T:
    """Do something in one transaction, in a file that is made if need be, mode 0600; so is its journal then."""
    with suppress(FileExistsError):  # opened here and closed again it would lose the locks of our other threads
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_connected(path)) as database:
        database.execute("BEGIN IMMEDIATE")
        if not _has_schema(database):
            for statement in _SCHEMA:
                database.execute(statement)
            database.execute("INSERT INTO salt VALUES (?)", (os.urandom(_SALT_BYTES),))
        result = work(database)
        database.execute("COMMIT")
        return result


@contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    """What SQLite and the system say, as OutputError in one line."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError, OverflowError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise OutputError(
            f"{clip(safe_line(str(path)), 200)} cannot be used: {why}", "look at the disk and the rights of the file"
        ) from fault


def _shelf(database: Connection, base_url: str, key: SecretStr) -> Shelf:
    salt = database.execute("SELECT bytes FROM salt").fetchone()
    if salt is None or not isinstance(salt[0], bytes) or len(salt[0]) != _SALT_BYTES:
        raise _AlienError("no salt")
    mark = _mark(key, salt[0])
    named = database.execute("SELECT name FROM account WHERE base_url = ? AND mark = ?", (base_url, mark)).fetchone()
    return Shelf(base_url, str(named[0]), is_named=True) if named else Shelf(base_url, mark)


def _fill(database: Connection, column: str, number: int, data: bytes | bytearray) -> None:
    """Write what is long piece by piece: bound to a statement, SQLite would make a copy of all of it."""
    view = memoryview(data)
    with database.blobopen("body", column, number) as blob:
        for start in range(0, len(view), _AT_ONCE_BYTES):
            blob.write(view[start : start + _AT_ONCE_BYTES])


def _digest(source: bytes) -> bytes:
    """What tells bodies apart."""
    return blake2b(source, digest_size=_DIGEST_BYTES).digest()


def _mark(key: SecretStr, salt: bytes) -> str:
    """What tells keys apart, and tells nothing of them: BLAKE2b, keyed with a salt of this library (RFC 7693)."""
    return blake2b(key.get_secret_value().encode(), key=salt, digest_size=_MARK_BYTES).hexdigest()


def _are(row: Sequence[Any], needed: tuple[type, ...], optional: tuple[type, ...]) -> bool:
    """Whether the columns are what was put there: SQLite takes anything anywhere, and damage makes anything of it."""
    kinds = [*needed, *(kind | None for kind in optional)]
    return all(isinstance(value, kind) for value, kind in zip(row, kinds, strict=True))
