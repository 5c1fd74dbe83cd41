"""The interface of call sources for screens and commands; ``calls`` implements it for the API and the archive."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.api.records import Recording
    from tui.core.details.recap import Recap
    from tui.core.details.trace import Trace
    from tui.core.details.unavailable import Unavailable
    from tui.core.progress import OnProgress
    from tui.core.record import Call, CallPage
    from tui.core.search import Query
    from tui.core.target import Target
    from tui.core.transcript import Transcript
    from tui.sources.library_search import CallHits, SearchBounds, SearchProgress
    from tui.sources.marks import TurnMarks
    from tui.store.library import RecentCall


class CallLister(Protocol):
    """Lists the calls of the account."""

    async def list_calls(
        self,
        cursor: str | None = None,
        label: str | None = None,
        limit: int = 100,
        on_progress: OnProgress | None = None,
    ) -> CallPage:
        """A page of the account's calls, newest first; ``CallPager`` goes through all of them.

        Args:
            cursor: The ``next_cursor`` of the previous page.
            label: Only calls with exactly this session label.
            limit: How many calls, 1 to 100.
            on_progress: Receives the progress.

        Raises:
            OmniError: It cannot be loaded.
        """


class CallSource(CallLister, Protocol):
    """Loads calls, and stores those that it fetches.

    Attributes:
        marks: The marks that the user has set on turns.
    """

    marks: TurnMarks

    def is_at_hand(self, target: Target) -> bool:
        """Whether the transcript is probably available at once."""

    def unasked(self, target: Target) -> str:
        """Why the API is not asked about a call; empty if it is."""

    def is_fetching(self, target: Target) -> bool:
        """Whether a prefetch of it is under way."""

    async def kept(self, target: Target) -> Transcript | None:
        """The cached transcript, shown until the API has answered; None if there is none, or it must not be shown."""

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        """The transcript.

        Args:
            target: The call.
            on_progress: Receives the progress of the fetch, and later a notice if the call could not be stored.

        Raises:
            OmniError: It cannot be loaded.
        """

    async def call(self, target: Target) -> Call | None:
        """The record of the call; None if there is none."""

    async def recent(self) -> Sequence[RecentCall]:
        """The calls fetched last, newest first.

        Raises:
            OmniError: They cannot be read.
        """

    def search(
        self, query: Query, bounds: SearchBounds, progress: SearchProgress
    ) -> AsyncGenerator[list[CallHits], None]:
        """Search all calls that are kept: those with hits, the newest first; some, or none, at a time.

        Args:
            query: What is sought.
            bounds: How much of what is found is wanted.
            progress: Is kept up to date.

        Raises:
            OmniError: They cannot be searched.
        """

    async def kept_among(self, call_ids: Sequence[str]) -> frozenset[str]:
        """Which of some calls were opened, and are stored; none where that cannot be known."""

    async def moment_count(self, call_id: str, silence_ms: int) -> int | None:
        """The number of moments in a stored call; None without one or without times, or if it is too long.

        Args:
            call_id: The call.
            silence_ms: From which length on a silence is a moment.
        """

    async def trace(self, target: Target) -> Trace | Unavailable:
        """What Trace knows of the call.

        Raises:
            OmniError: It cannot be loaded.
        """

    async def recap(self, target: Target) -> Recap | Unavailable:
        """What Recap wrote about the call.

        Raises:
            OmniError: It cannot be loaded.
        """

    async def recording(self, target: Target) -> Recording:
        """A fresh signed link to the recording of the call, which is stored nowhere.

        Raises:
            OmniError: There is no recording, or the link cannot be loaded.
        """
