"""Recognises a lack of system resources: threads, files, memory. These are no faults of the program.

Owns which exceptions mean that, and their messages.
"""

from __future__ import annotations

import errno

from tui.core.errors import UsageError

_NO_THREADS = "can't start new thread"
_BY_NUMBER = {
    errno.EAGAIN: ("processes", "-u"),
    errno.EMFILE: ("open files", "-n"),
    errno.ENFILE: ("open files", "-n"),
    errno.ENOMEM: ("memory", "-v"),
}


def shortage(error: BaseException | None) -> UsageError | None:
    """The error for an exception caused by a shortage; None for any other."""
    while error is not None:
        if (lacking := _lacking(error)) is not None:
            what, option = lacking
            return UsageError(f"the system gives the program no more {what}", f"raise the limit: see ulimit {option}")
        error = error.__cause__ or error.__context__
    return None


def _lacking(error: BaseException) -> tuple[str, str] | None:
    if isinstance(error, RuntimeError) and str(error).startswith(_NO_THREADS):
        return "threads", "-u"
    if isinstance(error, MemoryError):
        return "memory", "-v"
    return _BY_NUMBER.get(error.errno or 0) if isinstance(error, OSError) else None
