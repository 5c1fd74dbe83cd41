"""A lock file that one process of this user holds at a time; the system lets go of it when the process ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tui.core.errors import OutputError
from tui.store import files


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
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be used: {error.strerror}", "look at the disk and the rights of the file"
        ) from error
    try:
        yield _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: calls are committed one by one, so two syncs only ask twice
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
