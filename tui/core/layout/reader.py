"""The movements of a reader in a transcript. Knows no widget, no key and no colour; callers pass the hits of a find."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from tui.core.layout.layouts import Layout
from tui.core.layout.reading_window import ReadingWindow
from tui.core.layout.viewport import LinePosition

if TYPE_CHECKING:
    from tui.core.search import Hit

_START = LinePosition(0, 0)


class Reader(ReadingWindow):
    """Moves in one transcript, or in those of its turns that are shown."""

    # Going somewhere

    def go_to_turn(self, turn: int) -> None:
        """Make a turn the current one and bring it into the window."""
        if self._items:
            self._select(bisect_left(self._items, turn))
            self._viewport.scroll_into_view(LinePosition(self._item, 0), self._end_of(self._item))

    def go_to_hit(self, hit: Hit) -> None:
        """Make a hit the current one and bring its line into the window, or its turn if that is found as a whole.

        A structure that hides it is unfolded.
        """
        turn, start, end = hit
        if start == end:
            self.go_to_turn(turn)
        else:
            self._select(bisect_left(self._items, turn))
            if self._block_of(self._item).folds_away(start, end):
                self._fold(self.page.folds.toggled(self.current))
            place = LinePosition(self._item, self._line_at(start))
            self._viewport.scroll_into_view(place, place)
        self.current_hit = hit

    def show_current(self) -> None:
        """Bring the current hit into the window; else the current turn, below the lines before it."""
        if self.current_hit is not None:
            self.go_to_hit(self.current_hit)
        elif self._items:
            first = LinePosition(self._item, 0)
            self._viewport.put(first, self._viewport.height // 3)
            self._viewport.show(first, self._end_of(self._item))
            self._rows = None

    def go_to_row(self, row: int) -> None:
        """Make the turn in a row of the window the current one; a structure that is folded there is unfolded."""
        rows = self.rows()
        if row < len(rows):
            turn, line = rows[row]
            self._select(bisect_left(self._items, turn))
            self._bring_into_sight()
            if self.page.layout.kind is not Layout.OUTLINE and self.page.block(turn).is_folded(line):
                self.unfold()

    # Moving

    def next_turn(self) -> None:
        """Go to the next turn; through one taller than the window line by line."""
        if not self._items:
            return
        item = self._item
        if self.is_tall(self.current) and not self._viewport.shows(self._end_of(item)):
            self._scroll_window(1)
        else:
            self._step_to(item + 1)

    def previous_turn(self) -> None:
        """Go to the previous turn; through one taller than the window line by line, from its end."""
        if not self._items:
            return
        item = self._item
        if self.is_tall(self.current) and self._viewport.top > LinePosition(item, 0):
            self._scroll_window(-1)
        else:
            self._step_to(item - 1, from_below=True)

    def next_same_role(self) -> None:
        """Go to the next turn of the current turn's speaker."""
        self._go_to_speaker(range(self._item + 1, len(self._items)))

    def previous_same_role(self) -> None:
        """Go to the previous turn of the current turn's speaker."""
        self._go_to_speaker(range(self._item - 1, -1, -1))

    def scroll(self, lines: int) -> None:
        """Move the window by lines, down if positive; the current turn stays in it."""
        if not self._items:
            return
        if self._scroll_window(lines):
            self._follow()
        elif abs(lines) > 1:
            self._select(len(self._items) - 1 if lines > 0 else 0)

    def page_lines(self, *, half: bool = False) -> int:
        """The lines to scroll for a page, which leaves two lines in sight, or for half a page."""
        height = self._viewport.height
        return max(1, height // 2 if half else height - 2)

    def go_to_start(self) -> None:
        """Go to the first turn."""
        if self._items:
            self._select(0)
            self._viewport.go(_START)

    def go_to_end(self) -> None:
        """Go to the last line of the last turn."""
        if self._items:
            self._select(len(self._items) - 1)
            self._viewport.go_to_end()

    def _step_to(self, item: int, *, from_below: bool = False) -> None:
        if 0 <= item < len(self._items):
            self._select(item)
            end = self._end_of(item)
            self._viewport.show(end if from_below and self.is_tall(self.current) else LinePosition(item, 0), end)

    def _go_to_speaker(self, items: range) -> None:
        if self._items:
            turns = self.page.turns
            speaker = turns[self.current].speaker
            same = (item for item in items if turns[self._items[item]].speaker == speaker)
            self._step_to(next(same, -1))

    def _scroll_window(self, lines: int) -> bool:
        self._rows = None
        return self._viewport.scroll(lines)

    def _follow(self) -> None:
        """Keep the current turn in the window: if it left, select the nearest turn with text in sight."""
        seen = [place.item for place in self._viewport.rows() if place.line >= self._block_of(place.item).lead]
        if seen and not seen[0] <= self._item <= seen[-1]:
            self._select(max(seen[0], min(self._item, seen[-1])))
