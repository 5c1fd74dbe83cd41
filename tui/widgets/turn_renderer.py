"""Renders the lines of turns with the styles of the theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.core.layout import Block, Layout, Line, LinePosition, Look, Part, Piece, PieceKind, Span, TranscriptLayout
from tui.core.transcript import Role
from tui.widgets.line_builder import LineBuilder

CLASSES = {
    *(f"turn--{part}-{role.value}" for part in ("bar", "role") for role in Role),
    "turn--time",
    "turn--faint",
    "turn--note",
    "turn--mark",
    "turn--hit",
    "turn--current-hit",
}


class Marks(NamedTuple):
    """The marks in a turn.

    Attributes:
        current: Whether it is the current turn.
        hits: Returns the hits between two offsets in its text.
        current_hit: The current hit.
    """

    current: bool = False
    hits: Callable[[int, int], Sequence[Span]] = lambda start, end: ()
    current_hit: Span | None = None


class TurnRenderer:
    """Renders lines of the blocks of one layout.

    Args:
        page: The blocks.
        widget: Has the styles, as component classes.
    """

    def __init__(self, page: TranscriptLayout, widget: Widget) -> None:
        self._page = page
        self._blank = widget.rich_style
        # ``get_component_rich_style`` finds each style a second time, on top of those around it: most of its work
        self._styles = {name: widget.get_component_styles(name).partial_rich_style for name in CLASSES}

    def line(self, place: LinePosition, marks: Marks, *, names: bool) -> Strip:
        """Render a line of a turn's block.

        Args:
            place: The turn's index and the line in its block.
            marks: The marks in the turn.
            names: Whether the line must name the turn, as its heading is out of view.
        """
        block = self._page.block(place.item)
        line = block.lines[place.line]
        row = LineBuilder(self._page.layout.width, self._blank)
        pieces = block.pieces(line, names=names)
        parts = [(piece.column, partial(self._piece, row, block, piece)) for piece in pieces]
        if line.span is not None:
            parts.append((block.left, partial(self._text, row, block, line, marks)))
        if block.has_bar(line) and (bar := self._bar(block, marks)):
            style = self._styles[f"turn--bar-{block.content.role.value}"]
            parts.append((block.bar, partial(row.put, bar, style, block.bar)))
        for _, draw in sorted(parts, key=itemgetter(0)):
            draw()
        return row.strip()

    def _bar(self, block: Block, marks: Marks) -> str:
        if marks.current:
            return "▐" if block.bar > block.left else "▌"
        return "│" if self._page.layout.kind is Layout.CHAT else ""

    def _piece(self, row: LineBuilder, block: Block, piece: Piece) -> None:
        role = f"role-{block.content.role.value}"
        names = {PieceKind.ROLE: role, PieceKind.NOTE: "note", PieceKind.MARK: "mark"}
        row.put(piece.text, self._styles[f"turn--{names.get(piece.kind, 'time')}"], piece.column)

    def _text(self, row: LineBuilder, block: Block, line: Line, marks: Marks) -> None:
        row.put("", self._blank, block.left + line.indent)
        faint, note = self._styles["turn--faint"], self._styles["turn--note"]
        styles = {Look.WORDS: Style.null(), Look.BESIDES: faint, Look.FAILURE: note}
        for part in line.drawn():
            self._part(row, block.content.body, part, styles[block.content.look(part.start)], marks)

    def _part(self, row: LineBuilder, body: str, part: Part, plain: Style, marks: Marks) -> None:
        """Draw a part of the text; an elided part with a hit is marked as a hit."""
        at, end, instead = part
        hits = marks.hits(at, end)
        if instead and hits:
            row.put(instead, self._hit(marks.current_hit in hits))
        elif instead is not None and not hits:
            row.put(instead, plain)
        else:
            for hit in hits:
                row.put(body[at : hit[0]], plain)
                row.put(body[max(hit[0], at) : min(hit[1], end)], self._hit(hit == marks.current_hit))
                at = min(hit[1], end)
            row.put(body[at:end], plain)

    def _hit(self, is_current: bool) -> Style:
        return self._styles["turn--current-hit" if is_current else "turn--hit"]
