"""The find of one transcript screen: what is sought, what was found, which turns are left on show.

The find itself is the core's, the marks are drawn by the view; this owns what typing and stepping do with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from textual import on, work
from textual.message import Message

from tui.core.layout import ReadingPosition
from tui.core.search import Find, Hit
from tui.core.search.query import KindsOf
from tui.core.yielding import yield_to_ui
from tui.widgets.ask_bar import AskBar
from tui.widgets.transcript_view import TranscriptView

_ENDED = object()
_PREFIXES = {False: "/ ", True: "/ regex "}


class FindBar(AskBar):
    """Where the user types what to find; the hits are marked as it is typed.

    Args:
        view: Shows the turns, marks the hits and goes to them.
        id: The widget's id.
    """

    class Searched(Message):
        """What is sought, what was found, or which hit is the current one has changed."""

    def __init__(self, view: TranscriptView, *, id: str) -> None:  # noqa: A002  # Textual's name
        super().__init__(_PREFIXES[False], "find", id=id)
        self._view = view
        self._find = Find((), ())
        self._regex = False
        self._around: int | None = None
        self._origin = ReadingPosition()
        self.pattern = ""

    def count(self) -> str:
        """The place of the current hit among all, as "3/17"; "0" where nothing was found, and why if that is known."""
        return self._find.count(self._view.current_hit)

    def renew(self) -> None:
        """Take note that the view has other turns; what was sought is sought again."""
        self._find = Find(self._view.texts, self._view.turns)
        self._origin = self._view.reading_position
        if self.pattern:
            self._seek(go=False)

    def take_moments(self, kinds_of: KindsOf) -> None:
        """Take the moments of the turns on show, which come after them; a query that waits for them is sought again."""
        if self._find.take_moments(kinds_of):
            self._seek(go=self.display)

    def begin(self) -> None:
        """Take note of where the reader is: there the find begins, and there it returns to if given up."""
        self._origin = self._view.reading_position

    def step(self, direction: int) -> str:
        """Go to the next hit, or to the previous one for a negative direction; round at the ends.

        Returns:
            Why there is none to go to; empty if there is one.
        """
        hits = self._find.hits
        if hits is None or not hits.count:
            return self._find.why_none()
        turn, offset = self._place(direction)
        if direction > 0:
            hit = hits.next_after(turn, offset) or hits.next_after(0, -1)
        else:
            hit = hits.previous_before(turn, offset) or hits.previous_before(len(self._view.turns), 0)
        self._go(hit)
        return ""

    def _place(self, direction: int) -> tuple[int, int]:
        """From where to look: from the current hit, else from the edge of the current turn."""
        if self._view.current_hit is not None:
            return self._view.current_hit[:2]
        is_before = direction > 0 and not (self._find.query is not None and self._find.query.finds_turns)
        return self._view.current, -1 if is_before else 0

    def _go(self, hit: Hit | None) -> None:
        if hit is not None:
            self._view.go_to_hit(hit)
        self.post_message(self.Searched())

    def toggle_filter(self) -> str:
        """Show only turns with a hit, or all again.

        Returns:
            How many turns are shown, as "4 of 38 turns", or why there are none; empty if all are.
        """
        if not self.is_filtered:
            return self.show_around(0)
        self._around = None
        self._mark()
        return ""

    @property
    def is_filtered(self) -> bool:
        """Whether only turns with a hit are shown, and perhaps some around them."""
        return self._around is not None

    def show_around(self, around: int) -> str:
        """Show only turns with a hit, and so many turns before and behind each.

        Returns:
            How many turns have a hit, and how many stand around each; or why there are none.
        """
        hits = self._find.hits
        if hits is None or not hits.count:
            return self._find.why_none()
        self._around = around
        self._mark()
        share = f"{len(hits.turns()):,} of {len(self._view.turns):,} turns"
        return f"{share}, with {around} around each" if around else share

    def clear(self) -> None:
        """Forget what was sought."""
        self.workers.cancel_node(self)
        self.pattern, self._around = "", None
        self._find.clear()
        self._mark()

    def _mark(self) -> None:
        hits, only = self._find.hits, None
        if hits is not None and self._around is not None:
            only = hits.turns_around(self._around, len(self._view.turns))
        self._view.mark_hits(hits, only)
        self.post_message(self.Searched())

    # The search

    def _seek(self, *, go: bool) -> None:
        """Find all hits from the origin on, the first of them before the picture of the key that asked for it.

        Args:
            go: Whether to go to the first of them as soon as it is known.
        """
        self.workers.cancel_node(self)
        search = self._search(go=go)
        if next(search, _ENDED) is not _ENDED:
            self._search_on(search)

    @work
    async def _search_on(self, search: Iterator[None]) -> None:
        """Let what was found be seen, and keys be served, before more is sought."""
        drawn = asyncio.Event()
        # behind what the view has asked of the screen, which leads to the picture
        self.screen.call_later(self.screen.call_after_refresh, drawn.set)
        await drawn.wait()
        for _ in search:
            await yield_to_ui()

    def _search(self, *, go: bool) -> Iterator[None]:
        """The course of a search, in steps of some milliseconds."""
        self._around = None
        for batch in self._find.search(self.pattern, regex=self._regex, first_turn=self._origin.turn):
            if go and batch:
                go = False
                self._mark()
                self._go(batch[0])
            yield
        self._mark()
        self.remark(self._find.trouble or self.count(), trouble=bool(self._find.trouble))

    # The bar

    @on(AskBar.Changed)
    def _type(self, message: AskBar.Changed) -> None:
        message.stop()
        self.pattern = message.value
        self._view.return_to(self._origin)
        self._seek(go=True)

    @on(AskBar.ModeToggled)
    def _change_mode(self, message: AskBar.ModeToggled) -> None:
        message.stop()
        self._regex = not self._regex
        self.prefix(_PREFIXES[self._regex])
        self._view.return_to(self._origin)
        self._seek(go=True)

    @on(AskBar.Stepped)
    def _step(self, message: AskBar.Stepped) -> None:
        message.stop()
        self.remark(self.step(message.step) or self.count())

    @on(AskBar.Submitted)
    def _keep(self, message: AskBar.Submitted) -> None:
        message.stop()
        self.close()

    @on(AskBar.Dismissed)
    def _give_up(self, message: AskBar.Dismissed) -> None:
        message.stop()
        self.clear()
        self._view.return_to(self._origin)
        self.close()
