"""What Recap wrote about a call: its texts, its moments, what it quotes, and the rest as sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class RecapMoment(NamedTuple):
    """A moment that Recap points out.

    Attributes:
        category: Its kind, as sent.
        description: What happened, as sent.
        offset_s: Seconds since the start, rounded down; None if not sent.
    """

    category: str = ""
    description: str = ""
    offset_s: float | None = None


class RecapQuote(NamedTuple):
    """Something that Recap quotes from the call, as a signal, an objection or a gap.

    Attributes:
        kind: What it is: "risk signal".
        quote: The words of the call, which Recap may have repaired.
        about: Its further fields, as sent.
    """

    kind: str
    quote: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recap:
    """A recap of a call; texts are as sent.

    Attributes:
        status: pending, processing, complete, failed or any other word; None if not sent.
        error: Why it failed.
        pack: The pack that it was written by.
        texts: Its texts by name: tldr, summary, next steps.
        moments: The moments.
        quotes: What it quotes.
        rest: The other fields of its record, as sent.
    """

    status: str | None = None
    error: str | None = None
    pack: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    moments: tuple[RecapMoment, ...] = ()
    quotes: tuple[RecapQuote, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
