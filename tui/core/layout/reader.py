"""The reader's place in a page: the window over it, the current turn, the current hit, and how they move.

Knows no widget, no key and no colour; what a find has found is given to it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui.core.layout.block import Block, Remarks
from tui.core.layout.labels import TimeLabels
from tui.core.layout.layouts import Layout
from tui.core.layout.transcript_layout import TranscriptLayout
from tui.core.layout.viewport import FAR_BEFORE, LinePosition, Viewport
from tui.core.search import Hit

_START = LinePosition(0, 0)


class ReadingPosition(NamedTuple):
    """Where a reader is.

    Attributes:
        turn: The current turn.
        top_turn: The turn in the first row of the window.
        top_offset: The text offset shown there: lines change with the width and with what is said of a turn.
    """

    turn: int = 0
    top_turn: int = 0
    top_offset: int = FAR_BEFORE


class Reader:
    """Moves about in one page, or in those of its turns that are kept on show.

    Args:
        page: The turns.
        height: The rows of the window.

    Attributes:
        page: The turns.
        current: The index of the current turn.
        current_hit: The current hit; None if there is none.
    """

    def __init__(self, page: TranscriptLayout, height: int) -> None:
        self.page = page
        self.current = 0
        self.current_hit: Hit | None = None
        self._items: Sequence[int] = range(len(page.turns))
        self._viewport = Viewport(self._block_of, len(self._items), height)
        self._rows: list[tuple[int, int]] | None = None

    # What is in the window

    def rows(self) -> Sequence[tuple[int, int]]:
        """The turn and the line of its block in each row of the window; fewer than rows when the text ends before."""
        if self._rows is None:
            self._rows = [(self._items[place.item], place.line) for place in self._viewport.rows()]
        return self._rows

    def is_tall(self, turn: int) -> bool:
        """Whether a turn is taller than the window."""
        return self.page.block(turn).height > self._viewport.height

    def is_shown(self, turn: int) -> bool:
        """Whether a turn is among those on show."""
        place = bisect_left(self._items, turn)
        return place < len(self._items) and self._items[place] == turn

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the turns are on show."""
        return not isinstance(self._items, range)

    def arrange(self, layout: Layout, width: int, height: int, labels: TimeLabels, *, is_first: bool) -> None:
        """Lay out for a window of another size or in another way; the reader's place is kept.

        Args:
            layout: Chat or script.
            width: The width of the window in cells.
            height: Its rows.
            labels: The times.
            is_first: Whether there was no window before: then the current turn is brought into this one.
        """
        was_in_sight = not is_first and self._is_in_sight()
        self.page.arrange(layout, width, labels)
        self._viewport.relayout(height=height)
        self._rows = None
        if is_first and self._items:
            self._viewport.scroll_into_view(LinePosition(self._item, 0), self._end_of(self._item))
        elif was_in_sight and not self._is_in_sight():
            self._viewport.show(LinePosition(self._item, 0), self._end_of(self._item))

    def remark(self, remarks: Callable[[int], Remarks]) -> None:
        """Take what is to be said of each turn besides; the current turn stays in its row."""
        at = self._row_of_current()
        self.page.remark(remarks)
        self._rows = None
        self._viewport.relayout()
        if at is not None:
            row, offset = at
            self._viewport.put(LinePosition(self._item, self._block_of(self._item).line_of(offset)), row)

    def _row_of_current(self) -> tuple[int, int] | None:
        """The row and the offset of the first line of the current turn in sight, of its text if any of that is."""
        rows = [(row, line) for row, (turn, line) in enumerate(self.rows()) if turn == self.current]
        if not rows:
            return None
        if rows[0] == (0, 0):
            return 0, FAR_BEFORE
        block = self.page.block(self.current)
        row, line = next((each for each in rows if each[1] >= block.first), rows[-1])
        return row, block.offset_at(line)

    def keep(self, turns: Sequence[int] | None) -> None:
        """Show only some turns, or all; the current one stays where it is, or gives way to the next that is left."""
        self._items = range(len(self.page.turns)) if turns is None else turns
        self.page.keep(self._items if turns is None else frozenset(turns))
        self._rows = None
        self._viewport.relayout(count=len(self._items))
        if self._items:
            self.current = self._items[min(bisect_left(self._items, self.current), len(self._items) - 1)]
            self._viewport.go(LinePosition(self._item, 0))

    # Going somewhere

    @property
    def reading_position(self) -> ReadingPosition:
        """Where the reader is, for ``return_to``."""
        item, line = self._viewport.top
        if not line or not self._items:
            return ReadingPosition(self.current, self._items[item] if self._items else 0)
        return ReadingPosition(self.current, self._items[item], self._block_of(item).offset_at(line))

    def return_to(self, position: ReadingPosition) -> None:
        """Bring back what the reader saw from a position; where that is gone, the nearest that is left."""
        if self._items:
            self._select(bisect_left(self._items, position.turn))
            item = min(bisect_left(self._items, position.top_turn), len(self._items) - 1)
            is_there = self._items[item] == position.top_turn
            self._viewport.go(LinePosition(item, self._block_of(item).line_of(position.top_offset) if is_there else 0))

    def go_to_turn(self, turn: int) -> None:
        """Make a turn the current one and bring it into the window."""
        if self._items:
            self._select(bisect_left(self._items, turn))
            self._viewport.scroll_into_view(LinePosition(self._item, 0), self._end_of(self._item))

    def go_to_hit(self, hit: Hit) -> None:
        """Make a hit the current one and bring its line into the window, or a turn that is found as a whole."""
        turn, start, end = hit
        if start == end:
            self.go_to_turn(turn)
        else:
            self._select(bisect_left(self._items, turn))
            place = LinePosition(self._item, self._block_of(self._item).line_of(start))
            self._viewport.scroll_into_view(place, place)
        self.current_hit = hit

    def go_to_row(self, row: int) -> None:
        """Make the turn in a row of the window the current one."""
        rows = self.rows()
        if row < len(rows):
            self._select(bisect_left(self._items, rows[row][0]))

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
        """The lines of a page, which leaves two of those before on the screen, or of half a page."""
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

    # Among the turns on show, of which a place is an item

    @property
    def _item(self) -> int:
        """The place of the current turn among those on show."""
        return min(bisect_left(self._items, self.current), max(0, len(self._items) - 1))

    def _block_of(self, item: int) -> Block:
        return self.page.block(self._items[item])

    def _end_of(self, item: int) -> LinePosition:
        return LinePosition(item, self._block_of(item).height - 1)

    def _is_in_sight(self) -> bool:
        """Whether a line of the current turn is in the window."""
        return any(place.item == self._item for place in self._viewport.rows())

    def _select(self, item: int) -> None:
        self.current = self._items[max(0, min(item, len(self._items) - 1))]
        self.current_hit = None
        self._rows = None

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
        """Keep the current turn in the window: the nearest of which text can be seen."""
        seen = [place.item for place in self._viewport.rows() if place.line >= self._block_of(place.item).lead]
        if seen and not seen[0] <= self._item <= seen[-1]:
            self._select(max(seen[0], min(self._item, seen[-1])))
