"""The state of a call and of its fetch as one immutable value, which each message of a fetch replaces."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.core.call import CallDocument
from tui.core.errors import NotFoundError, OmniError, RefusedError
from tui.core.missing import EMPTY, is_empty
from tui.core.record import Call
from tui.core.status import has_failed
from tui.core.transcript import Transcript


@dataclass(frozen=True, slots=True)
class FetchState:
    """The state of a call on its screen.

    Attributes:
        transcript: The last transcript received; None if there was none.
        call: The fetched record; None if there was none.
        failure: Why the last fetch returned no turns; None if it returned some, or none has ended.
    """

    transcript: Transcript | None = None
    call: Call | None = None
    failure: OmniError | None = None

    def fetched(self, transcript: Transcript) -> FetchState:
        """The state after a transcript has arrived, which may be empty, or the same again: then no turn is new."""
        if self.has_same(transcript):
            assert self.transcript is not None
            record = transcript.record or self.transcript.record
            transcript = replace(self.transcript, cached_ms=transcript.cached_ms, record=record)
        failure = NotFoundError(EMPTY.capitalize()) if is_empty(transcript) else None
        return replace(self, transcript=transcript, failure=failure)

    def has_same(self, transcript: Transcript) -> bool:
        """Whether a transcript is the one on show, fetched again."""
        was = self.transcript
        return was is not None and was.call_id == transcript.call_id and was.source == transcript.source != b""

    def recorded(self, call: Call) -> FetchState:
        """The state after the record has arrived."""
        return replace(self, call=call)

    def failed(self, error: OmniError) -> FetchState:
        """The state after a fetch has failed; a transcript stays, but a cached one not where the key is refused."""
        is_withdrawn = self.is_cached and isinstance(error, RefusedError)
        return FetchState(failure=error) if is_withdrawn else replace(self, failure=error)

    @property
    def is_cached(self) -> bool:
        """Whether the transcript is a cached one."""
        return self.transcript is not None and self.transcript.cached_ms is not None

    @property
    def has_turns(self) -> bool:
        """Whether there is something to read."""
        return self.transcript is not None and not is_empty(self.transcript)

    @property
    def record(self) -> Call | None:
        """The fetched record, else the one within the transcript."""
        return self.call or (self.transcript.record if self.transcript else None)

    @property
    def document(self) -> CallDocument | None:
        """The call; None without a transcript."""
        return None if self.transcript is None else CallDocument(self.transcript, self.call)

    @property
    def may_still_come(self) -> bool:
        """Whether a transcript can still come: a call that failed never gets one."""
        return isinstance(self.failure, NotFoundError) and not (self.record is not None and has_failed(self.record))
