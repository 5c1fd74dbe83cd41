"""What a command writes, to the two standard streams or to a file: it has gone out, or its fault is told.

What is written is not known here.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TextIO

from tui.core.errors import OutputError
from tui.core.text import safe_line


def write_out(data: bytes = b"") -> None:
    """Send bytes to standard output now, behind all that was printed there before.

    A reader who has gone, as ``head`` does, has seen enough: that is no fault.

    Raises:
        OutputError: They could not be written.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as error:
        _abandon(sys.stdout)
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"cannot write to standard output: {reason}", "look at where it leads") from error


async def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file, pipe or device, and say so.

    Args:
        path: Where to.
        data: All of the content.
        force: Whether a file that exists may be overwritten.

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
    """Tell the user something beside the output, in one line; if nobody can hear it, that changes nothing."""
    try:
        print(f"omni-transcripts: {safe_line(text)}", file=sys.stderr)
    except OSError:
        _abandon(sys.stderr)


def settle_streams() -> None:
    """Send what the standard streams still hold, and drop what cannot be sent.

    Python would try once more at exit, and turn the exit status into 120 when that fails.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Lead a stream to nowhere: what it still holds would else be tried, and fail, once more at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
