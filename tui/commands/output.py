"""Writes the output of commands to the standard streams or to a file, and reports when that fails."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TextIO

from tui.core.errors import OutputError
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
    """Write a file, pipe or device, and report its path.

    Args:
        path: The file.
        data: The whole content.
        force: Whether to overwrite an existing file.

    Raises:
        OutputError: It could not be written.
    """
    from tui.core.background import in_daemon_thread
    from tui.store.files import whole_path, write_new
    from tui.store.streams import is_stream, write_stream

    if is_stream(path):
        await in_daemon_thread(partial(write_stream, path, data))
    else:
        write_new(path, data, force=force)
    say(f"written to {whole_path(path)}")


def say(text: str) -> None:
    """Write a message to standard error, in one line; errors in doing so are ignored."""
    try:
        print(f"omni-transcripts: {safe_line(text)}", file=sys.stderr)
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
