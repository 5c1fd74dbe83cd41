"""All that the program keeps on this machine beside the key: what it is, and how it is removed.

Owns no file; whoever adds one names it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tui.core.errors import OutputError
from tui.store import files

_WHAT = (
    ("library.db-journal", "what the library was before a change that was cut off"),
    ("library.db", "the library: the transcripts of the calls that were opened, and their records"),
    ("library.bad", "a library that could not be read any more"),
    ("recent.json", "the calls opened last: ids and labels, nothing that was said"),
    ("recent.bad", "the same, as it could not be read any more"),
    ("faults/*.txt", "reports of faults: places in the program, no values"),
    (".omni-transcripts-*", "drafts of files whose writing was cut off"),
    ("faults/.omni-transcripts-*", "drafts of files whose writing was cut off"),
)


class Kept(NamedTuple):
    """A file of ours.

    Attributes:
        path: Where it is.
        what: What it holds, in words.
        size: Its bytes.
    """

    path: Path
    what: str
    size: int


def kept() -> list[Kept]:
    """Every file that is kept.

    Raises:
        OutputError: There is no home, or its directory cannot be looked into.
    """
    directory = files.state_dir()
    try:
        return list(_found_in(directory))
    except OSError as error:
        raise OutputError(f"{directory} cannot be looked into: {error.strerror}") from error


def clear() -> list[Kept]:
    """Remove every file that is kept; returns what was there.

    Raises:
        OutputError: One cannot be removed.
    """
    gone = kept()
    for one in gone:
        try:
            one.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{one.path} cannot be removed: {error.strerror}") from error
    return gone


def _found_in(directory: Path) -> Iterator[Kept]:
    for pattern, what in _WHAT:
        for path in sorted(directory.glob(pattern)):
            yield Kept(path, what, path.lstat().st_size)
