"""The errors shown to users, each with its exit status; other exceptions are translated to these at the edges.

A message says in one line what happened and what to do. Both parts may quote untrusted text: show
an error with ``line()``, never ``str(error)``.
"""

from __future__ import annotations

from enum import IntEnum

from tui.core.secret import without_keys
from tui.core.text import clip, safe_line

_LONGEST_CELLS = 400
"""The limit for ``what``, which may quote a whole command line."""


class ExitStatus(IntEnum):
    """The exit statuses of the process."""

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
    """An error shown to the user in one line.

    Args:
        what: What happened, without a full stop.
        hint: What to do about it; may be empty.
        status: The HTTP status, if there was an answer.
        code: The API's stable error code, if the answer had one.
        request_id: The server's id of the request.
        retry_after_s: The pause of the server's ``Retry-After`` in seconds.
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
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after_s = retry_after_s

    def brief(self) -> str:
        """What happened, on one safe line without API keys."""
        return clip(without_keys(safe_line(self.what)), _LONGEST_CELLS)

    def line(self) -> str:
        """The whole message on one safe line without API keys."""
        said = self.brief()
        if self.hint:
            said += f" – {self.hint}"
        if self.request_id:
            said += f" (request {self.request_id})"
        return without_keys(safe_line(said))


class UsageError(OmniError):
    """Invalid input of the user: a bad id, an unknown format."""

    exit_status = ExitStatus.USAGE


class NotFoundError(OmniError):
    """There is no such call, or it has no transcript yet."""

    exit_status = ExitStatus.NOT_FOUND


class RefusedError(OmniError):
    """The server refuses the key or the account: 401, 402, 403 and similar."""

    exit_status = ExitStatus.REFUSED


class UnreachableError(OmniError):
    """No answer in time: network, certificate, overload, deadline."""

    exit_status = ExitStatus.UNREACHABLE


class BadAnswerError(OmniError):
    """An answer or a file that is no valid transcript."""

    exit_status = ExitStatus.BAD_ANSWER


class OutputError(OmniError):
    """Output, or a stored file, could not be written."""

    exit_status = ExitStatus.OUTPUT
