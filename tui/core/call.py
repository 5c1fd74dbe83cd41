"""A call as a whole: what was said and its record, and the facts that follow from both.

Owns those facts, each by one rule. Header, exports, library and recent calls all ask here, so that no two of
them differ about one call.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.core.transcript import MAX_LENGTH_S, Call, Transcript

_FAILED = {"failed", "error", "errored", "canceled", "cancelled"}


@dataclass(frozen=True, slots=True)
class CallDocument:
    """A transcript and the record that belongs to it.

    Attributes:
        transcript: What was said.
        fetched: The record from the API; None if there is none (yet).
    """

    transcript: Transcript
    fetched: Call | None = None

    @property
    def record(self) -> Call:
        """The record from the API, else the one that came with the transcript, else one that says nothing."""
        return self.fetched or self.transcript.record or Call(self.transcript.call_id)

    @property
    def start_ms(self) -> int | None:
        """Unix time of the call's start in ms; None if not known.

        The record's ``started_at`` is documented to be that, so it goes first. Unix times in the turns tell only
        when the first turn began, which is at the start or soon after it: they stand in where the record is silent.
        """
        start_ms = self.record.started_at_ms
        return self.transcript.epoch_ms if start_ms is None else start_ms

    @property
    def clock_zero_ms(self) -> int | None:
        """Unix time that belongs to offset 0 of the turns, for the clock beside each; None if not known.

        Turns that were sent with Unix times are shown with just these, whatever the record says of the start.
        """
        epoch_ms = self.transcript.epoch_ms
        return self.start_ms if epoch_ms is None else epoch_ms

    def length_ms(self, last_ms: int | None) -> int | None:
        """The call's length in ms; None if not known.

        Args:
            last_ms: The latest time in the turns, which stands in where the record tells no length.
        """
        length_s = self.record.duration_s
        if length_s is None or not 0 <= length_s <= MAX_LENGTH_S:  # also false of NaN
            return last_ms
        return round(length_s * 1000)

    @property
    def has_failed(self) -> bool:
        """Whether the record's status is one of trouble."""
        return has_failed(self.record)


def has_failed(record: Call) -> bool:
    """Whether a record's status is one of trouble."""
    return (record.status or "").strip().lower() in _FAILED
