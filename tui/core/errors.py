"""The faults that a user can meet, each with its exit status; foreign errors become these at the edges.

A message says what happened and what to do, in one line. Both parts may quote untrusted text: whoever shows
an error takes it through ``line()``, never ``str(error)``.
"""

from __future__ import annotations

from enum import IntEnum

from tui.core.text import clip, safe_line

_LONGEST_CELLS = 400
"""For what happened: it may quote a whole command line."""


class ExitStatus(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    UNREACHABLE = 5
    BAD_ANSWER = 6
    OUTPUT = 7
    CHECK_FAILED = 8
    INTERRUPTED = 130


class OmniError(Exception):
    """A fault told to the user in one line.

    Args:
        what: What happened, without a full stop.
        hint: What to do about it; may be empty.
        status: The HTTP status, where there was an answer.
        code: The API's stable code, where the answer had one.
        request_id: The server's name for the request.
    """

    exit_status = ExitStatus.FAULT

    def __init__(
        self,
        what: str,
        hint: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.status = status
        self.code = code
        self.request_id = request_id

    def line(self) -> str:
        """The whole message in one line that is safe to show."""
        said = clip(safe_line(self.what), _LONGEST_CELLS)
        if self.hint:
            said += f" – {self.hint}"
        if self.request_id:
            said += f" (request {self.request_id})"
        return safe_line(said)


class UsageError(OmniError):
    """The user asked for something that cannot be meant: a bad id, an unknown format."""

    exit_status = ExitStatus.USAGE


class NotFoundError(OmniError):
    """There is no such call, or it has no transcript (yet)."""

    exit_status = ExitStatus.NOT_FOUND


class RefusedError(OmniError):
    """The server knows who asks and says no: 401, 402, 403 and their kin."""

    exit_status = ExitStatus.REFUSED


class UnreachableError(OmniError):
    """No answer in time: network, certificate, overload, deadline.

    Args:
        what: As for ``OmniError``.
        hint: As for ``OmniError``.
        retry_after_s: What the server's ``Retry-After`` asked for, in seconds.
        **facts: The keyword arguments of ``OmniError``.
    """

    exit_status = ExitStatus.UNREACHABLE

    def __init__(
        self,
        what: str,
        hint: str = "",
        *,
        retry_after_s: float | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(what, hint, status=status, code=code, request_id=request_id)
        self.retry_after_s = retry_after_s


class BadAnswerError(OmniError):
    """An answer, or a file, that cannot be understood as a transcript."""

    exit_status = ExitStatus.BAD_ANSWER


class OutputError(OmniError):
    """What was asked for could not be written."""

    exit_status = ExitStatus.OUTPUT
