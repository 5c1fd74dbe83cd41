"""Progress events of a fetch, which decouple its sender from what shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tui.core.errors import OmniError

if TYPE_CHECKING:
    from tui.core.record import Call


_SECOND = 2
"""The first attempt that is one more."""


class Reading(NamedTuple):
    """A file is being read, which may be a pipe that waits for its writer."""


class Connecting(NamedTuple):
    """An attempt starts.

    Attributes:
        attempt: Its number, from 1.
    """

    attempt: int


class Receiving(NamedTuple):
    """A part of the answer has arrived.

    Attributes:
        received_bytes: Bytes received on the wire so far, before decompression.
        total_bytes: Total bytes on the wire; None if the server did not announce it.
    """

    received_bytes: int
    total_bytes: int | None


class Waiting(NamedTuple):
    """An attempt failed; another one follows after a pause.

    Attributes:
        reason: Why it failed.
        seconds: The length of the pause from now.
        attempt: The number of the attempt that follows.
        of: The maximum number of attempts.
    """

    reason: OmniError
    seconds: float
    attempt: int
    of: int

    def line(self) -> str:
        """Why, and when it goes on, on one safe line; the error at the end says what to do about it."""
        return f"{self.reason.brief()}; {self._again}"

    def remark(self) -> str:
        """The line to write below earlier ones: the reason stands in the first alone."""
        return self.line() if self.attempt == _SECOND else self._again

    @property
    def _again(self) -> str:
        return f"trying again in {self.seconds:.0f} s"


class FellBack(NamedTuple):
    """The API did not deliver the call; the cached one is used instead.

    Attributes:
        reason: The error of the fetch.
    """

    reason: OmniError


class NotKept(NamedTuple):
    """What was fetched could not be stored, or not all is well with what is stored.

    Attributes:
        notice: What is the matter, safe to show.
    """

    notice: str


class LookingAgain(NamedTuple):
    """The transcript is not there yet; it is looked for again after a pause.

    Attributes:
        call: The record, as far as it is known.
        seconds: The length of the pause from now.
        looks: How often it was looked for.
        patience_s: How long is waited in all.
    """

    call: Call | None
    seconds: float
    looks: int
    patience_s: float


Progress = Reading | Connecting | Receiving | Waiting | FellBack | NotKept | LookingAgain
OnProgress = Callable[[Progress], None]
