"""The loading of the list of calls: one page at a time, when it is needed."""

from __future__ import annotations

import asyncio

from textual.screen import Screen

from tui.core.background import wait_at_most
from tui.core.call_list_columns import Widths
from tui.core.errors import OmniError
from tui.core.progress import Progress, Waiting
from tui.screens.call_browser import CallBrowser
from tui.sources.call_pager import PAGE_CALLS
from tui.widgets.call_table import CallTable

_FIRST_PAGE_S = 0.3
"""How long a key waits for the first page."""


class CallsLoading(Screen[None]):
    """The part of the screen that loads."""

    _browser: CallBrowser
    _table: CallTable
    _widths: Widths
    _fault: OmniError | None = None
    _notice: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._idle = asyncio.Event()
        self._idle.set()

    def _show(self) -> None:
        """Show what is loaded."""
        raise NotImplementedError

    def _say(self, text: str, *, trouble: bool = False) -> None:
        """Show a notice in the foot."""
        raise NotImplementedError

    @property
    def has_more(self) -> bool:
        """Whether there may be more calls than those loaded."""
        return self._browser.pager.has_more

    async def load_more(self) -> None:
        """Load another page.

        Raises:
            OmniError: It cannot be loaded.
        """
        self._load()
        await self._idle.wait()
        if self._fault is not None:
            raise self._fault

    def _load(self) -> None:
        if self._idle.is_set() and self.has_more:
            self._idle.clear()
            self._fault, self._notice = None, ""
            self.run_worker(self._load_page(self._browser), group="page", exclusive=True)

    async def _load_page(self, browser: CallBrowser) -> None:
        self._show()
        try:
            browser.add(await browser.pager.next_calls(self._hear))
        except OmniError as fault:
            self._fault = fault
        finally:
            if browser is self._browser:  # else another list is being loaded
                self._notice = ""
                self._idle.set()
        self._widths = self._widths.grown(listed.row for listed in browser.loaded[-PAGE_CALLS:])
        self._show()

    def _stop_loading(self) -> None:
        self.workers.cancel_group(self, "page")
        self._fault = None
        self._idle.set()

    def _hear(self, progress: Progress) -> None:
        if isinstance(progress, Waiting):
            self._say(progress.line())

    def _load_if_near_end(self) -> None:
        """Load on before the user is at the end; with a filter only there, as it may hide whole pages."""
        browser, ahead = self._browser, 1 if self._browser.is_filtered else self._table.page
        if self._fault is None and browser.chosen + ahead > len(browser.shown) - 1:
            self._load()

    async def _first_page(self) -> None:
        """Wait a moment for the first page: keys that follow at once are about its calls."""
        if not self._browser.loaded:
            await wait_at_most(_FIRST_PAGE_S, self._idle)
