"""The foot of a call: the status bar with a notice, or the input of the find or the go-to."""

from __future__ import annotations

from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui.core.errors import OmniError, UsageError
from tui.core.target import parse_locator
from tui.core.text import safe_line
from tui.screens.find_bar import FindBar
from tui.widgets.ask_bar import AskBar
from tui.widgets.rule import Rule
from tui.widgets.status_bar import StatusBar, StatusFacts
from tui.widgets.transcript_view import TranscriptView


class Notice(NamedTuple):
    """A notice for the user, until the next one.

    Attributes:
        text: Safe text; empty for none.
        trouble: Whether it reports an error.
    """

    text: str = ""
    trouble: bool = False


class Foot(Vertical):
    """Shows one of its lines at a time.

    Args:
        view: The view that find and go-to move.

    Attributes:
        find: The bar of the find.
        notice: The notice, shown instead of the find.
    """

    class Closed(Message):
        """An input bar was closed."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(id="foot")
        self.find = FindBar(view)
        self.notice = Notice()
        self._progress = ""
        self._view = view
        self._go_to = AskBar("go to ", "1:23  #14  50%", id="go-to")
        self._status = StatusBar()

    def compose(self) -> ComposeResult:
        """A rule and the lines; at first only the status bar is shown."""
        yield from (Rule(), self.find, self._go_to, self._status)

    def show(self, facts: StatusFacts) -> None:
        """Set the content of the status bar; find and notice are added, or why the find has no hits to look for."""
        lasts = not self.notice.text
        notice = Notice(self.find.trouble, trouble=True) if lasts else self.notice
        self._status.shown = facts._replace(
            find=safe_line(self.find.pattern),
            hits=self.find.count(),
            filtered=self.find.share,
            notice=notice.text,
            trouble=notice.trouble,
            lasts=lasts,
        )

    def note_progress(self, text: str) -> None:
        """Make the progress of a fetch the notice, unless one of something else is on show; empty removes it."""
        if self.notice.text in ("", self._progress):
            self._progress, self.notice = text, Notice(text)

    def note_end(self, text: str, trouble: OmniError | None) -> None:
        """Make the outcome of a fetch the notice; without a text, only its progress goes."""
        if text:
            self.notice = Notice(text, trouble is not None)
        else:
            self.note_progress("")

    async def ask_what_to_find(self) -> None:
        """Open the find with the last query."""
        self.find.begin()
        await self._open(self.find, self.find.pattern)
        self.find.remark(self.find.count())

    async def ask_where_to_go(self) -> None:
        """Open the go-to."""
        await self._open(self._go_to)

    def take_keyboard(self) -> bool:
        """Focus the open input bar; False if none is open."""
        bar = self._opened
        if bar is not None:
            bar.take_keyboard()
        return bar is not None

    def close_bar(self) -> None:
        """Close the open bar, if there is one, as there are no turns any more."""
        if self._opened is not None:
            self._opened.close()

    @property
    def open_inputs(self) -> list[Widget]:
        """The inputs of the open bar; empty if none is open."""
        bar = self._opened
        return [] if bar is None else [*bar.query(Input)]

    async def _open(self, bar: AskBar, value: str = "") -> None:
        if self._opened is None:  # a second key may arrive before the first has opened its bar
            self._status.display = False
            await bar.open(value)

    @property
    def _opened(self) -> AskBar | None:
        return next((bar for bar in (self.find, self._go_to) if bar.display), None)

    @on(AskBar.Closed)
    def _close(self, message: AskBar.Closed) -> None:
        message.stop()
        self._status.display = self._opened is None
        self.post_message(self.Closed())

    @on(AskBar.Submitted, "#go-to")
    def _go(self, message: AskBar.Submitted) -> None:
        turn = self._view.turn_labelled(message.value)
        try:
            if turn is None:
                place = parse_locator(message.value)
                place.refuse_unless_in(self._view.turns)
                turn = place.index_in(self._view.turns)
        except UsageError as error:
            message.bar.remark(error.line(), trouble=True)
        else:
            self._view.go_to_turn(turn)
            message.bar.close()

    @on(AskBar.Dismissed, "#go-to")
    def _stay(self, message: AskBar.Dismissed) -> None:
        message.bar.close()
