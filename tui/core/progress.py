"""How a fetch comes along, as plain events; who shows them and who sends them do not know each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui.core.errors import OmniError


class Reading(NamedTuple):
    """A file is being read, which may be a pipe that waits for its writer."""


class Connecting(NamedTuple):
    """An attempt has begun.

    Attributes:
        attempt: Its number, from 1.
    """

    attempt: int


class Receiving(NamedTuple):
    """Some of the answer is here.

    Attributes:
        received_bytes: How much came over the wire so far, before decompression.
        total_bytes: How much will come over the wire; None where the server did not say.
    """

    received_bytes: int
    total_bytes: int | None


class Waiting(NamedTuple):
    """An attempt failed; another one follows after a pause.

    Attributes:
        reason: Why it failed.
        seconds: The length of the pause, counted from now.
        attempt: The number of the attempt that follows.
        of: How many attempts there are in all.
    """

    reason: OmniError
    seconds: float
    attempt: int
    of: int


class StoodIn(NamedTuple):
    """There is no answer to be had; a copy that is kept on this machine takes its place.

    Attributes:
        reason: Why there is none.
    """

    reason: OmniError


Progress = Reading | Connecting | Receiving | Waiting | StoodIn
OnProgress = Callable[[Progress], None]
