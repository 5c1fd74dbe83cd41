"""A lock file that one process of this user holds at a time; the system lets go of it when the process ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.core.errors import OutputError
from tui.store import files

SYNC = "sync.lock"
"""The lock of a sync."""


@contextmanager
def locked(name: str) -> Iterator[bool]:
    """Hold a lock for the ``with`` body.

    Args:
        name: The name of the file in the state directory; it stays there.

    Yields:
        Whether it is held; False if another process holds it.

    Raises:
        OutputError: The file cannot be used.
    """
    path = files.private_dir(files.state_dir()) / name
    try:
        descriptor, is_held = _locked(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be used: {error.strerror}", "look at the disk and the rights of the file"
        ) from error
    try:
        yield is_held
    finally:
        os.close(descriptor)


def _locked(path: Path) -> tuple[int, bool]:
    """A descriptor of the file, and whether it holds the lock.

    Its holder may remove the file: a lock of a removed file is worth nothing, so the next file is tried.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        try:
            is_held = _is_locked(descriptor)
            if not is_held or os.fstat(descriptor).st_nlink:
                return descriptor, is_held
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
