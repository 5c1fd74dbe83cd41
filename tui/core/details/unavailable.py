"""That an account, a key or a call does not have something: an answer like any other, and no error."""

from __future__ import annotations

from typing import NamedTuple


class Unavailable(NamedTuple):
    """Something that the account, the key or the call does not have.

    Attributes:
        reason: Why, in words for the user; safe.
    """

    reason: str
