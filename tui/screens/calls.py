"""The list of the account's calls: loaded on while the user scrolls, filtered as they type.

``CallBrowser`` holds the rows, ``CallsLoading`` loads, ``CallTable`` draws; here is what keys do, and what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.core.call_list_columns import Widths
from tui.core.target import Target
from tui.core.text import safe_line
from tui.keys import Action, Place, Scope
from tui.screens.call_browser import CallBrowser
from tui.screens.calls_loading import CallsLoading
from tui.screens.calls_presenters import keys, label, place, why_empty
from tui.screens.kept_column import KeptColumn
from tui.screens.session import Session
from tui.sources.call_source import CallSource
from tui.widgets.bindings import STEPS, bindings
from tui.widgets.call_table import CallTable
from tui.widgets.drawn_list import DrawnList
from tui.widgets.rule import Rule
from tui.widgets.safe_input import SafeInput
from tui.widgets.status_bar import StatusBar, StatusFacts

_MOST_CHARACTERS = 1_000


class CallsScreen(CallsLoading):
    """Shows the calls of the account, newest first.

    Args:
        source: Lists them.
        session: The zone of their times, the keys, and the least silence.
    """

    @dataclass
    class Chosen(Message):
        """The user chose a call."""

        target: Target

    CSS_PATH = "calls.tcss"
    FIRST_IN_HELP: ClassVar[tuple[Scope, ...]] = (Scope.LINES, Scope.TERMINAL)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.CALLS, **STEPS, dismiss="dismiss_list")

    def __init__(self, source: CallSource, session: Session) -> None:
        super().__init__()
        self._source = source
        self._clock = session.clock
        self._keymap = session.keymap
        self._all = self._browser = CallBrowser(source, None, self._clock)
        self._widths = Widths()
        self._kept = KeptColumn(self, source, session.silence_ms)

    def compose(self) -> ComposeResult:
        """The title with the filter, the calls or why there are none, the keys."""
        self._title = Static("Calls", id="title", markup=False)
        self._field = SafeInput(most=_MOST_CHARACTERS, placeholder="type to filter", id="filter")
        self._table, self._state, self._status = CallTable(), Static("", id="state", markup=False), StatusBar()
        with Horizontal(id="head"):
            yield from (self._title, self._field)
        yield from (self._table, self._state, Rule(), self._status)

    def on_mount(self) -> None:
        """Begin to fetch the first page."""
        self._field.focus()
        self._load()
        self._show()

    def on_screen_resume(self) -> None:
        """Look up the calls on the screen again: some were opened, and may be cached now."""
        self._kept.forget()
        self._look_up()
        if self._renewed is not None:
            renewed, self._renewed = self._renewed, None
            self._replace_list(renewed)

    # Moving

    async def action_step(self, step: int) -> None:
        """Choose another call; beyond the last one, load more, again after an error."""
        await self._on_first_page(partial(self._go, step))

    def _go(self, step: int) -> None:
        if not self._is_loading:
            self._notice = self._unkept = ""
        if self._browser.move(step) and step > 0:
            self._load()
        self._table.choose(self._browser.chosen)
        self._load_if_near_end()
        self._show_foot()

    async def action_page(self, pages: int) -> None:
        """Go pages down or up."""
        await self.action_step(pages * self._table.page)

    async def action_end(self, direction: int) -> None:
        """Go to the first or last call loaded; from the last one on, load more."""

        def go() -> None:
            if direction > 0 and self._fault is not None:
                self._load()
            left = len(self._browser.shown) - 1 - self._browser.chosen
            self._go((left or 1) if direction > 0 else -self._browser.chosen)

        await self._on_first_page(go)

    def on_drawn_list_clicked(self, message: DrawnList.Clicked) -> None:
        """Choose a call, or open the chosen one."""
        if message.index == self._browser.chosen:
            self._open()
        else:
            self._go(message.index - self._browser.chosen)

    def on_drawn_list_wheeled(self, message: DrawnList.Wheeled) -> None:
        """Go some calls down or up."""
        self._go(message.lines)

    def neighbour(self, step: int) -> Target | None:
        """Choose the next call in a direction, and return it; None if there is none on show."""
        target = self._browser.neighbour(step)
        self._table.choose(self._browser.chosen)
        self._show_foot()
        return target

    # Filtering

    @property
    def typed(self) -> str:
        """The filter as it is typed."""
        return self._field.value

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        if event.value == event.input.value:  # else a newer change follows
            self._browser.filter(event.value)
            self._notice = self._unkept = ""
            self._show()

    async def on_input_submitted(self) -> None:
        """Open the chosen call, or ask the server for a label that no call loaded has."""
        await self._on_first_page(self._open)

    def _open(self) -> None:
        target, browser = self._browser.target, self._browser
        if target is not None:
            self.post_message(self.Chosen(target))
        elif browser.current is not None:
            self._say("the server sent no id of this call, and so it cannot be opened", trouble=True)
        elif browser.typed_label:
            self._show_label()

    async def action_one_label(self) -> None:
        """Ask the server for the calls of one label, the chosen call's or else the typed one; again: for all."""
        if self._browser.label is not None and not self._browser.typed_label:
            self._postponed.clear()
            self._show_list(self._all)
        else:
            await self._on_first_page(self._show_label)

    def _show_label(self) -> None:
        browser, current = self._browser, self._browser.current
        if wanted := browser.typed_label if current is None else current.call.label:
            self._show_list(CallBrowser(self._source, wanted, self._clock))
        elif current is None:
            self._say("no call fits – label: before a label asks the server")
        else:
            self._say("this call has no label")

    def action_list_again(self) -> None:
        """Fetch the list from its beginning."""
        self._postponed.clear()
        browser = CallBrowser(self._source, self._browser.label, self._clock)
        if self._browser.loaded:
            self._stop_loading()
            self._load(browser)
        else:
            self._replace_list(browser)

    def _replace_list(self, browser: CallBrowser) -> None:
        if browser.label is None:
            self._all = browser
        self._show_list(browser, typed=self._field.value, like=self._browser)

    def _show_list(self, browser: CallBrowser, typed: str = "", like: CallBrowser | None = None) -> None:
        self._stop_loading()
        self._browser = browser
        with self.prevent(Input.Changed):
            self._field.value = typed
        browser.filter(typed)
        if like is not None:
            browser.choose_as(like)
        self._title.update(Content("Calls" if browser.label is None else f"Calls of {safe_line(browser.label)}"))
        if not browser.loaded:
            self._load()
        self._show()

    def action_dismiss_list(self) -> None:
        """Clear the filter; if there is none, go back. Keys that wait for the list are taken back."""
        self._postponed.clear()
        if self._field.value:
            self._field.value = ""
        elif self.app.screen is self:
            self.app.pop_screen()

    # What is shown

    def _show(self) -> None:
        browser = self._browser
        self._table.show(browser.shown, browser.chosen, self._widths, self._kept.words)
        self._table.display = bool(browser.shown)
        self._state.display = not browser.shown
        self._state.set_class(self._fault is not None, "trouble")
        self._state.update(Content(why_empty(browser, self._fault, self._keymap, is_loading=self._is_loading)))
        self._show_foot()
        self._look_up()

    def _show_foot(self, *, trouble: bool = False) -> None:
        browser, notice = self._browser, self._notice
        if self._fault is not None and browser.shown:
            notice, trouble = f"{self._keymap.word(self._tries_again)} tries again: {self._fault.line()}", True
        elif self._postponed:
            notice = notice or "the list is still being fetched, and keys wait for it"
        elif not notice and self._is_loading and browser.shown:
            notice = "fetching the list again" if self._is_renewing else "fetching more"
        elif not notice and self._unkept:
            notice, trouble = self._unkept, True
        self._status.shown = StatusFacts(
            notice=notice or browser.pager.ended_early,
            trouble=trouble,
            place=place(browser),
            keys=keys(browser, self._keymap, is_loading=self._is_loading),
        )

    def label_of(self, action: Action) -> str:
        """What an action does now; empty if it can do nothing."""
        return label(action, self._browser, is_loading=self._is_loading)

    @on(DrawnList.Scrolled)
    def _look_up(self) -> None:
        """Look up the calls on the screen."""
        self._kept.look_up(lambda: [row.row.call_id for row in self._table.on_screen_rows()], self._table.refresh)
