"""The loading of the list of calls: one page at a time, when it is needed.

Keys that come before the first page are remembered here, and act once it is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.screen import Screen

from tui.core.background import wait_at_most
from tui.core.call_list_columns import Widths
from tui.core.errors import OmniError
from tui.core.progress import NotKept, Progress, Waiting
from tui.screens.call_browser import CallBrowser
from tui.sources.call_pager import PAGE_CALLS
from tui.widgets.call_table import CallTable

_FIRST_PAGE_S = 0.3
"""How long a key waits for the first page."""


class CallsLoading(Screen[None]):
    """The part of the screen that loads."""

    _browser: CallBrowser
    _awaited: CallBrowser | None = None
    _renewed: CallBrowser | None = None  # takes the place of the list once that is on show again
    _table: CallTable
    _widths: Widths
    _fault: OmniError | None = None
    _tries_again: str = "choose_last"
    _notice: str = ""
    _unkept: str = ""  # why calls of the list are not stored; stays while pages are loaded

    def __init__(self) -> None:
        super().__init__()
        self._idle = asyncio.Event()
        self._idle.set()
        self._postponed: list[Callable[[], None]] = []

    def on_screen_suspend(self) -> None:
        """Forget the keys that wait for the first page: the user went elsewhere."""
        self._postponed.clear()

    def _show(self) -> None:
        """Show what is loaded."""
        raise NotImplementedError

    def _say(self, text: str, *, trouble: bool = False) -> None:
        """Show a notice in the foot."""
        self._notice = text
        self._show_foot(trouble=trouble)

    def _show_foot(self, *, trouble: bool = False) -> None:
        """Show the notice, the place and the keys."""
        raise NotImplementedError

    def _replace_list(self, browser: CallBrowser) -> None:
        """Show another list, of which the first page is loaded."""
        raise NotImplementedError

    @property
    def _is_loading(self) -> bool:
        """Whether a page is being fetched."""
        return not self._idle.is_set()

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

    def _load(self, browser: CallBrowser | None = None) -> None:
        """Load the next page of the list on show, or of another one, which replaces it once the page is there."""
        browser = browser or self._browser
        if not self._is_loading and browser.pager.has_more:
            self._idle.clear()
            self._fault, self._notice, self._awaited = None, "", browser
            self.run_worker(self._load_page(browser), group="page", exclusive=True)

    async def _load_page(self, browser: CallBrowser) -> None:
        self._show()
        try:
            browser.add(await browser.pager.next_calls(self._hear))
            while browser is not self._browser and browser.may_lack_chosen_of(self._browser):
                browser.add(await browser.pager.next_calls(self._hear))
        except OmniError as fault:
            self._fault = fault
            self._tries_again = "choose_last" if browser is self._browser else "list_again"
            self._postponed.clear()
        finally:
            if browser is self._awaited:  # else another list is being loaded
                self._notice, self._awaited = "", None
                self._idle.set()
        self._widths = self._widths.grown(listed.row for listed in browser.loaded[-PAGE_CALLS:])
        if self._fault is None and browser is not self._browser:
            if self.app.screen is self:
                self._replace_list(browser)
            else:  # an open call has its neighbours in the list on show
                self._renewed = browser
        self._show()
        self._act_on_first_page()

    def _stop_loading(self) -> None:
        if self._is_loading:
            self.workers.cancel_group(self, "page")
        self._fault = self._awaited = None
        self._idle.set()

    def _hear(self, progress: Progress) -> None:
        if isinstance(progress, Waiting):
            self._say(progress.line())
        elif isinstance(progress, NotKept):
            self._unkept = progress.notice
            self._show_foot()

    def _load_if_near_end(self) -> None:
        """Load on before the user is at the end; with a filter only there, as it may hide whole pages."""
        browser, ahead = self._browser, 1 if self._browser.is_filtered else self._table.page
        if self._fault is None and browser.chosen + ahead > len(browser.shown) - 1:
            self._load()

    @property
    def _is_renewing(self) -> bool:
        """Whether the list is fetched again, while its earlier calls are on show."""
        return self._awaited not in (None, self._browser)

    @property
    def _awaits_first_page(self) -> bool:
        """Whether the first page is still being fetched."""
        return self._is_loading and not self._browser.loaded

    async def _on_first_page(self, act: Callable[[], None]) -> None:
        """Act for a key that is about the calls of the first page; if it takes long to come, act later."""
        if self._awaits_first_page and not self._postponed:
            await wait_at_most(_FIRST_PAGE_S, self._idle)
        if self._awaits_first_page:
            self._postponed.append(act)
            self._show()
        else:
            act()

    def _act_on_first_page(self) -> None:
        """Act for the keys that waited."""
        while self._postponed and not self._awaits_first_page:
            self._postponed.pop(0)()
