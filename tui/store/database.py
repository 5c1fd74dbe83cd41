"""The library's SQLite file: opened for each operation, brought to this program's version, quarantined when damaged.

Owns the file and what becomes of its faults, not what stands in it. Each operation opens the file anew and closes it:
two instances may share it, and it may be removed at any moment. It has a rollback journal, never a write-ahead log,
whose shared memory does not work on a home that is mounted by NFS.

Damaged is what SQLite itself finds damaged. A file of a newer version is left as it is.
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
from tui.core.text import clip, safe_line
from tui.store import files
from tui.store.migrations import LATEST, migrate, version_of

T = TypeVar("T")

_NAME = "library.db"
_SIDE_FILES = ("-journal", "-wal", "-shm")
_PATIENCE_S = 2.0
"""How long an operation waits for another instance."""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_DOUBTFUL = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_IOERR}
"""Faults that damage can lead to, and other causes too."""


class Database:
    """The file. Every method waits for the disk, and up to two seconds for another instance.

    Every method raises ``OutputError`` where the file cannot be used. A damaged one is quarantined and made anew.

    Args:
        path: Where it is; None for the state directory.

    Attributes:
        quarantined: Where a damaged file was put; None if all was well.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given = path
        self.quarantined: Path | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """The open file; None if there is none. If it turns out to be damaged, what is done with it ends there."""
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
        """Do something in one transaction; where the file is damaged, in a new one."""
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
        """The file in this program's version; None if there is nothing in it, or if it is damaged."""
        try:
            return _opened(path)
        except sqlite3.DatabaseError as fault:
            self._quarantine(path, inode, fault)
            return None

    def _path(self) -> Path:
        return files.state_dir() / _NAME if self._given is None else self._given

    def _quarantine(self, path: Path, inode: int | None, fault: sqlite3.DatabaseError) -> None:
        """Give a damaged file another name, unless another instance has done so already.

        Raises:
            sqlite3.DatabaseError: The file is not to blame for the fault.
        """
        if not _is_damaged(path, fault):
            raise fault
        if _inode(path) == inode:
            self.quarantined = _moved_aside(path)


def _moved_aside(path: Path) -> Path:
    """Rename a file and its side files to the first free number: no quarantined file is ever overwritten.

    The side files go first: left behind, they would be taken for those of the new file.
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
    """A free name for a quarantined file, taken by an empty file."""
    for number in count(1):
        place = path.with_name(f"{path.name}.damaged-{number}")
        if any(place.with_name(place.name + end).exists() for end in _SIDE_FILES):
            continue
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return place
    raise AssertionError("unreachable")


def _is_damaged(path: Path, fault: sqlite3.DatabaseError) -> bool:
    """Whether SQLite calls the file damaged: by the fault itself, or by its check where the fault leaves it open."""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
    return code in _DAMAGE or (code in _DOUBTFUL and not _is_sound(path))


def _is_sound(path: Path) -> bool:
    try:
        with closing(_connected(path)) as database:
            return bool(database.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as fault:
        return getattr(fault, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE


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
    """Find a file that is no database before it is opened with its log, which SQLite would remove then.

    Raises:
        sqlite3.DatabaseError: It is no database.
    """
    with closing(sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA schema_version").close()


def _opened(path: Path) -> Connection | None:
    """The file in this program's version; None if there is nothing in it yet."""
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
            f"{clip(safe_line(str(path)), 200)} is of a newer version of this program, and is left as it is",
            "use that version, or keep nothing with --no-cache",
        )
    return version


def _transacted(path: Path, work: Callable[[Connection], T]) -> T:
    """Do something in one transaction, in a file that is made if need be, mode 0600; so is its journal then."""
    with suppress(FileExistsError):  # opened here and closed again it would lose the locks of our other threads
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_connected(path)) as database:
        _readable_version(path, database)
        with suppress(sqlite3.OperationalError):  # while others have the file open, its log stays
            database.execute("PRAGMA journal_mode = DELETE").close()
        return _transact(database, work)


def _transact(database: Connection, work: Callable[[Connection], T]) -> T:
    """Do something in one transaction; one that is not ended is rolled back when the connection is closed."""
    database.execute("BEGIN IMMEDIATE")
    migrate(database)
    result = work(database)
    database.execute("COMMIT")
    return result


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """What SQLite and the system say, as OutputError in one line."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError, OverflowError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise OutputError(
            f"{clip(safe_line(str(path)), 200)} cannot be used: {why}", "look at the disk and the rights of the file"
        ) from fault
