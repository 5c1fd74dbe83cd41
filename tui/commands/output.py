"""Writes the output of commands to the standard streams or to a file, and reports when that fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tui.core.errors import OutputError
from tui.core.secret import without_keys
from tui.core.text import safe_line


def write_out(data: bytes = b"") -> bool:
    """Write bytes to standard output at once, after all that was printed before.

    A closed pipe is no error: the reader, such as ``head``, has read enough.

    Returns:
        Whether there is still a reader.

    Raises:
        OutputError: They could not be written.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
        return False
    except OSError as error:
        _abandon(sys.stdout)
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"cannot write to standard output: {reason}", "look at where it leads") from error
    return True


async def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write all of the data to a file, pipe or device, and report its path; see ``destination``."""
    from tui.core.background import in_daemon_thread
    from tui.store.files import whole_path
    from tui.store.streams import is_stream

    def write_all() -> None:
        with destination(path, force=force) as write:
            write(data)

    if is_stream(path):  # may wait for its reader
        await in_daemon_thread(write_all)
    else:
        write_all()
    say(f"written to {whole_path(path)}")


@contextmanager
def destination(path: Path | None, *, force: bool) -> Iterator[Callable[[bytes], object]]:
    """Where the bytes go; a file gets its name when all is written.

    A reader that closes early, such as ``head``, is no error: the write then leaves the ``with`` body.

    Args:
        path: A file, pipe or device; None for standard output.
        force: Whether to overwrite an existing file.

    Raises:
        OutputError: It cannot be written.
    """
    if path is None:
        with suppress(BrokenPipeError):
            yield _write_to_reader
        return
    from tui.store.files import new_file
    from tui.store.streams import is_stream, opened_stream

    if is_stream(path):
        with opened_stream(path) as write:
            yield write
    else:
        with new_file(path, force=force) as file:
            yield file.write


def _write_to_reader(data: bytes) -> None:
    if not write_out(data):
        raise BrokenPipeError


def say(text: str) -> None:
    """Write a message to standard error, in one line without API keys; errors in doing so are ignored."""
    try:
        print(f"omni-transcripts: {without_keys(safe_line(text))}", file=sys.stderr)
    except OSError:
        _abandon(sys.stderr)


def settle_streams() -> None:
    """Flush the standard streams, and discard what cannot be written.

    Otherwise Python flushes again at exit, and changes the exit status to 120 if that fails.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Redirect a stream to the null device, so that flushing its buffer at exit does not fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
