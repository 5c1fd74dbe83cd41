"""How a line of a turn looks: the pieces of a block in the styles of the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.core.layout import Block, Layout, Page, Place
from tui.core.transcript import Role
from tui.widgets.row import Row

Span = tuple[int, int]

CLASSES = {
    "turn--user",
    "turn--assistant",
    "turn--other",
    "turn--bar",
    "turn--time",
    "turn--faint",
    "turn--hit",
    "turn--current-hit",
}


class Inks(NamedTuple):
    """The styles of the theme for what a turn consists of."""

    blank: Style
    roles: dict[Role, Style]
    bar: Style
    time: Style
    faint: Style
    hit: Style
    current_hit: Style

    @classmethod
    def of(cls, widget: Widget) -> Inks:
        """Read the styles of a widget's component classes."""
        return cls(
            blank=widget.rich_style,
            roles={role: widget.get_component_rich_style(f"turn--{role.value}", partial=True) for role in Role},
            **{
                name: widget.get_component_rich_style(f"turn--{name.replace('_', '-')}", partial=True)
                for name in ("bar", "time", "faint", "hit", "current_hit")
            },
        )


class Marks(NamedTuple):
    """What is marked in a turn: itself as the current one, its hits, the current one of them."""

    current: bool = False
    hits: Sequence[Span] = ()
    current_hit: Span | None = None


class TurnInk:
    """Draws lines of the blocks of one page.

    Args:
        page: The blocks.
        inks: The styles.
    """

    def __init__(self, page: Page, inks: Inks) -> None:
        self._page = page
        self._inks = inks

    def line(self, place: Place, marks: Marks, *, topmost: bool) -> Strip:
        """A line of the block of a turn.

        Args:
            place: The turn's index and the line in its block.
            marks: What is marked in it.
            topmost: Whether it is the first line on the screen of a turn that began above: it names the turn.
        """
        block = self._page.block(place.item)
        row = Row(self._page.geometry.width, self._inks.blank)
        if self._page.geometry.layout is Layout.SCRIPT:
            self._script_line(row, block, place, marks, names=topmost or place.line == block.first)
        elif topmost or block.lead <= place.line < block.first:
            self._head(row, block, place.item)
        elif place.line >= block.first:
            self._chat_line(row, block, place, marks)
        return row.strip()

    def _head(self, row: Row, block: Block, turn: int) -> None:
        row.put(self._page.speaker(turn), self._role(block), block.left)
        row.put(self._page.time(turn), self._inks.time, row.column + 2)

    def _chat_line(self, row: Row, block: Block, place: Place, marks: Marks) -> None:
        column = self._page.geometry.bar(block)
        style = self._inks.roles[block.role] + (Style.null() if marks.current else self._inks.bar)
        right = column > block.left
        bar = ("▐" if right else "▌") if marks.current else "│"
        if not right:
            row.put(bar, style, column)
        self._text(row, block, place.line, marks)
        if right:
            row.put(bar, style, column)

    def _script_line(self, row: Row, block: Block, place: Place, marks: Marks, *, names: bool) -> None:
        geometry = self._page.geometry
        if marks.current:
            row.put("▌", self._inks.roles[block.role], 0)
        if names:
            if geometry.time_cells:
                row.put_right(self._page.time(place.item), self._inks.time, geometry.role_column - 1)
            edge = geometry.role_column + geometry.role_cells
            row.put_right(self._page.speaker(place.item), self._role(block), edge)
        self._text(row, block, place.line, marks)

    def _role(self, block: Block) -> Style:
        return self._inks.roles[block.role] + Style(bold=True)

    def _text(self, row: Row, block: Block, line: int, marks: Marks) -> None:
        at, end = block.spans[line - block.first]
        plain = Style.null() if at < block.words else self._inks.faint
        row.put("", plain, block.left)
        for first, last in marks.hits:
            if last > at and first < end:
                row.put(block.body[at:first], plain)
                is_current = (first, last) == marks.current_hit
                style = self._inks.current_hit if is_current else self._inks.hit
                row.put(block.body[max(first, at) : min(last, end)], style)
                at = min(last, end)
        row.put(block.body[at:end], plain)
