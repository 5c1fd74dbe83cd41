"""The keys and methods that move a reader; the widget derived from it draws and handles the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from tui.core.layout import Reader, ReadingPosition
from tui.keys import Place
from tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from tui.core.search import Hit


class ReaderControls(Widget):
    """A widget whose keys move a reader.

    Args:
        reader: The reader.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.TURNS)

    class Moved(Message):
        """The current turn, or the visible lines, have changed."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    @property
    def current(self) -> int:
        """The index of the current turn."""
        return self._reader.current

    @property
    def current_hit(self) -> Hit | None:
        """The current hit."""
        return self._reader.current_hit

    @property
    def reading_position(self) -> ReadingPosition:
        """The reading position, for ``return_to``."""
        return self._reader.reading_position

    def return_to(self, reading_position: ReadingPosition) -> None:
        """Restore a reading position."""
        self._move(self._reader.return_to, reading_position)

    def go_to_turn(self, turn: int) -> None:
        """Make a turn the current one and scroll it into view."""
        self._move(self._reader.go_to_turn, turn)

    def go_to_hit(self, hit: Hit) -> None:
        """Make a hit the current one and scroll its line into view."""
        self._move(self._reader.go_to_hit, hit)

    def _move(self, move: Callable[..., None], *where: object) -> None:
        move(*where)
        self._changed()

    def _changed(self) -> None:
        if self.is_attached:
            # post before drawing, so that the screen's own updates are in the same picture
            self.screen.post_message(self.Moved())
            self.screen.call_later(self.refresh)

    def action_next_turn(self) -> None:
        """Go to the next turn; scrolls through one taller than the window line by line."""
        self._move(self._reader.next_turn)

    def action_previous_turn(self) -> None:
        """Go to the previous turn; scrolls through one taller than the window line by line, from its end."""
        self._move(self._reader.previous_turn)

    def action_next_same_role(self) -> None:
        """Go to the next turn of the current turn's speaker."""
        self._move(self._reader.next_same_role)

    def action_previous_same_role(self) -> None:
        """Go to the previous turn of the current turn's speaker."""
        self._move(self._reader.previous_same_role)

    def action_line_down(self) -> None:
        """One line down."""
        self._move(self._reader.scroll, 1)

    def action_line_up(self) -> None:
        """One line up."""
        self._move(self._reader.scroll, -1)

    def action_page_down(self) -> None:
        """A page down, with two lines of overlap."""
        self._move(self._reader.scroll, self._reader.page_lines())

    def action_page_up(self) -> None:
        """A page up, with two lines of overlap."""
        self._move(self._reader.scroll, -self._reader.page_lines())

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self._move(self._reader.scroll, self._reader.page_lines(half=True))

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self._move(self._reader.scroll, -self._reader.page_lines(half=True))

    def action_first_turn(self) -> None:
        """Go to the first turn."""
        self._move(self._reader.go_to_start)

    def action_last_turn(self) -> None:
        """Go to the last line of the last turn."""
        self._move(self._reader.go_to_end)

    def unfold(self) -> bool:
        """Unfold the structures of the current turn, or fold them; False if it has none."""
        if has_any := self._reader.has_structures:
            self._move(self._reader.unfold)
        return has_any

    def unfold_all(self) -> bool:
        """Unfold the structures of all turns, or fold them; whether they are unfolded then."""
        self._move(self._reader.unfold_all)
        return self._reader.page.folds.unfolds_all
