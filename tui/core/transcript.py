"""Transcripts as plain frozen objects; no wire format, no screen.

Texts, roles, ids and labels are as sent: untrusted, and not yet safe to show (see ``text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.core.record import Call

UNIX_FROM_MS = 10**11
"""A larger time is a Unix time: as an offset it would be three years."""
MOST_UNIX_MS = 10**13
"""A larger Unix time is invalid: up to the year 2286, ``datetime`` can represent it everywhere."""
MAX_LENGTH_S = UNIX_FROM_MS // 1000
"""Larger lengths are invalid."""
_NO_FIELDS: Mapping[str, Any] = {}
"""Shared by all turns, and never changed: one for each takes eight MiB in a call of 100,000 turns."""


class Role(Enum):
    """The side of the conversation that a turn is on."""

    USER = "user"
    ASSISTANT = "assistant"
    OTHER = "other"


_SIDES = {
    "user": Role.USER,
    "human": Role.USER,
    "caller": Role.USER,
    "customer": Role.USER,
    "assistant": Role.ASSISTANT,
    "agent": Role.ASSISTANT,
    "bot": Role.ASSISTANT,
    "ai": Role.ASSISTANT,
    "model": Role.ASSISTANT,
}


def role_of(speaker: str) -> Role:
    """The side of a role name; unknown names are ``Role.OTHER``."""
    return _SIDES.get(speaker.strip().lower(), Role.OTHER)


@dataclass(frozen=True, slots=True)
class Turn:
    """One uninterrupted contribution of one speaker.

    Attributes:
        index: Its position in the transcript, from 0.
        speaker: The role name as sent, "unknown" if there is none.
        text: The text as sent; may be empty.
        start_ms: Offset from the start of the session in ms; may be negative or out of order; None if not known.
        end_ms: Offset of its end in ms, with the same caveats.
        extra: Fields that were not, or only partly, understood, as sent.
        odd: Its anomalies, in words for the user.
        text_key: The field in ``extra`` that the text was read from; empty where it was sent as a text.
    """

    index: int
    speaker: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: _NO_FIELDS)
    odd: tuple[str, ...] = ()
    text_key: str = ""

    @property
    def role(self) -> Role:
        """The side of the conversation that the speaker is on."""
        return role_of(self.speaker)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The transcript document of one call.

    Attributes:
        call_id: The call's id; for a file that names none, the file's stem.
        turns: The turns in the order sent; each may be built on access.
        plain: The whole text of a legacy session, which has no turns; None for any other.
        source: The answer's body as received: UTF-8 JSON, for the lossless export.
        epoch_ms: Unix time of offset 0 in ms, if the document has Unix times.
        cached_ms: Unix time in ms of its last fetch, if it comes from the archive; else None.
        record: The record in a saved document, or the cached one; None if there is none.
        has_id: Whether the call's id is known; false for a file, or standard input, that names none.
        path: The path of a file that names no call, as given; None if nothing can be opened by it.
    """

    call_id: str
    turns: Sequence[Turn] = ()
    plain: str | None = None
    source: bytes = b""
    epoch_ms: int | None = None
    cached_ms: int | None = None
    record: Call | None = None
    has_id: bool = True
    path: str | None = None

    @property
    def shown_turns(self) -> Sequence[Turn]:
        """The turns; a legacy text counts as one, without a speaker."""
        return self.turns if self.plain is None else (Turn(index=0, speaker="", text=self.plain),)


def turn_at(turns: Sequence[Turn], offset_ms: int) -> int:
    """The index of the turn for a time in ms: the one displayed with it, in tenths of a second.

    Else, for whole seconds, the first turn that begins within that second; else the last turn that has begun by
    then; else the first turn.
    """
    begun, within, within_ms = 0, None, None
    for turn in turns:
        start_ms = turn.start_ms
        if start_ms is None:
            continue
        if _cut(start_ms, 100) == offset_ms:
            return turn.index
        if start_ms <= offset_ms:
            begun = turn.index
        if _cut(start_ms, 1000) == offset_ms and (within_ms is None or start_ms < within_ms):
            within, within_ms = turn.index, start_ms
    return begun if within is None else within


def _cut(ms: int, unit_ms: int) -> int:
    """A time in whole units, cut off towards zero as it is displayed."""
    return ms - ms % unit_ms if ms >= 0 else ms + -ms % unit_ms
