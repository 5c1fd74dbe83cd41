"""The input bar of the find: it runs searches, steps through hits and filters the turns.

``core.search`` finds the hits, and the view draws them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.widgets import Input

from tui.core.call import CallFacts
from tui.core.find import Find
from tui.core.layout import ReadingPosition
from tui.core.yielding import yield_to_ui
from tui.screens.analysis import PATIENCE_S
from tui.screens.drawn import call_once_drawn
from tui.widgets.ask_bar import AskBar
from tui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from tui.core.search import Hit, KindsOf

_ENDED = object()
PREFIXES = {False: "/ ", True: "/ regex "}
"""What stands before a query: of words, and of a regular expression."""


class FindBar(AskBar):
    """The input of a query; hits are marked while it is typed.

    Args:
        view: Shows the turns, marks the hits and goes to them.

    Attributes:
        pattern: The query; empty for none.
        is_regex: Whether it is a regular expression.
        share: What the filter shows: "4 of 38 turns, 2 around"; empty while all turns are shown.
    """

    class Searched(Message):
        """The query, the hits or the current hit have changed."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(PREFIXES[False], "find", id="find")
        self._view = view
        self._find = Find((), ())
        self._call: CallFacts | None = None
        self.is_regex = False
        self._around: int | None = None
        self._origin = ReadingPosition()
        self._steps: Iterator[None] = iter(())
        self._begun_s = 0.0
        self._asked_from: int | None = None  # the turn at which a hit was asked for, until there is one
        self.pattern = self.share = ""

    def count(self) -> str:
        """The position of the current hit, as "3/17"; "0" without hits, with the reason if known."""
        return self._find.count(self._view.current_hit)

    @property
    def trouble(self) -> str:
        """Why nothing can be found with the query; empty if it is valid."""
        return self._find.trouble

    def renew(self) -> None:
        """Repeat the search after the view has received other turns."""
        self._find = Find(self._view.texts, self._view.turns)
        self._find.take_facts(self._call)
        self._origin = self._view.reading_position
        if self.pattern:
            self._seek(go=False)

    def take_moments(self, kinds_of: KindsOf) -> None:
        """Set the moments of the turns, which arrive after them; a query that depends on them is repeated."""
        if self._find.take_moments(kinds_of):
            self._seek(go=None)

    def take_facts(self, call: CallFacts | None) -> None:
        """Set what is known of the call, None before its record is there; a query that depends on it is repeated."""
        self._call = call
        if self._find.take_facts(call):
            self._seek(go=None)

    def seek_on(self, pattern: str, is_regex: bool) -> None:
        """Find something from the current turn on, as if it had been typed."""
        self.pattern, self.is_regex = pattern, is_regex
        self.prefix(PREFIXES[is_regex])
        self.begin()
        self._seek(go=True)

    def begin(self) -> None:
        """Store the reading position, from which the search starts, and to which Escape returns."""
        self._origin = self._view.reading_position

    async def step(self, direction: int) -> str:
        """Go to the next hit, or to the previous one for a negative direction; wraps around at the ends.

        Waits for a search that may still find a nearer one, so that it does not matter how soon the key comes.

        Returns:
            Why there is no hit; empty if there is one.
        """
        await self._search_until(lambda: self._find.has_nearest(self._place(direction), direction))
        hit = self._find.beside(self._place(direction), direction)
        if hit is None:
            return self._find.why_none()
        self._go(hit)
        return ""

    def _place(self, direction: int) -> tuple[int, int]:
        """The position to search from: the current hit, else the edge of the current turn."""
        if self._view.current_hit is not None:
            return self._view.current_hit[:2]
        is_before = direction > 0 and not (self._find.query is not None and self._find.query.finds_turns)
        return self._view.current, -1 if is_before else 0

    def _go(self, hit: Hit) -> None:
        self._asked_from = None
        self._view.go_to_hit(hit)
        self.post_message(self.Searched())

    async def toggle_filter(self, around: int) -> str:
        """Show only turns with a hit and some around each, or all again.

        Returns:
            Why there are none to show; else empty.
        """
        if not self.is_filtered:
            return await self.show_around(around)
        self._around = None
        self._mark()
        return ""

    @property
    def is_filtered(self) -> bool:
        """Whether only turns with a hit, and some around them, are shown."""
        return self._around is not None

    async def show_around(self, around: int) -> str:
        """Show only turns with a hit, and some turns before and after each; waits for a search under way.

        Returns:
            Why there is none; else empty.
        """
        await self._search_until(lambda: False)
        hits = self._find.hits
        if hits is None or not hits.count:
            return self._find.why_none()
        self._around = around
        self._mark()
        return ""

    def clear(self) -> None:
        """Clear the query and its hits."""
        self.workers.cancel_node(self)
        self._steps = iter(())
        self.pattern, self._around, self._asked_from = "", None, None
        self._find.clear()
        self._mark()

    def _mark(self) -> None:
        hits, only, self.share = self._find.hits, None, ""
        if hits is not None and self._around is not None:
            only = hits.turns_around(self._around, len(self._view.turns))
            around = f", {self._around} around" if self._around else ""
            self.share = f"{len(hits.turns()):,} of {len(self._view.turns):,} turns{around}"
        self._view.mark_hits(hits, only, parted=bool(self._around))
        self.post_message(self.Searched())

    # The search

    def _seek(self, *, go: bool | None) -> None:
        """Find all hits, starting at the origin; the first step runs before the next picture is drawn.

        Args:
            go: Whether to go to the first hit as soon as it is known; None if an earlier search still has to, as it
                found none, and the reader has not gone on.
        """
        around = self._around if go is None else None
        if go is None:
            go = self.display or self._asked_from == self._view.current
        elif go:
            self._asked_from = self._view.current
        self.workers.cancel_node(self)
        self._steps, self._begun_s = self._search(go=go, around=around), monotonic()
        if next(self._steps, _ENDED) is not _ENDED:
            self._search_on(self._steps)

    @work
    async def _search_on(self, steps: Iterator[None]) -> None:
        """Continue a search, after the first hits are drawn; yields to keys in between."""
        drawn = asyncio.Event()
        call_once_drawn(self.screen, drawn.set)
        await drawn.wait()
        for _ in steps:
            await yield_to_ui()

    async def _search_until(self, is_known: Callable[[], bool]) -> None:
        """Continue the search until something is known, its end, or the end of patience; keys wait meanwhile.

        A search that depends on moments begins again once they are known.
        """
        while not is_known() and monotonic() < self._begun_s + PATIENCE_S:
            if next(self._steps, _ENDED) is _ENDED and not self._find.waits_for_moments:
                return
            await yield_to_ui()

    def _search(self, *, go: bool, around: int | None) -> Iterator[None]:
        """Run a search in steps of some milliseconds; with hits, the filter is as wanted at its end."""
        self._around, self.share = None, ""
        if self._find.trouble:
            self.remark("")
        for batch in self._find.search(self.pattern, regex=self.is_regex, first_turn=self._origin.turn):
            if go and batch:
                go = False
                self._mark()
                self._go(batch[0])
            yield
        self._around = around if self._find.has_hits else None
        self._mark()
        self.remark(self._find.trouble or self.count(), trouble=bool(self._find.trouble))

    # The bar

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed now."""
        event.stop()
        self.pattern = event.value
        self._view.return_to(self._origin)
        self._seek(go=True)

    def action_toggle_mode(self) -> None:
        """Take the query for a regular expression, or for words again."""
        self.is_regex = not self.is_regex
        self.prefix(PREFIXES[self.is_regex])
        self._view.return_to(self._origin)
        self._seek(go=True)

    async def action_step(self, step: int) -> None:
        """Go to the next or previous hit."""
        self.remark(await self.step(step) or self.count())

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close, but not before the first hit is the current one: the next key acts from there."""
        event.stop()
        await self._search_until(lambda: self._find.has_hits)
        self.close()

    def action_dismiss(self) -> None:
        """Clear the query, go back to where the search started, and close."""
        self.clear()
        self._view.return_to(self._origin)
        self.close(gives_up=True)
