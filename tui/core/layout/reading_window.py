"""The reading position in a transcript: the window over it, the current turn and the current hit.

Owns how it is kept when the layout or the window changes; ``reader`` owns the movements.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tui.core.layout.block import Block, Remarks
from tui.core.layout.folds import Folds
from tui.core.layout.labels import TimeLabels
from tui.core.layout.layouts import Layout
from tui.core.layout.transcript_layout import TranscriptLayout
from tui.core.layout.viewport import FAR_BEFORE, LinePosition, Viewport

if TYPE_CHECKING:
    from tui.core.search import Hit


class ReadingPosition(NamedTuple):
    """Where a reader is.

    Attributes:
        turn: The current turn.
        top_turn: The turn in the first row of the window.
        top_offset: The text offset shown there: lines change with the width and with the remarks.
        folds: The folds.
    """

    turn: int = 0
    top_turn: int = 0
    top_offset: int = FAR_BEFORE
    folds: Folds = Folds()


class ReadingWindow:
    """The window over one transcript, or over those of its turns that are shown.

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
        self._before_filter = ReadingPosition()

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
        """Whether a turn is among those that are shown."""
        place = bisect_left(self._items, turn)
        return place < len(self._items) and self._items[place] == turn

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the turns are shown."""
        return not isinstance(self._items, range)

    def arrange(self, layout: Layout, width: int, height: int, labels: TimeLabels, *, is_first: bool) -> None:
        """Lay out for another window or in another layout; the reading position is kept.

        Args:
            layout: The layout.
            width: The width of the window in cells.
            height: Its rows.
            labels: The times.
            is_first: Whether this is the first window: then the current turn is brought into it.
        """
        was_in_sight = not is_first and self._is_in_sight()
        self.page.arrange(layout, width, labels)
        self._viewport.relayout(height=height)
        self._rows = None
        if is_first and self._items:
            self._viewport.scroll_into_view(LinePosition(self._item, 0), self._end_of(self._item))
        elif was_in_sight:
            self._bring_into_sight()

    def remark(self, remarks: Callable[[int], Remarks]) -> None:
        """Set the remarks about the turns; the current turn stays in its row."""
        at = self._row_of_current()
        self.page.remark(remarks)
        self._put(at)

    @property
    def has_structures(self) -> bool:
        """Whether the current turn has anything that could be folded."""
        return bool(self._items) and bool(self._block_of(self._item).content.structures)

    def unfold(self) -> None:
        """Unfold the structures of the current turn, or fold them; it stays in its row if half a window is below it."""
        if not self.has_structures:
            return
        self._fold(self.page.folds.toggled(self.current))
        at = self._row_of_current()
        if at is not None and self.page.folds.is_unfolded(self.current):
            line, item = self._line_at(at[1]), self._item
            last = min(line + self._viewport.height // 2, self._end_of(item).line)
            self._viewport.show(LinePosition(item, line), LinePosition(item, last))
            self._rows = None

    def unfold_all(self) -> None:
        """Unfold the structures of all turns, or fold them if all are unfolded."""
        self._fold(self.page.folds.all_toggled())

    def _fold(self, folds: Folds) -> None:
        at = self._row_of_current()
        self.page.fold(folds)
        self._put(at)

    def _put(self, at: tuple[int, int] | None) -> None:
        """Put a line of the current turn, by its offset, back into its row."""
        self._rows = None
        self._viewport.relayout()
        if at is not None:
            self._viewport.put(LinePosition(self._item, self._line_at(at[1])), at[0])

    def _line_at(self, offset: int) -> int:
        return self._block_of(self._item).line_of(offset)

    def _row_of_current(self) -> tuple[int, int] | None:
        """Row and offset of the first line of the current turn in sight, of its text if possible."""
        rows = [(row, line) for row, (turn, line) in enumerate(self.rows()) if turn == self.current]
        if not rows:
            return None
        if rows[0] == (0, 0):
            return 0, FAR_BEFORE
        block = self.page.block(self.current)
        row, line = next((each for each in rows if each[1] >= block.first), rows[-1])
        return row, block.offset_at(line)

    def show_only(self, turns: Sequence[int] | None, *, parted: bool = False) -> None:
        """Show only some turns, or all for None; the current one, or else the next that is shown, stays in its row.

        Turns in a row are a group; where groups are ``parted``, a line says so between two of them.

        When all are shown again, a reader who has not moved to another turn sees them as before.
        """
        was, at = self.current, self._row_of_current() or (0, FAR_BEFORE)
        if not self.is_filtered:
            self._before_filter = self.reading_position
        self._items = range(len(self.page.turns)) if turns is None else turns
        apart = frozenset(after for turn, after in pairwise(self._items) if parted and after > turn + 1)
        self.page.show_only(self._items if turns is None else frozenset(turns), apart)
        self._rows = None
        self._viewport.relayout(count=len(self._items))
        if self._items:
            self.current = self._items[min(bisect_left(self._items, self.current), len(self._items) - 1)]
            if turns is not None or not self._restore_position():
                line = self._line_at(at[1]) if self.current == was else 0
                self._viewport.put(LinePosition(self._item, line), at[0])
                self._bring_into_sight()

    def _restore_position(self) -> bool:
        """Scroll as before the filter; returns whether the current turn is the same, and in sight there."""
        self._scroll_to(self._before_filter)
        return self._before_filter.turn == self.current and self._is_in_sight()

    # Where the reader is

    @property
    def reading_position(self) -> ReadingPosition:
        """The position, for ``return_to``."""
        item, line = self._viewport.top
        folds = self.page.folds
        if not line or not self._items:
            return ReadingPosition(self.current, self._items[item] if self._items else 0, folds=folds)
        return ReadingPosition(self.current, self._items[item], self._block_of(item).offset_at(line), folds)

    def return_to(self, position: ReadingPosition) -> None:
        """Return to a position, or to the nearest one that is left."""
        self.page.fold(position.folds)
        self._viewport.relayout()
        if self._items:
            self._select(bisect_left(self._items, position.turn))
            self._scroll_to(position)

    def _scroll_to(self, position: ReadingPosition) -> None:
        """Put the line of a position into the first row, or the nearest one that is left."""
        if self._items:
            item = min(bisect_left(self._items, position.top_turn), len(self._items) - 1)
            is_there = self._items[item] == position.top_turn
            self._viewport.go(LinePosition(item, self._block_of(item).line_of(position.top_offset) if is_there else 0))

    # The shown turns, by their places among these (items)

    @property
    def _item(self) -> int:
        """The place of the current turn among the shown ones."""
        return min(bisect_left(self._items, self.current), max(0, len(self._items) - 1))

    def _block_of(self, item: int) -> Block:
        return self.page.block(self._items[item])

    def _end_of(self, item: int) -> LinePosition:
        return LinePosition(item, self._block_of(item).height - 1)

    def _is_in_sight(self) -> bool:
        """Whether a line of the current turn is in the window, not counting those above it."""
        item, lead = self._item, self._block_of(self._item).lead if self._items else 0
        return any(place.item == item and place.line >= lead for place in self._viewport.rows())

    def _bring_into_sight(self) -> None:
        """Scroll as little as it takes to the current turn, where no more than the lines above it is in the window."""
        if not self._is_in_sight():
            self._viewport.show(LinePosition(self._item, 0), self._end_of(self._item))
            self._rows = None

    def _select(self, item: int) -> None:
        self.current = self._items[max(0, min(item, len(self._items) - 1))]
        self.current_hit = None
        self._rows = None
