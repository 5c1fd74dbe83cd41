"""Lists and removes all files that the program stores on this machine, except the key.

Owns no file: a new kind of file is added to the table here, and names used by older versions stay in it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from tui.core.errors import OutputError
from tui.store import files, lock

_DRAFT = (".omni-transcripts-*", "draft of a file whose writing was cut off")
_STATE = (
    ("library.db", "the library: the transcripts of the calls that were opened, and their records"),
    ("library.db-journal", "what the library was before a change that was cut off"),
    ("library.db-wal", "changes of the library that were not finished"),
    ("library.db-shm", "an index of these changes"),
    ("library.db.damaged-[0-9]*", "a quarantined library, or a file that belonged to it: it was damaged"),
    ("library.bad", "the same, from an older version"),
    ("library.bad-*", "the same, from an older version"),
    (lock.SYNC, "what tells a sync that another one is running; it holds nothing"),
    ("recent.json", "the calls opened last, from an older version: ids and labels, nothing that was said"),
    ("recent.bad", "the same, as it could not be read any more"),
    _DRAFT,
)
_FAULTS = (("*.txt", "a report of a fault: places in the program, no values"), _DRAFT)


class StoredFile(NamedTuple):
    """A file of ours, or something else with the name of one.

    Attributes:
        path: Its path.
        what: Its content, in words.
        size: Its size in bytes.
    """

    path: Path
    what: str
    size: int


def list_files() -> list[StoredFile]:
    """List all stored files.

    Raises:
        OutputError: There is no home directory, or a directory is unreadable.
    """
    found, hidden = _scan()
    if hidden:
        raise OutputError("; ".join(hidden))
    return found


def clear() -> tuple[list[StoredFile], list[str]]:
    """Remove all stored files, as far as possible; the lock of a sync that is running stays.

    Returns:
        The removed files, and why others are left.

    Raises:
        OutputError: There is no home directory.
    """
    found, left = _scan()
    gone = []
    for one in found:
        try:
            is_removed = _removed(one.path)
        except OutputError as error:
            left.append(error.line())
        except OSError as error:
            why = "it is a directory" if one.path.is_dir() else (error.strerror or type(error).__name__)
            left.append(f"{one.path} cannot be removed: {why}")
        else:
            if is_removed:
                gone.append(one)
            else:
                left.append("a sync is running: its lock stays, and what it fetches from now on is kept again")
    return gone, left


def _removed(path: Path) -> bool:
    """Remove a file; False if it is the lock of a sync that is running: another one would begin beside it."""
    if path.name != lock.SYNC or path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return True
    with lock.locked(lock.SYNC) as is_held:
        if is_held:
            path.unlink(missing_ok=True)
    return is_held


def _scan() -> tuple[list[StoredFile], list[str]]:
    """The stored files, and the unreadable directories."""
    directory = files.state_dir()
    found: list[StoredFile] = []
    hidden: list[str] = []
    for place, patterns in ((directory, _STATE), (directory / "faults", _FAULTS)):
        try:
            found += _files_in(place, patterns)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            hidden.append(f"{place} cannot be looked into: {error.strerror}")
    return found, hidden


def _files_in(directory: Path, patterns: tuple[tuple[str, str], ...]) -> Iterator[StoredFile]:
    names = sorted(os.listdir(directory))  # noqa: PTH208 - a path from each name is made only of those that are ours
    for pattern, what in patterns:
        for path in (directory / name for name in names if fnmatchcase(name, pattern)):
            status = path.lstat()
            is_directory = stat.S_ISDIR(status.st_mode)
            yield StoredFile(path, "a directory: not of this program" if is_directory else what, status.st_size)
