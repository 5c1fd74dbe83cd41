"""Writes to pipes, terminals, devices, and descriptors passed by a shell.

Owns how these are detected and written. Regular files are replaced as a whole by
``files``; a stream is opened and written to, as by ``>`` in a shell.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.store.files import translate_errors

_MOST_LINKS = 40
"""The most symbolic links in a row that Linux follows."""


def is_stream(path: Path) -> bool:
    """Whether a path is a stream to write to, not a file to create or replace.

    True for everything that exists and is neither a regular file nor a directory, also behind symbolic links, and
    for every name of a descriptor of this process, such as ``/dev/stdout`` and ``/dev/fd/63``.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _descriptor(path) is not None


@contextmanager
def opened_stream(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Open a stream, to write to it piece by piece; waits for a pipe's reader without limit.

    A reader that closes early, such as ``head``, is no error: the write then leaves the ``with`` body.

    Args:
        path: A path for which ``is_stream`` is true.

    Raises:
        OutputError: It cannot be opened, or written to.
    """
    with translate_errors(path), os.fdopen(_opened(path), "wb", buffering=0) as stream, suppress(BrokenPipeError):

        def write(data: bytes) -> None:
            rest = memoryview(data)
            while rest:
                rest = rest[stream.write(rest) :]

        yield write


def _opened(path: Path) -> int:
    """Open a new descriptor for the path.

    A descriptor of this process is duplicated, not opened again: that keeps its position in a file and appends
    after ``>>``, and a socket cannot be opened at all.
    """
    descriptor = _descriptor(path)
    return os.open(path, os.O_WRONLY | os.O_NOCTTY) if descriptor is None else os.dup(descriptor)


def _descriptor(path: Path) -> int | None:
    """The number of this process's descriptor that a path names; None for any other path."""
    own = {f"/proc/{os.getpid()}/fd", "/dev/fd"}
    for _ in range(_MOST_LINKS):
        if path.name.isdecimal() and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
    return None
