"""Output to what is no regular file: pipes, terminals, devices, and the descriptors that a shell hands over.

Owns how these are told from files and written to. A file is replaced as a whole, which is the business of
``files``; a stream is opened and written to, as ``>`` in a shell does it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from tui.store.files import translate_errors

_MOST_LINKS = 40
"""So many symbolic links in a row, at most, does Linux follow."""


def is_stream(path: Path) -> bool:
    """Whether a path leads to something to write to, instead of a file to make or to replace.

    That is what exists and is neither a regular file nor a directory, also behind symbolic links, and every
    name of a descriptor of this process, as ``/dev/stdout`` and ``/dev/fd/63`` are, wherever that leads.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _descriptor(path) is not None


def write_stream(path: Path, data: bytes) -> None:
    """Write all of the data; waits for a pipe's reader as long as it takes.

    A reader who has gone, as ``head`` does, has seen enough: that is no fault.

    Args:
        path: What ``is_stream`` is true of.
        data: What to write.

    Raises:
        OutputError: It cannot be written.
    """
    with translate_errors(path), suppress(BrokenPipeError), os.fdopen(_opened(path), "wb", buffering=0) as stream:
        rest = memoryview(data)
        while rest:
            rest = rest[stream.write(rest) :]


def _opened(path: Path) -> int:
    """A new descriptor of what the path leads to.

    A descriptor of this process is duplicated, not opened again: that keeps its place in a file and appends
    after ``>>``, and a socket cannot be opened at all.
    """
    descriptor = _descriptor(path)
    return os.open(path, os.O_WRONLY | os.O_NOCTTY) if descriptor is None else os.dup(descriptor)


def _descriptor(path: Path) -> int | None:
    """The number of this process's descriptor that a path is a name of; None for any other path."""
    own = {f"/proc/{os.getpid()}/fd", "/dev/fd"}
    for _ in range(_MOST_LINKS):
        if path.name.isdecimal() and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
    return None
