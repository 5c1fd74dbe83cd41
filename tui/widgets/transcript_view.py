"""The turns of a call as lines, scrolled by keyboard; only the lines in the window are ever built.

``core.layout.reader`` owns the reading position and movements; hits, times and layout are set from
outside. It is no ``ScrollView``, which needs the height of the whole text in advance, and so would
wrap every turn of the call at each change of width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.core.layout import NARROW, Folds, Layout, LinePosition, Reader, Remarks, TimeLabels, TranscriptLayout
from tui.core.transcript import Transcript, Turn
from tui.keys import Keymap
from tui.widgets import turn_renderer
from tui.widgets.reader_controls import ReaderControls

if TYPE_CHECKING:
    from tui.core.search import Hits

_WHEEL_LINES = 3


class TranscriptView(ReaderControls, can_focus=True):
    """Shows one transcript, with movements by key and mouse.

    Args:
        keymap: The keys of the actions.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = turn_renderer.CLASSES

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(Reader(TranscriptLayout(Transcript(call_id="")), 0))
        self._keymap = keymap
        self._fitted = Size(0, 0)
        self._hits: Hits | None = None
        self._wanted: Layout | None = None

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Leave the styles, which do not depend on the focus, as they are: to find them takes a millisecond."""

    # What is shown

    @property
    def turns(self) -> Sequence[Turn]:
        """The shown turns; a legacy text counts as one."""
        return self._reader.page.turns

    @property
    def texts(self) -> Sequence[str]:
        """The shown text of each turn, for searching."""
        return self._reader.page.texts

    @property
    def layout_shown(self) -> Layout:
        """The current layout, chosen by the user or by width."""
        return self._reader.page.layout.kind

    def is_shown(self, turn: int) -> bool:
        """Whether a turn is on show, and not left out by the filter."""
        return self._reader.is_shown(turn)

    def time_shown(self, turn: int) -> str:
        """The shown time of a turn; empty if unknown."""
        return self._reader.page.time(turn)

    def remarks_shown(self, turn: int) -> Remarks:
        """The remarks on a turn, as shown."""
        return self._reader.page.block(turn).content.remarks

    @property
    def turns_shown(self) -> range:
        """The turns in the window."""
        self._fit()
        rows = self._reader.rows() if self._fitted else ()
        return range(rows[0][0], rows[-1][0] + 1) if rows else range(0)

    def turn_with_hit(self, turn: int) -> int | None:
        """The first turn with a hit, from a turn on."""
        hit = self._hits.next_after(turn, -1) if self._hits is not None else None
        return None if hit is None else hit[0]

    def turn_typed(self, place: str) -> int:
        """The turn at a place that the user typed; of several with this time, the next one. Raises UsageError."""
        from tui.core.layout.labelled import turn_typed

        return turn_typed(self._reader.page.labels, self.turns, place, self.current)

    def show(
        self, transcript: Transcript, labels: TimeLabels, layout: Layout | None, *, unfolds_all: bool = False
    ) -> None:
        """Show a transcript; reading position and folds are kept if the call is the same.

        Args:
            transcript: The transcript.
            labels: The times to show.
            layout: The layout; None to choose by width.
            unfolds_all: Whether the structures of another call are unfolded.
        """
        is_same, folds = transcript.call_id == self._reader.page.transcript.call_id, self._reader.page.folds
        place = self.current if is_same else 0
        self._reader, self._hits = Reader(TranscriptLayout(transcript), self.size.height), None
        self._reader.page.fold(folds if is_same else Folds(unfolds_all))
        self._fitted = Size(0, 0)
        self.show_as(labels, layout)
        self.go_to_turn(min(place, max(0, len(self.turns) - 1)))

    def show_as(self, labels: TimeLabels, layout: Layout | None) -> None:
        """Change times and layout; keeps the reading position, and the current turn visible.

        Args:
            labels: The times to show.
            layout: The layout; None to choose by width.
        """
        was, self._wanted = self.layout_shown, layout
        self._fit(labels)
        if was is Layout.OUTLINE and self.layout_shown is not was:
            self._reader.show_current()
        self._changed()

    def remark(self, remarks: Callable[[int], Remarks]) -> None:
        """Set the remarks on turns; the current turn stays in its row."""
        self._move(self._reader.remark, remarks)

    def mark_hits(self, hits: Hits | None, only: Sequence[int] | None = None, *, parted: bool = False) -> None:
        """Mark the hits of a search; the current hit stays current as long as it is one.

        Args:
            hits: The hits; None for no search.
            only: The turns to show, in order; None for all.
            parted: Whether a line stands between two of them that do not follow each other.
        """
        if only is not None or self._reader.is_filtered:
            self._reader.show_only(only, parted=parted)
        self._hits, current = hits, self.current_hit
        if hits is None or (current is not None and hits.index_of(current) is None):
            self._reader.current_hit = None
        self._changed()

    def handles_locally(self, key: events.Key) -> bool:
        """Whether a key only moves within the transcript, and leads to no notice, which may take rows of it."""
        return key.key in self._keymap.moves

    # The mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by the wheel."""
        event.stop()
        self.scroll_lines(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by the wheel."""
        event.stop()
        self.scroll_lines(-_WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        """Make the turn under the pointer the current one; what is folded there is unfolded."""
        self._move(self._reader.go_to_row, event.y)

    # Drawing

    def on_resize(self) -> None:
        """Lay out for the new size, unless drawing, which may come first, has done so."""
        self._fit()
        self._changed()

    def _fit(self, labels: TimeLabels | None = None) -> None:
        """Lay out for the current size of the window, unless that is done; with other times in any case."""
        if labels is None and self._fitted == self.size:
            return
        is_first, self._fitted = not self._fitted, self.size
        by_width = Layout.SCRIPT if self.size.width < NARROW else Layout.CHAT
        self._reader.arrange(
            self._wanted or by_width, *self.size, labels or self._reader.page.labels, is_first=is_first
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region, with the current size and styles."""
        self._fit()
        self._renderer = turn_renderer.TurnRenderer(self._reader.page, self)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A row of the window."""
        rows = self._reader.rows()
        if y >= len(rows):
            return Strip.blank(self.size.width, self.rich_style)
        turn, line = rows[y]
        return self._renderer.line(
            LinePosition(turn, line), self._marks(turn), names=y == 0 and self._needs_name(turn, line)
        )

    def _needs_name(self, turn: int, line: int) -> bool:
        """Whether the first row must name the turn, as its heading is out of view."""
        block = self._reader.page.block(turn)
        is_below_head = line > block.lead and (self.layout_shown is Layout.SCRIPT or self._reader.is_tall(turn))
        return block.content.continues or is_below_head

    def _marks(self, turn: int) -> turn_renderer.Marks:
        marks = turn_renderer.Marks(current=turn == self.current)
        if self._hits is None:
            return marks
        chosen = self.current_hit
        at = chosen[1:] if chosen is not None and chosen[0] == turn else None
        return marks._replace(hits=partial(self._hits.in_part, turn), current_hit=at)
