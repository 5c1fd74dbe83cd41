"""Reads the account's list of calls page by page, on demand, and survives odd cursors.

Owns the rules of the paging: no call comes twice, no cursor is followed twice, and every list ends. Filters
belong to its users.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from tui.core.progress import OnProgress
from tui.core.record import Call, CallPage
from tui.sources.call_source import CallLister

PAGE_CALLS = 100
"""The most calls that the API sends at once."""
MAX_CALLS = 100_000
"""Longer lists end here, at the end of a page, which bounds the memory."""
MAX_PAGES = 10_000
"""The most pages, in case they hold few calls each."""
_MAX_BARREN_PAGES = 20
"""The most pages in a row without a call that is new."""


class CallPager:
    """The list of calls, read on demand, newest first.

    Args:
        source: Loads the pages.
        label: Only calls with exactly this session label; None for all.
        page_calls: How many calls to ask for at once, 1 to 100.

    Attributes:
        has_more: Whether there may be more calls.
        ended_early: Why the list ended before the server's own end, as safe words; empty if it did not.
        pages: How many pages were loaded.
    """

    def __init__(self, source: CallLister, label: str | None = None, *, page_calls: int = PAGE_CALLS) -> None:
        self._source = source
        self._label = label
        self._page_calls = page_calls
        self._cursor: str | None = None
        self._cursors = set[str]()
        self._ids = set[str]()
        self._count = self._barren_pages = 0
        self._lock = asyncio.Lock()
        self.has_more = True
        self.ended_early = ""
        self.pages = 0

    async def next_calls(self, on_progress: OnProgress | None = None) -> list[Call]:
        """The calls of the next page that were not there before; none at the end of the list.

        After an error, or when cancelled, the next attempt goes on from the same place.

        Raises:
            OmniError: The page cannot be loaded.
        """
        async with self._lock:
            calls: list[Call] = []
            while self.has_more and not calls:
                asked = (self._cursor, self._label, self._page_calls)
                calls = self._take(await self._source.list_calls(*asked, on_progress))
            return calls

    def _take(self, page: CallPage) -> list[Call]:
        """The new calls of a page; moves on to the next one."""
        calls = list(self._new(page.calls))
        self.pages += 1
        self._barren_pages = 0 if calls else self._barren_pages + 1
        self._cursor = page.next_cursor
        self.ended_early = self._reason_to_end(page)
        self.has_more = self._cursor is not None and not self.ended_early
        if self._cursor is not None:
            self._cursors.add(self._cursor)
        return calls

    def _new(self, calls: Iterable[Call]) -> Iterable[Call]:
        """The calls that were not there before; those without an id count as new."""
        for call in calls:
            if call.call_id not in self._ids:
                self._count += 1
                if call.call_id:
                    self._ids.add(call.call_id)
                yield call

    def _reason_to_end(self, page: CallPage) -> str:
        if page.is_cut_off:
            return "the server has more calls, but does not say where"
        if page.next_cursor in self._cursors:
            return "the server leads back to calls that are here already"
        if page.next_cursor is None:
            return ""
        if self._count >= MAX_CALLS or self.pages >= MAX_PAGES:
            return f"the list ends after {self._count:,} calls here"
        if self._barren_pages >= _MAX_BARREN_PAGES:
            return f"the server sent nothing new on {_MAX_BARREN_PAGES} pages in a row"
        return ""
