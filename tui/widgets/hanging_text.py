"""A text whose further lines hang below its body, not below its head: a name and its value, an entry of a tree."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


@dataclass(frozen=True)
class HangingText(Visual):
    """A head and a body, to be drawn in any width.

    Attributes:
        head: What stands before the first line of the body.
        body: The text.
        hang: By how many cells further lines stand to the right of the first line of the body.
    """

    head: Content
    body: Content
    hang: int = 0

    def __str__(self) -> str:
        return f"{self.head.plain}{self.body.plain}"

    def _cells(self, width: int) -> int:
        """The cells before further lines; none in a width that has no room for them."""
        cells = self.head.cell_length + self.hang
        return cells if cells * 2 <= width else 0

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines."""
        width = max(1, width)
        cells = self._cells(width)
        if not cells:
            return Content.assemble(self.head, self.body).render_strips(width, height, style, options)
        first = self.head.render_strips(max(1, self.head.cell_length), 1, style, options) if self.head else []
        lines = self.body.render_strips(width - cells, height, style, options)
        blank = Strip.blank(cells, style.rich_style)
        return [Strip.join([*first, lines[0]]), *(Strip.join([blank, line]) for line in lines[1:])]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """The width without a wrapped line."""
        return self.head.cell_length + self.hang + self.body.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """The number of lines in a width; none at all is as one cell, in which ``Content`` can be wrapped."""
        width = max(1, width)
        cells = self._cells(width)
        body = self.body if cells else Content.assemble(self.head, self.body)
        return body.get_height(rules, width - cells)
