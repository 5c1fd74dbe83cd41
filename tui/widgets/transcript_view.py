"""The turns of a call as lines, scrolled by keyboard; only the lines in the window are ever built.

It owns the reader's place: the window, the current turn, the current hit. What a find has found and how
times and turns are to be shown is given to it. It is no ``ScrollView``: that wants the height of all the
text in advance, which would mean to wrap every turn of the call at each change of width.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.core.layout import Layout, Page, Place, TimeLabels, Viewport
from tui.core.layout.block import NARROW, Block
from tui.core.search import Hit, Hits
from tui.core.transcript import Transcript, Turn
from tui.keys import bindings
from tui.widgets import turn_ink

_WHEEL_LINES = 3
_START = Place(0, 0)


class Standpoint(NamedTuple):
    """Where a reader is.

    Attributes:
        turn: The current turn.
        top: The turn, and its line, in the first row of the window.
    """

    turn: int = 0
    top: Place = _START


class TranscriptView(Widget, can_focus=True):
    """Shows one transcript and moves about in it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "next_turn", "previous_turn", "next_same_role", "previous_same_role", "line_down", "line_up", "page_down",
        "page_up", "half_page_down", "half_page_up", "first_turn", "last_turn",
    )  # fmt: skip
    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = turn_ink.CLASSES

    class Moved(Message):
        """The current turn, or what is in the window, has changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._fitted = Size(0, 0)
        self._show(Page(Transcript(call_id="")))
        self._wanted: Layout | None = None

    def _show(self, page: Page) -> None:
        self._page = page
        self._items: Sequence[int] = range(len(page.turns))
        self._hits: Hits | None = None
        self._viewport = Viewport(self._block_of_item, len(self._items), self.size.height)
        self._rows: list[Place] | None = None
        self.current = 0
        self.current_hit: Hit | None = None

    def _block_of_item(self, item: int) -> Block:
        return self._page.block(self._items[item])

    # What is shown

    @property
    def turns(self) -> Sequence[Turn]:
        """The turns on show; a legacy text counts as one."""
        return self._page.turns

    @property
    def layout_shown(self) -> Layout:
        """The layout in use, chosen or by the width."""
        return self._page.geometry.layout

    def show(self, transcript: Transcript, labels: TimeLabels, layout: Layout | None) -> None:
        """Show a transcript; one with the id of that on show keeps the reader's place."""
        place = self.current if transcript.call_id == self._page.transcript.call_id else 0
        self._wanted = layout
        self._show(Page(transcript))
        self.show_as(labels, layout)
        self.go_to_turn(min(place, max(0, len(self.turns) - 1)))

    def show_as(self, labels: TimeLabels, layout: Layout | None) -> None:
        """Show times and turns in another way; the reader's place is kept, and the current turn in sight.

        Args:
            labels: The times.
            layout: Chat or script; None to go by the width.
        """
        self._wanted = layout
        self._arrange(labels)
        self._changed()

    def _arrange(self, labels: TimeLabels) -> None:
        """Lay out for the size of the window, which may be another than before."""
        had_window, self._fitted = bool(self._fitted), self.size
        was_in_sight = had_window and self._is_in_sight()
        by_width = Layout.SCRIPT if self.size.width < NARROW else Layout.CHAT
        self._page.arrange(self._wanted or by_width, self.size.width, labels)
        self._viewport.relayout(height=self.size.height)
        self._rows = None
        if not had_window and self._items:
            self._viewport.bring(Place(self._item, 0), self._end_of(self._item))
        elif was_in_sight and not self._is_in_sight():
            self._viewport.show(Place(self._item, 0), self._end_of(self._item))

    def _is_in_sight(self) -> bool:
        """Whether a line of the current turn is in the window."""
        return any(place.item == self._item for place in self._viewport.rows())

    def mark_hits(self, hits: Hits | None, *, only: bool = False) -> None:
        """Mark the hits of a find; the current one stays the current one if there is a find at all.

        Args:
            hits: What was found; None for no find.
            only: Whether turns without a hit are left out.
        """
        if only or not isinstance(self._items, range):
            self._keep(hits.turns() if hits is not None and only else range(len(self.turns)))
        self._hits = hits
        if hits is None:
            self.current_hit = None
        self._changed()

    def _keep(self, items: Sequence[int]) -> None:
        """Show only some turns; the current one stays where it is, or gives way to the next that is left."""
        self._items = items
        self._viewport.relayout(count=len(items))
        if items:
            self.current = items[min(bisect_left(items, self.current), len(items) - 1)]
            self._viewport.go(Place(self._item, 0))

    def _changed(self) -> None:
        self._rows = None
        if self.is_attached:
            # The screen hears of it before this is drawn, so that what it draws anew comes in the same picture.
            self.screen.post_message(self.Moved())
            self.screen.call_later(self.refresh)

    # Where the reader is

    @property
    def _item(self) -> int:
        """The place of the current turn among those on show."""
        return min(bisect_left(self._items, self.current), max(0, len(self._items) - 1))

    def go_to_turn(self, turn: int) -> None:
        """Make a turn the current one and bring it into the window."""
        if self._items:
            self._select(bisect_left(self._items, turn))
            self._bring(Place(self._item, 0), self._end_of(self._item))

    @property
    def standpoint(self) -> Standpoint:
        """Where the reader is, for ``return_to``."""
        top = self._viewport.top
        return Standpoint(self.current, Place(self._items[top.item] if self._items else 0, top.line))

    def return_to(self, standpoint: Standpoint) -> None:
        """Bring back what the reader saw from a standpoint."""
        if self._items:
            self._select(bisect_left(self._items, standpoint.turn))
            self._viewport.go(Place(bisect_left(self._items, standpoint.top.item), standpoint.top.line))
            self._changed()

    def go_to_hit(self, hit: Hit) -> None:
        """Make a hit the current one and bring its line into the window."""
        turn, start, _ = hit
        self._select(bisect_left(self._items, turn))
        self.current_hit = hit
        place = Place(self._item, self._block_of_item(self._item).line_of(start))
        self._bring(place, place)

    def time_shown(self, turn: int) -> str:
        """The time of a turn as it is shown; empty where it is not known."""
        return self._page.time(turn)

    def _select(self, item: int) -> None:
        self.current = self._items[max(0, min(item, len(self._items) - 1))]
        self.current_hit = None

    def _bring(self, first: Place, last: Place) -> None:
        self._viewport.bring(first, last)
        self._changed()

    def _end_of(self, item: int) -> Place:
        return Place(item, self._block_of_item(item).height - 1)

    def _is_tall(self, item: int) -> bool:
        return self._block_of_item(item).height > self._viewport.height

    # Moving

    def action_next_turn(self) -> None:
        """Go to the next turn; through one taller than the window line by line."""
        end = self._end_of(self._item) if self._items else Place(0, 0)
        if self._items and self._is_tall(self._item) and not self._viewport.shows(end):
            self._viewport.scroll(1)
            self._changed()
        else:
            self._step_to(self._item + 1)

    def action_previous_turn(self) -> None:
        """Go to the previous turn; through one taller than the window line by line, from its end."""
        item = self._item
        if self._items and self._is_tall(item) and self._viewport.top > Place(item, 0):
            self._viewport.scroll(-1)
            self._changed()
        else:
            self._step_to(item - 1, from_below=True)

    def _step_to(self, item: int, *, from_below: bool = False) -> None:
        if 0 <= item < len(self._items):
            self._select(item)
            end = self._end_of(item)
            self._viewport.show(end if from_below and self._is_tall(item) else Place(item, 0), end)
            self._changed()

    def action_next_same_role(self) -> None:
        """Go to the next turn of the current turn's speaker."""
        self._go_to_speaker(range(self._item + 1, len(self._items)))

    def action_previous_same_role(self) -> None:
        """Go to the previous turn of the current turn's speaker."""
        self._go_to_speaker(range(self._item - 1, -1, -1))

    def _go_to_speaker(self, items: range) -> None:
        if self._items:
            speaker = self.turns[self.current].speaker
            same = (item for item in items if self.turns[self._items[item]].speaker == speaker)
            self._step_to(next(same, -1))

    def action_line_down(self) -> None:
        """One line down."""
        self._scroll(1)

    def action_line_up(self) -> None:
        """One line up."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """A page down, two lines of which were on the screen before."""
        self._scroll(max(1, self.size.height - 2))

    def action_page_up(self) -> None:
        """A page up, two lines of which were on the screen before."""
        self._scroll(-max(1, self.size.height - 2))

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self._scroll(max(1, self.size.height // 2))

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self._scroll(-max(1, self.size.height // 2))

    def _scroll(self, lines: int) -> None:
        if not self._items:
            return
        if self._viewport.scroll(lines):
            self._follow()
        elif abs(lines) > 1:
            self._select(len(self._items) - 1 if lines > 0 else 0)
        self._changed()

    def _follow(self) -> None:
        """Keep the current turn in the window: the nearest of which text can be seen."""
        seen = [place.item for place in self._viewport.rows() if place.line >= self._block_of_item(place.item).lead]
        if seen and not seen[0] <= self._item <= seen[-1]:
            self._select(max(seen[0], min(self._item, seen[-1])))

    def action_first_turn(self) -> None:
        """Go to the first turn."""
        if self._items:
            self._select(0)
            self._viewport.go(Place(0, 0))
            self._changed()

    def action_last_turn(self) -> None:
        """Go to the last line of the last turn."""
        if self._items:
            self._select(len(self._items) - 1)
            self._viewport.go_to_end()
            self._changed()

    # Textual

    def on_resize(self) -> None:
        """Lay out for the new size, unless that was done for the picture, which may come first."""
        if self._fitted != self.size:
            self._arrange(self._page.labels)
        self._changed()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by the wheel."""
        event.stop()
        self._scroll(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by the wheel."""
        event.stop()
        self._scroll(-_WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        """Make the turn under the pointer the current one."""
        rows = self._visible_rows()
        if event.y < len(rows):
            self._select(rows[event.y].item)
            self._changed()

    def _visible_rows(self) -> list[Place]:
        if self._rows is None:
            self._rows = list(self._viewport.rows())
        return self._rows

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region, laid out for the size and drawn with the styles as they are now."""
        if self._fitted != self.size:
            self._arrange(self._page.labels)
        self._ink = turn_ink.TurnInk(self._page, turn_ink.Inks.of(self))
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A row of the window."""
        rows = self._visible_rows()
        if y >= len(rows):
            return Strip.blank(self.size.width, self.rich_style)
        item, line = rows[y]
        turn, block = self._items[item], self._block_of_item(item)
        if self.layout_shown is Layout.SCRIPT:
            topmost = y == 0 and line > block.first
        else:
            topmost = y == 0 and line >= block.first and self._is_tall(item)
        return self._ink.line(Place(turn, line), self._marks(turn), topmost=topmost)

    def _marks(self, turn: int) -> turn_ink.Marks:
        hits = () if self._hits is None else self._hits.in_turn(turn)
        chosen = self.current_hit
        at = chosen[1:] if chosen is not None and chosen[0] == turn else None
        return turn_ink.Marks(current=turn == self.current, hits=hits, current_hit=at)
