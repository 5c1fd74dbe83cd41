"""What conditions on a call depend on, apart from the search so that a first picture need not load that."""

from __future__ import annotations

from typing import NamedTuple


class CallFacts(NamedTuple):
    """What conditions on a call depend on.

    Attributes:
        label: The session label as sent; None if there is none.
        start_ms: Unix time of its start in ms; None if not known.
    """

    label: str | None = None
    start_ms: int | None = None
