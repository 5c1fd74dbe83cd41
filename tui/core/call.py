"""A whole call: its transcript, its record, and the facts derived from both.

Owns these facts, each with one rule. Header, exports, library and recent calls all use them, so that no two of
them differ about one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tui.core.record import Call
from tui.core.status import has_failed, is_completed
from tui.core.transcript import MAX_LENGTH_S, Transcript

SETTLED_MS = 3_600_000
"""So long after its end, a completed call does not change any more."""


@dataclass(frozen=True, slots=True)
class CallDocument:
    """A transcript and its record.

    Attributes:
        transcript: The transcript.
        fetched: The record from the API; None if there is none (yet).
    """

    transcript: Transcript
    fetched: Call | None = None

    @property
    def record(self) -> Call:
        """The record from the API, else the one in the transcript's document, else an empty one."""
        return self.fetched or self.transcript.record or Call(self.transcript.call_id)

    @property
    def start_ms(self) -> int | None:
        """Unix time of the call's start in ms; None if unknown.

        The record's ``started_at`` is documented to be that, so it goes first. Unix times in the turns tell only
        when the first turn began, at the start or soon after it: they are used if the record has no start.
        """
        start_ms = self.record.started_at_ms
        return self.transcript.epoch_ms if start_ms is None else start_ms

    @property
    def clock_zero_ms(self) -> int | None:
        """Unix time of offset 0 of the turns, for clock times; None if unknown.

        Turns sent with Unix times are shown with these, whatever start the record has.
        """
        epoch_ms = self.transcript.epoch_ms
        return self.start_ms if epoch_ms is None else epoch_ms

    def length_ms(self, last_ms: int | None) -> int | None:
        """The call's length in ms; None if unknown.

        Args:
            last_ms: The latest time in the turns, used if the record has no length, or 0.
        """
        length_s = self.record.duration_s
        if length_s is None or not 0 <= length_s <= MAX_LENGTH_S:  # also false of NaN
            return last_ms
        return last_ms if length_s == 0 and last_ms else round(length_s * 1000)

    @property
    def may_have_changed(self) -> bool:
        """Whether the API may have a newer version than this cached one, fetched before the call had settled."""
        record, cached_ms = self.record, self.transcript.cached_ms
        ended_ms = record.created_at_ms or (self.start_ms and self.start_ms + (self.length_ms(None) or 0))
        if cached_ms is None or ended_ms is None or not is_completed(record):
            return True
        return cached_ms < ended_ms + SETTLED_MS

    @property
    def has_failed(self) -> bool:
        """Whether the record's status is a failure."""
        return has_failed(self.record)


class CallFacts(NamedTuple):
    """What conditions on a call depend on.

    Attributes:
        label: The session label as sent; None if there is none.
        start_ms: Unix time of its start in ms; None if not known.
    """

    label: str | None = None
    start_ms: int | None = None
