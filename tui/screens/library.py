"""The search of the library: hits in all kept calls as the user types, by call, the newest first.

The source searches in a thread, so that no key waits; a newer letter gives up the search before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.core.background import wait_at_most
from tui.core.counted import counted
from tui.core.errors import OmniError
from tui.core.missing import NO_KEPT_CALL
from tui.core.search import Query, parse_query
from tui.core.target import Locator, Target
from tui.keys import Action, Place, Scope
from tui.screens.session import Session
from tui.sources.call_source import CallSource
from tui.sources.library_search import CallHits, SearchBounds, SearchProgress
from tui.widgets.bindings import STEPS, bindings
from tui.widgets.drawn_list import DrawnList
from tui.widgets.hit_list import HitLine, HitList
from tui.widgets.rule import Rule
from tui.widgets.safe_input import SafeInput
from tui.widgets.status_bar import StatusBar, StatusFacts

_TITLE, _REGEX_TITLE = "Search all calls", "Regex, all calls"
_MOST_CHARACTERS = 1_000
_MOST_CALLS, _MOST_HITS = 200, 3
_PAUSE_S = 0.7
"""So long after the last letter, the list fills the screen."""
_PATIENCE_S = 1.0
_HINT = "searches the words and tool calls of all calls that are kept on this machine, as in the find"
_EMPTY = f"{NO_KEPT_CALL}: each one that you open is, and omni-transcripts sync fetches all"


class LibraryScreen(Screen[None]):
    """Searches all kept calls.

    Args:
        source: Searches them.
        session: The zone of their times, the keys, and the least silence.
        typed: What is sought at first.
    """

    @dataclass
    class Chosen(Message):
        """The user chose a hit.

        Attributes:
            target: The call, at the turn.
            typed: What was sought, for the find.
            is_regex: Whether that is a regular expression.
        """

        target: Target
        typed: str
        is_regex: bool

    CSS_PATH = "library.tcss"
    FIRST_IN_HELP: ClassVar[tuple[Scope, ...]] = (Scope.FIND, Scope.LINES, Scope.TERMINAL)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.LIBRARY, **STEPS, dismiss="leave")

    def __init__(self, source: CallSource, session: Session, typed: str = "") -> None:
        super().__init__()
        self._source = source
        self._clock = session.clock
        self._keymap = session.keymap
        self._bounds = SearchBounds(_MOST_HITS, _MOST_CALLS, silence_ms=session.silence_ms)
        self._progress = SearchProgress()
        self._given = typed
        self._is_regex = False
        self._lines: list[HitLine] = []
        self._chosen: int | None = None
        self._found_first = asyncio.Event()
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """The title with the query, how much was found, the hits, the keys."""
        self._title = Static(_TITLE, id="title", markup=False)
        self._field = SafeInput(most=_MOST_CHARACTERS, placeholder="words to find", id="query")
        self._state, self._hits, self._status = Static(_HINT, id="state", markup=False), HitList(), StatusBar()
        with Horizontal(id="head"):
            yield from (self._title, self._field)
        yield from (self._state, self._hits, Rule(), self._status)

    def on_mount(self) -> None:
        """Wait for words, or search for those that are given."""
        self._field.focus()
        self._field.fill(self._given)
        self._show_foot()

    # The search

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed now."""
        if event.value == event.input.value:  # else a newer change follows
            self._begin()

    def action_toggle_regex(self) -> None:
        """Take what is typed for a regular expression, or for words again."""
        self._is_regex = not self._is_regex
        self._title.update(Content(_REGEX_TITLE if self._is_regex else _TITLE))
        self._begin()

    def _begin(self) -> None:
        self.workers.cancel_group(self, "search")
        self._found_first.clear()
        self._chosen = None  # the one on show is of an earlier query
        self._draw_few_lines()
        typed = self._field.value
        try:
            query = parse_query(typed, self._clock, regex=self._is_regex)
        except OmniError as error:
            self._show_none(error.line(), trouble=True)
            return
        if typed:
            self._search(query)
        else:
            self._show_none(_HINT)

    def _draw_few_lines(self) -> None:
        """Draw the first hits only, until no letter has come for a while."""
        if self._pause is not None:
            self._pause.stop()
        self._hits.be_brief(True)
        self._pause = self.set_timer(_PAUSE_S, lambda: self._hits.be_brief(False))

    @work(group="search", exclusive=True)
    async def _search(self, query: Query) -> None:
        progress, found, shown = SearchProgress(), list[CallHits](), 0
        try:
            async with aclosing(self._source.search(query, self._bounds, progress)) as stream:
                async for some in stream:
                    found += some
                    if len(found) > 2 * shown:  # so that a long list is drawn a few times
                        self._show(found, progress)
                        shown = len(found)
                    elif not progress.is_done:
                        self._say(_words(progress))
        except OmniError as error:
            self._show_none(error.line(), trouble=True)
        else:
            self._show(found, progress)
            if not progress.hits and query.hint:
                self._say(f"{_words(progress)} – {query.hint}")

    # What is shown

    def _show(self, found: list[CallHits], progress: SearchProgress) -> None:
        if not progress.total:
            self._show_none(_EMPTY)
            return
        chosen = self._target  # which may be clicked among the hits of an earlier query
        self._lines = [line for call in found for line in self._lines_of(call)]
        same = (index for index in self._turns if self._lines[index].target == chosen)
        self._chosen = next(same, next(iter(self._turns), None))
        self._hits.show(self._lines, self._chosen)
        self._say(_words(progress))
        self._found_first.set()
        self._show_foot()

    def _lines_of(self, found: CallHits) -> Iterator[HitLine]:
        call = found.call
        when = "" if call.started_at_ms is None else self._clock.date_time(call.started_at_ms)
        facts = (call.label or "", when, counted(found.count, "hit"))
        yield HitLine(call.call_id, "", facts=tuple(filter(None, facts)))
        for turn, text in found.texts.items():
            spans = [(start, end) for at, start, end in found.hits if at == turn]
            place = Locator() if call.is_plain else Locator(turn + 1)
            yield HitLine("" if call.is_plain else f"#{turn + 1}", text, spans, Target(call.call_id, place=place))
        if more := max(0, found.count - len(found.hits)):
            yield HitLine("", f"{more:,} more")

    def _show_none(self, why: str, *, trouble: bool = False) -> None:
        self._lines, self._chosen = [], None
        self._hits.show((), None)
        self._found_first.set()
        self._say(why, trouble=trouble)
        self._show_foot()

    def _say(self, text: str, *, trouble: bool = False) -> None:
        self._state.set_class(trouble, "trouble")
        self._state.update(Content(text))

    def _show_foot(self) -> None:
        keymap = self._keymap
        arrows, back = f"{keymap.word('choose_next')}{keymap.word('choose_previous')}", (keymap.word("dismiss"), "back")
        of_hits = ((keymap.word("accept"), "open"), (arrows, "choose")) if self._lines else ()
        self._status.shown = StatusFacts(keys=(*of_hits, back, *keymap.keys_while_typing(help="help")))

    def label_of(self, action: Action) -> str:
        """What an action does now; empty if it can do nothing."""
        if action.name == "library":
            return ""
        is_sought = bool(self._field.value) and not self._found_first.is_set()
        can_do = action.scope is not Scope.LINES or self._target is not None or is_sought
        return ("back" if action.name == "dismiss" else action.label) if can_do else ""

    # Moving

    @property
    def _turns(self) -> list[int]:
        """The indexes of the lines that are turns."""
        return [index for index, line in enumerate(self._lines) if line.target is not None]

    @property
    def _target(self) -> Target | None:
        """The chosen turn."""
        return None if self._chosen is None else self._lines[self._chosen].target

    async def action_step(self, step: int) -> None:
        """Choose the next turn with a hit in a direction."""
        await self._wait_for_first()
        turns = self._turns
        if self._chosen is not None and turns:
            at = min(max(turns.index(self._chosen) + step, 0), len(turns) - 1)
            self._chosen = turns[at]
            self._hits.choose(self._chosen)

    async def action_page(self, pages: int) -> None:
        """Go pages down or up."""
        self._hits.be_brief(False)
        await self.action_step(pages * self._hits.page)

    async def action_end(self, direction: int) -> None:
        """Go to the first or last turn."""
        await self._wait_for_first()
        self._hits.be_brief(False)
        await self.action_step(direction * len(self._lines))

    def on_drawn_list_clicked(self, message: DrawnList.Clicked) -> None:
        """Choose a turn, or open the chosen one."""
        if message.index == self._chosen:
            self._open()
        elif message.index < len(self._lines) and self._lines[message.index].target is not None:
            self._chosen = message.index
            self._hits.choose(message.index)

    async def on_drawn_list_wheeled(self, message: DrawnList.Wheeled) -> None:
        """Go some turns down or up."""
        await self.action_step(message.lines)

    async def on_input_submitted(self) -> None:
        """Open the call of the chosen turn."""
        await self._wait_for_first()
        self._open()

    def _open(self) -> None:
        if (target := self._target) is not None:
            self.post_message(self.Chosen(target, self._field.value, self._is_regex))

    async def _wait_for_first(self) -> None:
        """Wait for the first hits of what is typed, as keys may be faster; a long search is not waited for."""
        if self._field.value:
            await wait_at_most(_PATIENCE_S, self._found_first)

    def action_leave(self) -> None:
        """Go back to the screen below."""
        if self.app.screen is self and len(self.app.screen_stack) > 1:
            self.app.pop_screen()


def _words(progress: SearchProgress) -> str:
    """How much was found, and how far the search is."""
    found = f"{counted(progress.hits, 'hit')} in {counted(progress.calls, 'call')}" if progress.hits else "no hits"
    if progress.is_cut:
        return f"{found}: stopped after the newest {progress.searched:,} of {progress.total:,} calls, which took long"
    if not progress.is_done:
        found = found if progress.hits else "no hits yet"
        return f"{found}: searched {progress.searched:,} of {counted(progress.total, 'call')}"
    if progress.without_case:
        found = f"no hits, {progress.without_case:,} without the capital"
    shown = f", the newest {_MOST_CALLS} of them below" if progress.calls > _MOST_CALLS else ""
    return f"{found}{shown} – searched {counted(progress.total, 'call')}"
