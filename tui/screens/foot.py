"""The foot of a call: the status bar with a notice, or the input of the find or the go-to."""

from __future__ import annotations

from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from tui.core.errors import UsageError
from tui.core.text import safe_line
from tui.screens import presenters
from tui.screens.find_bar import PREFIXES, FindBar
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


class GoToBar(AskBar):
    """The input of a place to go to.

    Args:
        view: Goes there.
    """

    def __init__(self, view: TranscriptView) -> None:
        super().__init__("go to ", "1:23  #14  50%", id="go-to")
        self._view = view

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there and close, or show what is wrong with it."""
        event.stop()
        try:
            turn = self._view.turn_typed(event.value)
        except UsageError as error:
            self.remark(error.line(), trouble=True)
        else:
            self._go(turn)

    def _go(self, turn: int) -> None:
        if self._view.is_shown(turn):
            self._view.go_to_turn(turn)
            self.close()
        else:
            self.remark(presenters.left_out(turn), trouble=True)


class Foot(Vertical):
    """Shows one of its lines at a time.

    Args:
        view: The view that find and go-to move.

    Attributes:
        find: The bar of the find.
        notice: The notice, shown instead of the find.
    """

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(id="foot")
        self.find = FindBar(view)
        self.notice = Notice()
        self._progress = ""
        self._go_to = GoToBar(view)
        self._status = StatusBar()

    def compose(self) -> ComposeResult:
        """A rule and the lines; at first only the status bar is shown."""
        yield from (Rule(), self.find, self._go_to, self._status)

    def show(self, facts: StatusFacts) -> None:
        """Set the content of the status bar; find and notice are added, or why the find has no hits to look for."""
        notice = self.notice if self.notice.text else Notice(self.find.trouble, trouble=True)
        self._status.shown = facts._replace(
            find=safe_line(self.find.pattern),
            prefix=PREFIXES[self.find.is_regex],
            hits=self.find.count(),
            filtered=self.find.share,
            notice=notice.text,
            trouble=notice.trouble,
        )

    def note_progress(self, text: str) -> None:
        """Make the progress of a fetch the notice, unless one of something else is on show; empty removes it."""
        if self.notice.text in ("", self._progress):
            self._progress, self.notice = text, Notice(text)

    def note_end(self, text: str, *, trouble: bool) -> None:
        """Make the outcome of a fetch the notice; without a text, only its progress goes."""
        if text:
            self.notice = Notice(text, trouble)
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
    def _show_status(self) -> None:
        self._status.display = self._opened is None
