"""All that the program keeps on this machine beside the key: what it is, and how it is removed.

Owns no file; whoever adds one names it here, and keeps the names that older versions used.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from tui.core.errors import OutputError
from tui.store import files

_DRAFT = (".omni-transcripts-*", "draft of a file whose writing was cut off")
_STATE = (
    ("library.db", "the library: the transcripts of the calls that were opened, and their records"),
    ("library.db-journal", "what the library was before a change that was cut off"),
    ("library.db-wal", "changes of the library that were not finished"),
    ("library.db-shm", "an index of these changes"),
    ("library.db.damaged-[0-9]*", "a quarantined library, or a file that belonged to it: it was damaged"),
    ("library.bad", "the same, from an older version"),
    ("library.bad-*", "the same, from an older version"),
    ("recent.json", "the calls opened last, from an older version: ids and labels, nothing that was said"),
    ("recent.bad", "the same, as it could not be read any more"),
    _DRAFT,
)
_FAULTS = (("*.txt", "a report of a fault: places in the program, no values"), _DRAFT)


class Kept(NamedTuple):
    """A file of ours, or something else that bears the name of one.

    Attributes:
        path: Where it is.
        what: What it holds, in words.
        size: Its bytes.
    """

    path: Path
    what: str
    size: int


class Cleared(NamedTuple):
    """What became of the files that were kept.

    Attributes:
        gone: Those that were removed.
        left: Those that could not be removed, each with the reason.
    """

    gone: list[Kept]
    left: list[str]


def kept() -> list[Kept]:
    """Every file that is kept.

    Raises:
        OutputError: There is no home, or a directory cannot be looked into.
    """
    found, hidden = _look()
    if hidden:
        raise OutputError("; ".join(hidden))
    return found


def clear() -> Cleared:
    """Remove every file that is kept, as far as that is possible.

    Raises:
        OutputError: There is no home.
    """
    found, left = _look()
    gone = []
    for one in found:
        try:
            one.path.unlink(missing_ok=True)
        except OSError as error:
            why = "it is a directory" if one.path.is_dir() else (error.strerror or type(error).__name__)
            left.append(f"{one.path} cannot be removed: {why}")
        else:
            gone.append(one)
    return Cleared(gone, left)


def _look() -> tuple[list[Kept], list[str]]:
    """The files that are kept, and which directories cannot be looked into."""
    directory = files.state_dir()
    found: list[Kept] = []
    hidden: list[str] = []
    for place, patterns in ((directory, _STATE), (directory / "faults", _FAULTS)):
        try:
            found += _found_in(place, patterns)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            hidden.append(f"{place} cannot be looked into: {error.strerror}")
    return found, hidden


def _found_in(directory: Path, patterns: tuple[tuple[str, str], ...]) -> Iterator[Kept]:
    names = sorted(os.listdir(directory))  # noqa: PTH208 - a path from each name is made only of those that are ours
    for pattern, what in patterns:
        for path in (directory / name for name in names if fnmatchcase(name, pattern)):
            status = path.lstat()
            is_directory = stat.S_ISDIR(status.st_mode)
            yield Kept(path, "a directory: not of this program" if is_directory else what, status.st_size)
