"""One turn as a block of lines, in the chat or in the script layout."""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum
from typing import NamedTuple

from tui.core.layout.wrap import Span, wrap
from tui.core.text import cell_len
from tui.core.transcript import Role

CHAT_CELLS = 76
SCRIPT_CELLS = 100
NARROW = 100
"""Below this width a screen is shown as a script unless the user asked for the chat."""


class Layout(Enum):
    """How turns stand on the screen."""

    CHAT = "chat"
    SCRIPT = "script"


class Geometry(NamedTuple):
    """Where things stand in a window of a given width; all measures in cells.

    Attributes:
        layout: Chat (sides, a head line above each text) or script (columns).
        width: The window's width.
        time_cells: Width of the script's time column; 0 leaves it out.
        role_cells: Width of the script's role column.
    """

    layout: Layout
    width: int
    time_cells: int = 0
    role_cells: int = 9

    @property
    def text_cells(self) -> int:
        """The width at which texts wrap; never less than one cell."""
        if self.layout is Layout.SCRIPT:
            return max(1, min(SCRIPT_CELLS, self.width - self.text_column - 2))
        return max(1, min(CHAT_CELLS, self.width - 6 - self.width // 10))

    @property
    def text_column(self) -> int:
        """The column of the script's texts, and of the chat's left side."""
        if self.layout is Layout.CHAT:
            return 3
        return self.role_column + self.role_cells + 1

    @property
    def role_column(self) -> int:
        """The script's column of role words."""
        return 2 + (self.time_cells + 1 if self.time_cells else 0)

    def left(self, role: Role, cells: int) -> int:
        """The column at which a block of that many cells begins."""
        if self.layout is Layout.SCRIPT or role is Role.ASSISTANT:
            return self.text_column
        if role is Role.USER:
            return max(0, self.width - 4 - cells)
        return max(0, (self.width - self.text_cells) // 2)

    def bar(self, block: Block) -> int:
        """The column of the bar at the outer edge of a block."""
        if self.layout is Layout.SCRIPT:
            return 0
        return self.width - 2 if block.role is Role.USER else block.left - 2


class Block(NamedTuple):
    """A turn as lines: blank ones that lead in, its head, its text.

    Attributes:
        role: Whose side it stands on.
        body: The safe text that is shown.
        spans: The lines of the body as offsets into it.
        lead: The number of blank lines before it.
        head: The number of head lines, 0 or 1.
        left: The column at which head and text begin.
        words: How many characters of the body were said; what follows them the turn carries besides.
    """

    role: Role
    body: str
    spans: tuple[Span, ...]
    lead: int
    head: int
    left: int
    words: int

    @property
    def first(self) -> int:
        """The line at which the text begins."""
        return self.lead + self.head

    @property
    def height(self) -> int:
        """All its lines."""
        return self.first + len(self.spans)

    def offset_at(self, line: int) -> int:
        """The text offset shown on a line; before the text it is the distance from it as a negative number."""
        return line - self.first if line < self.first else self.spans[line - self.first][0]

    def line_of(self, offset: int) -> int:
        """The line that shows a text offset, or the inverse of ``offset_at`` for one outside the text."""
        if offset < 0:
            return max(0, self.first + offset)
        starts = [start for start, _ in self.spans]
        return self.first + max(0, bisect_right(starts, offset) - 1)


def lay_out(geometry: Geometry, role: Role, head: str, body: str, *, words: int | None = None) -> Block:
    """Break a turn into lines.

    Args:
        geometry: The window.
        role: Whose side the turn stands on.
        head: The role word and what stands beside it, safe; empty for a text without a speaker.
        body: The safe text.
        words: How many characters of the body were said; None for all.
    """
    spans = tuple(wrap(body, geometry.text_cells))
    chat = geometry.layout is Layout.CHAT
    cells = 0
    if chat and role is Role.USER:
        cells = max(cell_len(head), *(cell_len(body[start:end]) for start, end in spans))
    return Block(
        role=role,
        body=body,
        spans=spans,
        lead=int(chat),
        head=int(chat and bool(head)),
        left=geometry.left(role, cells),
        words=len(body) if words is None else words,
    )
