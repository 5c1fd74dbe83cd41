"""A turn as a block of typed lines, each with the text offsets that it shows. The layouts make the lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from tui.core.layout.wrap import Span
from tui.core.transcript import Role

_LEFT_OUT = "·· turns left out ··"


class LineKind(Enum):
    """The type of a line."""

    BLANK = "blank"
    HEAD = "head"
    TEXT = "text"
    NOTE = "note"
    SILENCE = "silence"


class PieceKind(Enum):
    """The type of a piece, which decides its style."""

    ROLE = "role"
    TIME = "time"
    NOTE = "note"
    MARK = "mark"


FOLDED = "▸"
"""Stands before a structure that can be unfolded."""
MARKED = "marked"
"""The word beside the time of a turn with a mark."""


class Piece(NamedTuple):
    """Safe text at a column of a line, besides the text of the turn."""

    column: int
    text: str
    kind: PieceKind


class Part(NamedTuple):
    """A part of the body on a line.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        instead: Text drawn in its place, where it is shortened or left out; None draws the body's own text.
    """

    start: int
    end: int
    instead: str | None = None


class Line(NamedTuple):
    """A line of a block.

    Attributes:
        kind: Its type.
        pieces: The pieces beside the text, in ascending columns.
        span: The part of the body that it shows; None unless it is text.
        indent: Its distance from the column at which the text begins.
        parts: The parts of the span, if any of them differs from the body; else empty.
    """

    kind: LineKind
    pieces: tuple[Piece, ...] = ()
    span: Span | None = None
    indent: int = 0
    parts: tuple[Part, ...] = ()

    def drawn(self) -> tuple[Part, ...]:
        """The parts of the body that it draws, from left to right."""
        return self.parts or ((Part(*self.span),) if self.span is not None else ())


BLANK = Line(LineKind.BLANK)


class Remarks(NamedTuple):
    """The remarks about a turn, in safe words.

    Attributes:
        notes: What happened in it, in a few words each.
        silence: The silence before it; empty without one.
        is_long: Whether that silence is a moment.
        moments: The notes, and the silence if it is a moment, for a layout without lines for silences.
        is_marked: Whether the user has marked the turn.
        reported: What others report of it, a line each.
    """

    notes: tuple[str, ...] = ()
    silence: str = ""
    is_long: bool = False
    moments: tuple[str, ...] = ()
    is_marked: bool = False
    reported: tuple[str, ...] = ()


NO_REMARKS = Remarks()


class Structure(NamedTuple):
    """A part of the body that can be folded to one line, such as a tool call.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        failed_at: Where its failure begins; its end without one.
    """

    start: int
    end: int
    failed_at: int


class Look(Enum):
    """The type of a part of the body, which decides its style."""

    WORDS = "words"
    BESIDES = "besides"
    FAILURE = "failure"


class Content(NamedTuple):
    """The content of a turn as it is shown; all text is safe.

    Attributes:
        role: Decides its side.
        speaker: The role word; empty for a legacy text, which has no speaker.
        time: Its time as it is shown; empty if unknown.
        body: Its text.
        words: How many characters of the body were spoken; structures follow.
        continues: Whether the turn shown before it is of the same speaker, so that both are one run.
        remarks: The remarks about it.
        structures: The parts of the body that can be folded, in their order, at its end.
        is_unfolded: Whether the structures are unfolded.
        is_apart: Whether turns before it are left out, and a line says so.
    """

    role: Role
    speaker: str
    time: str
    body: str
    words: int
    continues: bool = False
    remarks: Remarks = NO_REMARKS
    structures: tuple[Structure, ...] = ()
    is_unfolded: bool = False
    is_apart: bool = False

    def look(self, offset: int) -> Look:
        """The look of the body at an offset."""
        if any(structure.failed_at <= offset < structure.end for structure in self.structures):
            return Look.FAILURE
        return Look.WORDS if offset < self.words else Look.BESIDES


class Block(NamedTuple):
    """A turn as lines: a blank one or a silence, the head, the notes, the text.

    Attributes:
        content: The content of the turn.
        lines: All its lines; those of the text come last.
        lead: The number of lines before the head.
        left: The column at which the text begins.
        bar: The column of the bar that marks the turn's outer edge.
        title: Role and time, drawn on a line of the text while the head is out of sight.
        is_headed: Whether role and time stand on the head alone, as the text leaves them no room.
    """

    content: Content
    lines: tuple[Line, ...]
    lead: int
    left: int
    bar: int
    title: tuple[Piece, ...] = ()
    is_headed: bool = False

    def pieces(self, line: Line, *, names: bool) -> tuple[Piece, ...]:
        """The pieces of a line.

        Args:
            line: The line.
            names: Whether it must name the turn, as its heading is out of view.
        """
        named = LineKind.HEAD if self.is_headed else LineKind.TEXT
        return self.title if names and line.kind is named else line.pieces

    def has_bar(self, line: Line) -> bool:
        """Whether a line is beside the turn's bar."""
        return line.kind in (LineKind.TEXT, LineKind.NOTE) or (self.is_headed and line.kind is LineKind.HEAD)

    @property
    def first(self) -> int:
        """The line at which the text begins."""
        return next(index for index, line in enumerate(self.lines) if line.kind is LineKind.TEXT)

    @property
    def height(self) -> int:
        """The number of its lines."""
        return len(self.lines)

    @property
    def spans(self) -> list[Span]:
        """The lines of the text, as offsets into the body."""
        return [line.span for line in self.lines if line.span is not None]

    def folds_away(self, start: int, end: int) -> bool:
        """Whether folding hides a part of the text."""
        if self.content.is_unfolded or not any(structure.start < end for structure in self.content.structures):
            return False
        parts = self.lines[self.line_of(start)].parts
        return any(part.instead and part.start < end and start < part.end for part in parts)

    def is_folded(self, line: int) -> bool:
        """Whether a line is a structure that can be unfolded."""
        shown = self.lines[line]
        is_structure = any(structure[:2] == shown.span for structure in self.content.structures)
        return is_structure and bool(shown.parts) and (shown.parts[0].instead or "").startswith(FOLDED)

    def offset_at(self, line: int) -> int:
        """The text offset of a line; for a line before the text, its distance from the text as a negative number."""
        span = self.lines[line].span
        return line - self.first if span is None else span[0]

    def line_of(self, offset: int) -> int:
        """The line that shows a text offset, or the inverse of ``offset_at`` for one outside the text."""
        if offset < 0:
            return max(0, self.first + offset)
        starts = [start for start, _ in self.spans]
        return self.first + max(0, bisect_right(starts, offset) - 1)


def lines_between(content: Content, column: Callable[[str], int]) -> list[Line]:
    """The lines between a turn and the one shown before it: that turns are left out there, and a silence.

    Args:
        content: The content of the turn.
        column: Gives the column at which a text begins.
    """
    remarks = content.remarks
    kind = PieceKind.NOTE if remarks.is_long else PieceKind.TIME
    texts = ((_LEFT_OUT if content.is_apart else "", PieceKind.TIME), (remarks.silence, kind))
    return [Line(LineKind.SILENCE, (Piece(column(text), text, kind),)) for text, kind in texts if text]
