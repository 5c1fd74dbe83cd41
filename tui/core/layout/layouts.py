"""The layouts: each makes the block of a turn for a window of one width. A new layout is a new class here."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from tui.core.layout.block import BLANK, MARKED, Block, Content, Line, LineKind, Piece, PieceKind, lines_between
from tui.core.layout.body import body_lines, first_words
from tui.core.text import cell_len, clip
from tui.core.transcript import Role

WIDEST = 120
"""Cells. A wider window shows the turns in its middle, so that the two sides stay close."""
CHAT_CELLS = 76
SCRIPT_CELLS = 100
"""The longest lines that are easy to read, in a lane of the chat and in the script's column of texts."""
NARROW = 100
"""Below this width a screen is shown as a script unless the user asked for the chat."""
STACKED = 60
"""Below this width the words of a script stand under role and time where beside them they had too little room."""

_MARGIN = 3
"""Cells at each outer edge: the bar and the blanks around it."""
_GAP = 2
_BESIDE_BAR, _UNDER_HEAD = 2, 4
"""The columns of role and time, and of the words below them, in a script without columns."""
_LEAST_NOTE = 8
"""In fewer cells a note of the outline that has to be cut tells nothing, and the words have them."""


class Layout(Enum):
    """The arrangement of the turns on the screen."""

    CHAT = "chat"
    SCRIPT = "script"
    OUTLINE = "outline"


class TurnLayout(Protocol):
    """Makes blocks.

    Attributes:
        kind: The layout that it makes.
        width: The window's width in cells.
        speaker_cells: The longest role word that fits.
    """

    kind: Layout
    width: int
    speaker_cells: int

    def block(self, content: Content) -> Block:
        """The block of a turn."""


class Chat:
    """Two lanes, the assistant's at the left and the user's at the right; all others stand between them.

    Role and time stand above the text. In a run only the first turn has them; the time of each further one stands
    beside its first line, on the inner side of the lane, in one column.
    """

    kind = Layout.CHAT
    speaker_cells = 24

    def __init__(self, width: int) -> None:
        self.width = width
        self._cells = min(width, WIDEST)
        self._origin = (width - self._cells) // 2
        self.text_cells = max(1, min(CHAT_CELLS, self._cells * 2 // 3 - 2))

    def block(self, content: Content) -> Block:
        """The block of a turn."""
        left = self._left(content.role)
        names_itself = bool(content.speaker) and not content.continues
        lines = self._lead(content)
        lead = len(lines)
        head = _head(left, content) if names_itself else ()
        lines += _head_and_notes(left, self.text_cells, content, head)
        text = body_lines(content, self.text_cells)
        if not names_itself:
            text[0] = text[0]._replace(pieces=self._gutter(content, left, ""))
        lines += text
        return Block(
            content=content,
            lines=tuple(lines),
            lead=lead,
            left=left,
            bar=self._bar(content.role, left),
            title=self._gutter(content, left, content.speaker),
        )

    def _lead(self, content: Content) -> list[Line]:
        """The lines above a turn: those between it and the one before, else a blank one; none within a run."""
        between = lines_between(content, lambda text: self._origin + max(0, self._cells - cell_len(text)) // 2)
        return between or ([] if content.continues else [BLANK])

    def _left(self, role: Role) -> int:
        room = self._cells - self.text_cells
        inside = {Role.ASSISTANT: _MARGIN, Role.USER: room - _MARGIN - 1, Role.OTHER: room // 2}[role]
        return self._origin + max(0, inside)

    def _bar(self, role: Role, left: int) -> int:
        return max(0, self._origin + self._cells - 2 if role is Role.USER else left - 2)

    def _gutter(self, content: Content, left: int, speaker: str) -> tuple[Piece, ...]:
        """Role and time on the inner side of a lane, as far as there is room."""
        is_before, right = content.role is Role.USER, left + self.text_cells
        start, end = (self._origin, left - _GAP) if is_before else (right + _GAP, self._origin + self._cells - _MARGIN)
        room = end - start - cell_len(content.time) - (len(MARKED) + _GAP if content.remarks.is_marked else 0)
        if room < 0:
            return ()
        head = _head(0, content._replace(speaker=clip(speaker, room - _GAP) if room > 2 * _GAP else ""))
        shift = end - _end(head) if is_before else start
        return tuple(piece._replace(column=piece.column + shift) for piece in head)


class _Columns:
    """A layout with columns of times, role words and texts.

    Args:
        width: The window's width in cells.
        time_cells: The width of the column of times; 0 leaves it out.
        role_cells: The width of the column of role words.
    """

    speaker_cells = 12

    def __init__(self, width: int, time_cells: int = 0, role_cells: int = 9) -> None:
        self.width = width
        self._time_cells = time_cells
        self._role_cells = role_cells
        self._origin = max(0, (width - WIDEST) // 2)
        self._role = self._origin + 2 + (time_cells + 1 if time_cells else 0)
        self.text_column = self._role + role_cells + 1

    def _beside(self, content: Content, speaker: str) -> tuple[Piece, ...]:
        """Time and role, each right-aligned in its column."""
        columns = (
            (clip(content.time, self._time_cells), PieceKind.TIME, self._role - 1),
            (clip(speaker, self._role_cells), PieceKind.ROLE, self.text_column - 1),
        )
        return tuple(Piece(max(0, edge - cell_len(text)), text, kind) for text, kind, edge in columns if text)


class Script(_Columns):
    """Columns: time, role, text. In a run the role stands on its first turn alone.

    Notes stand above the text, on the line with time and role.
    """

    kind = Layout.SCRIPT

    def __init__(self, width: int, time_cells: int = 0, role_cells: int = 9) -> None:
        super().__init__(width, time_cells, role_cells)
        self.text_cells = max(1, min(SCRIPT_CELLS, width - self._origin - self.text_column - 2))

    def block(self, content: Content) -> Block:
        """The block of a turn."""
        title = self._beside(content, content.speaker)
        lines = lines_between(content, lambda _: self.text_column)
        lead, beside = len(lines), self._beside(content, "") if content.continues else title
        notes = _notes(self.text_column, self.text_cells, content)
        for pieces in filter(None, (notes, *_reported(self.text_column, self.text_cells, content))):
            lines.append(Line(LineKind.NOTE, (*(title if len(lines) == lead else ()), *pieces)))
            beside = ()
        return Block(
            content=content,
            lines=(*lines, *body_lines(content, self.text_cells, beside)),
            lead=lead,
            left=self.text_column,
            bar=self._origin,
            title=title,
        )


class StackedScript:
    """A script for a narrow window: role and time on a line of their own, the words below.

    In a run the role stands on its first turn alone.

    Args:
        width: The window's width in cells.
    """

    kind = Layout.SCRIPT
    speaker_cells = 12

    def __init__(self, width: int) -> None:
        self.width = width
        self.text_cells = max(1, width - _UNDER_HEAD - 1)

    def block(self, content: Content) -> Block:
        """The block of a turn."""
        title = _head(_BESIDE_BAR, content)
        head = _head(_BESIDE_BAR, content._replace(speaker="")) if content.continues else title
        if content.remarks.is_marked and not head:
            head = (Piece(_BESIDE_BAR, MARKED, PieceKind.MARK),)
        room = max(1, self.width - _BESIDE_BAR - 1)
        lines = lines_between(content, lambda _: _BESIDE_BAR)
        lead = len(lines)
        lines += _head_and_notes(_BESIDE_BAR, room, content, head)
        lines += body_lines(content, self.text_cells)
        return Block(content, tuple(lines), lead, left=_UNDER_HEAD, bar=0, title=title, is_headed=True)


def script(width: int, time_cells: int, role_cells: int) -> TurnLayout:
    """The script for a window: in columns, unless times and role words take more than a third of a narrow one."""
    columns = Script(width, time_cells, role_cells)
    return StackedScript(width) if width < STACKED and 3 * columns.text_column > width else columns


class Outline(_Columns):
    """A line for each turn: time, role, first words, and its moments at the right."""

    kind = Layout.OUTLINE

    def block(self, content: Content) -> Block:
        """The block of a turn."""
        left, room = self.text_column, max(1, min(self.width, self._origin + WIDEST) - self.text_column - 1)
        pieces = self._beside(content, content.speaker)
        remarks = content.remarks
        for words, kind in ((remarks.moments, PieceKind.NOTE), (remarks.reported, PieceKind.TIME)):
            moments = " · ".join(words)
            if moments and room // 2 >= min(cell_len(moments), _LEAST_NOTE):
                moments = clip(moments, room // 2)
                room -= cell_len(moments) + _GAP
                pieces = (*pieces, Piece(left + room + _GAP, moments, kind))
        if content.remarks.is_marked:
            room -= len(MARKED) + _GAP
            pieces = (*pieces, Piece(left + room + _GAP, MARKED, PieceKind.MARK))
        line = Line(LineKind.TEXT, pieces, (0, len(content.body)), parts=first_words(content.body, max(1, room)))
        return Block(content, (line,), lead=0, left=left, bar=self._origin, title=pieces)


def _note(column: int, cells: int, content: Content) -> Piece | None:
    """The notes of a turn from a column on; None without any."""
    notes = " · ".join(content.remarks.notes)
    return Piece(column, clip(notes, cells), PieceKind.NOTE) if notes else None


def _notes(column: int, cells: int, content: Content) -> tuple[Piece, ...]:
    """The mark of a turn and its notes, from a column on."""
    marks = (Piece(column, MARKED, PieceKind.MARK),) if content.remarks.is_marked else ()
    taken = len(MARKED) + _GAP if marks else 0
    note = _note(column + taken, cells - taken, content)
    return marks if note is None else (*marks, note)


def _reported(column: int, cells: int, content: Content) -> list[tuple[Piece, ...]]:
    """What others report of a turn, a quiet line each, from a column on."""
    return [(Piece(column, clip(words, cells), PieceKind.TIME),) for words in content.remarks.reported]


def _head_and_notes(column: int, cells: int, content: Content, head: tuple[Piece, ...]) -> list[Line]:
    """The head of a turn, with its notes if there is room, else on a line of their own; then what others report."""
    lines = [Line(LineKind.HEAD, head)] if head else []
    note = _note(column, cells, content)
    if note is not None:
        start = _end(head) + _GAP
        if head and start + cell_len(note.text) <= column + cells:
            lines = [Line(LineKind.HEAD, (*head, note._replace(column=start)))]
        else:
            lines.append(Line(LineKind.NOTE, (note,)))
    return lines + [Line(LineKind.NOTE, pieces) for pieces in _reported(column, cells, content)]


def _head(column: int, content: Content) -> tuple[Piece, ...]:
    """The role word, and the time beside it."""
    pieces = [Piece(column, content.speaker, PieceKind.ROLE)] if content.speaker else []
    if content.time:
        after = column + cell_len(content.speaker) + _GAP if content.speaker else column
        pieces.append(Piece(after, content.time, PieceKind.TIME))
    if pieces and content.remarks.is_marked:
        pieces.append(Piece(_end(tuple(pieces)) + _GAP, MARKED, PieceKind.MARK))
    return tuple(pieces)


def _end(pieces: tuple[Piece, ...]) -> int:
    """The column behind the last piece."""
    return max((piece.column + cell_len(piece.text) for piece in pieces), default=0)
