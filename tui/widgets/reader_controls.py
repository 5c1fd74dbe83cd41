"""The keys and methods that move a reader; the widget derived from it draws and handles the mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partialmethod
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from tui.core.layout import Reader, ReadingPosition
from tui.keys import Place
from tui.widgets.bindings import bindings
from tui.widgets.safe_input import leaves_keyboard_to_text

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

    def focus_on_click(self) -> bool:
        """Whether a click takes the keyboard."""
        return not leaves_keyboard_to_text(self)

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

    def scroll_lines(self, lines: int) -> None:
        """Scroll down, or up if the number is negative."""
        self._move(self._reader.scroll, lines)

    def _scroll_pages(self, direction: int, *, half: bool = False) -> None:
        self._move(self._reader.scroll, direction * self._reader.page_lines(half=half))

    def _act(self, move: Callable[[Reader], None]) -> None:
        self._move(move, self._reader)

    action_next_turn = partialmethod(_act, Reader.next_turn)
    action_previous_turn = partialmethod(_act, Reader.previous_turn)
    action_next_same_role = partialmethod(_act, Reader.next_same_role)
    action_previous_same_role = partialmethod(_act, Reader.previous_same_role)
    action_first_turn = partialmethod(_act, Reader.go_to_start)
    action_last_turn = partialmethod(_act, Reader.go_to_end)
    action_line_down = partialmethod(scroll_lines, 1)
    action_line_up = partialmethod(scroll_lines, -1)
    action_page_down = partialmethod(_scroll_pages, 1)
    action_page_up = partialmethod(_scroll_pages, -1)
    action_half_page_down = partialmethod(_scroll_pages, 1, half=True)
    action_half_page_up = partialmethod(_scroll_pages, -1, half=True)

    @property
    def can_unfold(self) -> bool:
        """Whether the current turn has structures."""
        return self._reader.has_structures

    def unfold(self) -> bool:
        """Unfold the structures of the current turn, or fold them; False if it has none."""
        if has_any := self._reader.has_structures:
            self._move(self._reader.unfold)
        return has_any

    def unfold_all(self) -> bool:
        """Unfold the structures of all turns, or fold them; whether they are unfolded then."""
        self._move(self._reader.unfold_all)
        return self._reader.page.folds.unfolds_all
