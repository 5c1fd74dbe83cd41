"""The two standard streams of a command: what is written has gone out, or its fault is told.

What is written is not known here.
"""

from __future__ import annotations

import os
import sys
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
