"""A list of hits below their calls, of which only the lines on the screen are drawn; its owner says which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from tui.core.excerpt import excerpt
from tui.core.fold import Span
from tui.core.target import Target
from tui.core.text import clip, safe_line
from tui.widgets.drawn_list import DrawnList
from tui.widgets.line_builder import LineBuilder

_TURN_COLUMN, _TEXT_COLUMN = 2, 10
_MOST_TEXT_CELLS = 110
_BRIEF_ROWS = 7
"""So many lines are drawn while somebody types: on a slow link, more would make the next letter wait."""


class HitLine(NamedTuple):
    """A line of the list.

    Attributes:
        name: The id of a call, or the number of a turn; need not be safe. Empty for a remark below the turns.
        text: The text of the turn, which need not be safe, or the remark.
        hits: The spans of the hits in the text of a turn; none for a call.
        target: The turn, with which its call opens; None for the line of a call, and for a remark.
        facts: What is known of the call; need not be safe.
    """

    name: str
    text: str
    hits: Sequence[Span] = ()
    target: Target | None = None
    facts: Sequence[str] = ()


class HitList(DrawnList):
    """The list of hits."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hits--call", "hits--fact", "hits--turn", "hits--text", "hits--hit"}

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[HitLine] = ()
        self._is_brief = False

    def show(self, lines: Sequence[HitLine], chosen: int | None) -> None:
        """Replace the lines.

        Args:
            lines: All of them.
            chosen: The index of the chosen one; None for none.
        """
        self._lines, self._chosen = lines, chosen
        self._scroll_to_chosen()
        self.refresh()

    def be_brief(self, is_brief: bool) -> None:
        """Draw the first lines only, or all that have room."""
        if is_brief is not self._is_brief:
            self._is_brief = is_brief
            self.refresh()

    def _first_shown_with(self, index: int) -> int:
        return index - 1 if index and not self._lines[index - 1].hits else index  # the line of its call

    def _draw(self, row: LineBuilder, index: int) -> None:
        """Draw a call, a turn with a hit, or a remark."""
        line = self._lines[index]
        if self._is_brief and index - self._top >= _BRIEF_ROWS:
            return
        if line.hits:
            self._draw_turn(row, line, is_chosen=index == self._chosen)
        elif line.name:
            self._draw_call(row, line)
        else:
            row.put(line.text, self.get_component_rich_style("hits--fact", partial=True), _TEXT_COLUMN)

    def _draw_call(self, row: LineBuilder, line: HitLine) -> None:
        styles = self.get_component_rich_style
        row.put(clip(safe_line(line.name), max(8, self.size.width // 3)), styles("hits--call", partial=True), 1)
        room = max(0, self.size.width - row.column - 3)
        row.put(clip("  ".join(map(safe_line, line.facts)), room), styles("hits--fact", partial=True), row.column + 2)

    def _draw_turn(self, row: LineBuilder, line: HitLine, *, is_chosen: bool) -> None:
        styles = self.get_component_rich_style
        row.put("▌" if is_chosen else " ", styles("hits--call", partial=True), 0)
        row.put(line.name, styles("hits--turn", partial=True), _TURN_COLUMN)
        room = min(_MOST_TEXT_CELLS, max(10, self.size.width - _TEXT_COLUMN - 1))
        text, marked = (styles(name, partial=True) for name in ("hits--text", "hits--hit"))
        row.put("", text, _TEXT_COLUMN)
        for words, is_hit in excerpt(line.text, line.hits, room).parts():
            row.put(words, marked if is_hit else text)
