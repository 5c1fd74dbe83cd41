"""The library's SQLite file: opened for each operation, migrated to this version, quarantined when damaged.

Owns the file and the handling of its errors, not its content. Each operation opens and closes the file:
several instances may share it, and it may be removed at any moment. It has a rollback journal, no write-ahead log,
whose shared memory does not work on a home that is mounted by NFS.

A file is damaged only if SQLite itself says so. A file of a newer version is left untouched.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from sqlite3 import Connection
from typing import TypeVar
from urllib.parse import quote

from tui.core.errors import OutputError
from tui.store import files
from tui.store.migrations import LATEST, migrate, version_of

T = TypeVar("T")

_NAME = "library.db"
_SIDE_FILES = ("-journal", "-wal", "-shm")
_PATIENCE_S = 2.0
"""How long an operation waits for another instance's lock."""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_LOOK = "look at the disk and the rights of the file"
_LOCKED = ("is locked by another process", "try again in a moment")
_WHY_UNUSABLE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: ("cannot be used: the disk is full", "make room on it"),
}
"""What has happened and what to do, for some error codes."""
_AMBIGUOUS_ERRORS = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_IOERR}
"""Error codes that may have damage or another cause."""


class Database:
    """The file. Every method waits for the disk, and up to two seconds for another instance.

    Every method raises ``OutputError`` if the file is unusable. A damaged file is quarantined and replaced.

    Args:
        path: The file; None for the default one in the state directory.

    Attributes:
        quarantined: The new path of a damaged file; None if there was no damage.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given = path
        self.quarantined: Path | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Open the file for reading; None if there is none. If it proves damaged, the ``with`` body ends early."""
        path = self._path()
        with _translate_errors(path):
            inode = _inode(path)
            database = None if inode is None else self._opened(path, inode)
            if database is None:
                yield None
                return
            try:
                with closing(database):
                    yield database
            except sqlite3.DatabaseError as fault:
                self._quarantine(path, inode, fault)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction; if the file is damaged, in a new file."""
        path = self._path()
        with _translate_errors(path):
            files.private_dir(path.parent)
            inode = _inode(path)
            try:
                return _transacted(path, work)
            except sqlite3.DatabaseError as fault:
                self._quarantine(path, inode, fault)
                return _transacted(path, work)

    def _opened(self, path: Path, inode: int) -> Connection | None:
        """Open and migrate the file; None if it is empty or damaged."""
        try:
            return _opened(path)
        except sqlite3.DatabaseError as fault:
            self._quarantine(path, inode, fault)
            return None

    def _path(self) -> Path:
        return files.state_dir() / _NAME if self._given is None else self._given

    def _quarantine(self, path: Path, inode: int | None, fault: sqlite3.DatabaseError) -> None:
        """Rename a damaged file, unless another instance has done so already.

        Raises:
            sqlite3.DatabaseError: The file is not damaged.
        """
        if not _is_damaged(path, fault):
            raise fault
        if _inode(path) == inode:
            self.quarantined = _rename_damaged(path)


def _rename_damaged(path: Path) -> Path:
    """Rename a file and its side files to the first free number: no quarantined file is ever overwritten.

    The side files go first: left behind, SQLite would apply them to the new file.
    """
    place = _reserved(path)
    try:
        for end in _SIDE_FILES:
            with suppress(FileNotFoundError):
                path.with_name(path.name + end).replace(place.with_name(place.name + end))
        path.replace(place)
    except OSError:
        place.unlink(missing_ok=True)
        raise
    return place


def _reserved(path: Path) -> Path:
    """Reserve a free name for a quarantined file with an empty file."""
    for number in count(1):
        place = path.with_name(f"{path.name}.damaged-{number}")
        if any(place.with_name(place.name + end).exists() for end in _SIDE_FILES):
            continue
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return place
    raise AssertionError("unreachable")


def _is_damaged(path: Path, fault: sqlite3.DatabaseError) -> bool:
    """Whether SQLite considers the file damaged, by the error or, if that is ambiguous, by an integrity check."""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
    return code in _DAMAGE or (code in _AMBIGUOUS_ERRORS and not _is_sound(path))


def _is_sound(path: Path) -> bool:
    try:
        with closing(_connected(path)) as database:
            return bool(database.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as fault:
        return getattr(fault, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE


def _inode(path: Path) -> int | None:
    """The file's inode, which identifies it across renames; None if there is no file.

    Raises:
        OutputError: It is no regular file.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OutputError(f"the library is no regular file: {files.named(path)}", "move it out of the way")
    return status.st_ino


def _connected(path: Path) -> Connection:
    """A connection that distrusts the file's schema, and erases deleted content."""
    address = f"file:{quote(os.fsencode(path))}"
    if path.with_name(path.name + "-wal").exists():
        _check_without_log(address)
    database = sqlite3.connect(f"{address}?mode=rw", uri=True, timeout=_PATIENCE_S, isolation_level=None)
    with ExitStack() as failing:
        failing.callback(database.close)
        database.text_factory = lambda text: text.decode(errors="replace")
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "secure_delete = ON", "temp_store = MEMORY"):
            database.execute(f"PRAGMA {setting}").close()
        failing.pop_all()
    return database


def _check_without_log(address: str) -> None:
    """Detect a file that is no database before it is opened with its log, which SQLite would delete.

    Raises:
        sqlite3.DatabaseError: It is no database.
    """
    with closing(sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA schema_version").close()


def _opened(path: Path) -> Connection | None:
    """Open and migrate the file; None if it is empty."""
    with ExitStack() as failing:
        database = failing.enter_context(closing(_connected(path)))
        version = _readable_version(path, database)
        if 0 < version < LATEST:
            _transact(database, lambda _: None)
        if version:
            failing.pop_all()
            return database
    return None


def _readable_version(path: Path, database: Connection) -> int:
    """The file's version.

    Raises:
        OutputError: It is newer than this program.
    """
    version = version_of(database)
    if not 0 <= version <= LATEST:
        raise OutputError(
            f"the library is of a newer version of this program, and is left as it is: {files.named(path)}",
            "use that version, or keep nothing with --no-cache",
        )
    return version


def _transacted(path: Path, work: Callable[[Connection], T]) -> T:
    """Run ``work`` in one transaction; a new file, and so its journal, gets mode 0600."""
    with suppress(FileExistsError):  # opening and closing an existing file would drop the locks of other threads
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_connected(path)) as database:
        if not _readable_version(path, database):  # a new file gives back the room of calls that are removed
            database.execute("PRAGMA auto_vacuum = INCREMENTAL").close()
        with suppress(sqlite3.OperationalError):  # the log stays while others have the file open
            database.execute("PRAGMA journal_mode = DELETE").close()
        return _transact(database, work)


def _transact(database: Connection, work: Callable[[Connection], T]) -> T:
    """Run ``work`` in one transaction; it is rolled back if the connection is closed early."""
    database.execute("BEGIN IMMEDIATE")
    migrate(database)
    result = work(database)
    database.execute("COMMIT")
    return result


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Translate errors of SQLite and the system into OutputError; the reason stands before the path, which is long."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError, OverflowError) as fault:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        reason = getattr(fault, "strerror", None) or str(fault)
        why, hint = _WHY_UNUSABLE.get(code, (f"cannot be used: {reason}", _LOOK))
        raise OutputError(f"the library {why} ({files.named(path)})", hint) from fault
