"""The fewest bytes that turn one screen into another: changed cells, erased ends of rows, scrolled bands.

Pure: rows in, a string out. It uses only sequences that the terminals in use share: CUP, CUU–CUB, CHA, CR,
LF, BS, SGR, EL, ECH, ED, IL and DL, and DECSTBM to reset what was set. SU, SD and REP are left out: the Linux
console has none of them. Whether a terminal erases with the current background differs, so cells are erased and
scrolled in with the default background only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from operator import is_
from typing import NamedTuple

from tui.terminal.cells import Row, has_spacing_mark, reach
from tui.terminal.cursor import Position, move
from tui.terminal.scroll import likely_scrolls
from tui.terminal.sgr import PLAIN, Style, blank, change

CLEAR = "\x1b[r\x1b[m\x1b[H\x1b[J"
"""No scroll region, no style, an empty screen, and the cursor at home."""

_ERASE_REST = "\x1b[K"
_WORTH_SCROLLING = 40
"""Bytes. A scroll itself costs about twenty: below this, no scroll is searched for."""

_SHORTEST_GAP = 5
"""Cells. Erasing fewer is never shorter than writing blanks."""

_WIDEST_BRIDGE = 8
"""Cells. No move within a row is longer than this many characters and a change of style."""

_WORTH_LAYERS = 150
"""Bytes. Below this, all styles of a row are drawn before the next row."""


class _RowChange(NamedTuple):
    """A row that changes.

    Attributes:
        y: Its number.
        row: As it is wanted.
        columns: Those to draw.
        sure: The first column whose cells may stand elsewhere than expected, before or after; else the width.
        is_free: Whether its cells may be drawn in any order.
    """

    y: int
    row: Row
    columns: list[int]
    sure: int
    is_free: bool


class _Base(NamedTuple):
    """What the cells are drawn on.

    Attributes:
        sent: The output before them.
        cursor: The position after it, if known.
        changes: All rows that are not as wanted.
    """

    sent: str
    cursor: Position | None
    changes: list[_RowChange]


def difference(front: list[Row] | None, back: list[Row], cursor: Position | None, to: Position | None) -> str:
    """The output that turns one screen into another.

    Args:
        front: The rows on the terminal; None when they are unknown.
        back: The wanted rows: the same number, and of the same width.
        cursor: The cursor's position, if known. The current style is plain before and after.
        to: The final cursor position; None where it does not matter.

    Returns:
        The output as text; empty if the screens are equal.
    """
    width = len(back[0].chars)
    if front is None:
        base = _Base(CLEAR, (0, 0), _row_changes([Row.of(width) for _ in back], back))
    else:
        base = _Base("", cursor, _row_changes(front, back))
    sent = _drawn(base, width, to)
    if front is not None and _size(sent) > _WORTH_SCROLLING:
        for scroll in likely_scrolls(front, back):
            scrolled = _Base(*scroll.sequence(len(back)), _row_changes(scroll.applied(front), back))
            if _size(other := _drawn(scrolled, width, to)) < _size(sent):
                base, sent = scrolled, other
    if _size(sent) > _WORTH_LAYERS and (styles := _repeated_styles(base.changes)):
        sent = min(sent, _drawn(base, width, to, styles), key=_size)
    return sent


def _row_changes(front: list[Row], back: list[Row]) -> list[_RowChange]:
    return [_row_change(y, *rows) for y, rows in enumerate(zip(front, back, strict=True)) if rows[0] != rows[1]]


def _row_change(y: int, shown: Row, wanted: Row) -> _RowChange:
    width = len(wanted.chars)
    columns, unsure = wanted.changes(shown), wanted.unsure(0, width)
    if not unsure and not shown.unsure(0, width):
        return _RowChange(y, wanted, columns, width, is_free=True)
    sure = min(shown.first_narrow_unsure(), wanted.first_narrow_unsure())
    return _RowChange(y, wanted, _reached(wanted, columns), sure, is_free=False)


def _drawn(base: _Base, width: int, to: Position | None, late: Sequence[Style] = ()) -> str:
    """The output that draws all changes, those in some styles last, one style after the other.

    Moves over what stands between the cells of a style are often shorter than changes to it and back in each row.
    """
    pen = Pen(width, base.cursor)
    pen.out.append(base.sent)
    for row_change in base.changes:
        if late and row_change.is_free:
            _draw_styles(pen, row_change, lambda style: style not in late, late)
        else:
            _draw_row(pen, row_change)
    free = [row_change for row_change in base.changes if row_change.is_free]
    for number, own in enumerate(late, 1):
        for row_change in free:
            _draw_styles(pen, row_change, partial(is_, own), late[number:])
    pen.restyle(PLAIN)
    if to:
        pen.move(*to)
    return "".join(pen.out)


def _draw_styles(pen: Pen, row_change: _RowChange, is_drawn: Callable[[Style], bool], late: Sequence[Style]) -> None:
    """Draw the changed cells of a row that have some of its styles.

    Changed cells in a late style are drawn again: where that is shorter than a move, blanks are written over them.
    """
    y, row, changed = row_change[:3]
    if columns := [x for x in changed if is_drawn(row.styles[x])]:
        _draw_cells(pen, y, row.cleared(x for x in changed if row.styles[x] in late), columns)


def _repeated_styles(changes: list[_RowChange]) -> list[Style]:
    """The styles that begin more than once in what is drawn, that of the most cells first, without the plain one."""
    begun, drawn = Counter[Style](), Counter[Style]()
    for _, row, columns, *_ in changes:
        styles = [row.styles[x] for x in columns]
        begun.update(style for before, style in pairwise([PLAIN, *styles]) if style is not before)
        drawn.update(styles)
    return [style for style, _ in drawn.most_common() if begun[style] > 1 and style is not PLAIN]


class Pen:
    """Emits cells, and keeps track of the cursor position and the current style."""

    __slots__ = ("cursor", "out", "style", "width")

    def __init__(self, width: int, cursor: Position | None) -> None:
        self.width = width
        self.cursor = cursor
        self.style = PLAIN
        self.out: list[str] = []

    def move(self, x: int, y: int) -> None:
        """Move the cursor to a cell."""
        if self.cursor != (x, y):
            self.out.append(move(self.cursor, (x, y), self.width))
            self.cursor = (x, y)

    def restyle(self, style: Style) -> None:
        """Switch to a style."""
        self.out.append(change(self.style, style))
        self.style = style

    def write(self, y: int, row: Row, start: int, end: int) -> None:
        """Draw the cells in ``start:end`` of a row; a wide grapheme is drawn whole.

        After a wide grapheme of unsure width the column is set again. After a narrow one it is not: a terminal may
        draw it wider, and the next cell would cut it. Where most terminals do so, it is not set before the next gap.
        """
        while start and not row.chars[start]:
            start -= 1
        end = row.after(end - 1)
        at = start
        for x in row.unsure(start, end):
            if row.after(x) == x + 1:
                if has_spacing_mark(row.chars[x]):
                    break
                continue
            self._put(y, row, at, x)
            at = row.after(x)
            self._put_unsure(y, row, x, at)
        self._put(y, row, at, end)

    def _put(self, y: int, row: Row, start: int, end: int) -> None:
        if start < end:
            self.move(start, y)
            text, self.style = _written(row, start, end, self.style)
            self.out.append(text)
            self.cursor = (self.width if row.unsure(start, end) else end, y)

    def _put_unsure(self, y: int, row: Row, start: int, end: int) -> None:
        """Draw a wide grapheme of unsure width over blanks, as its second cell may stay untouched."""
        self.move(start, y)
        self.restyle(row.styles[start])
        self.out.append(" " * (end - start))
        self.cursor = (end, y)
        self._put(y, row, start, end)

    def erase(self, y: int, start: int, end: int) -> None:
        """Erase the cells in ``start:end`` of a row. The cursor stays at the first of them."""
        self.move(start, y)
        self.restyle(PLAIN)
        self.out.append(_ERASE_REST if end == self.width else _erase(end - start))


def _draw_row(pen: Pen, row_change: _RowChange) -> None:
    y, wanted, columns, sure, _ = row_change
    if columns[-1] < sure:
        _draw_cells(pen, y, wanted, columns)
        return
    # cells after the first of these may be in other columns than expected
    _draw_cells(pen, y, wanted, [x for x in columns if x < sure])
    starts = [*_erased_from(wanted, sure), pen.width]
    for start, end in pairwise(starts):
        pen.erase(y, start, pen.width)
        rest = [x for x in range(start, end) if not wanted.empty(x)]
        _draw_cells(pen, y, wanted, [x for x in _reached(wanted, rest) if start <= x < end])


def _erased_from(row: Row, start: int) -> Iterator[int]:
    """The columns from which the row is erased to its end, before what stands there is drawn.

    They are the first one, and each narrow grapheme of unsure width over which a wide one may reach: to erase behind
    it once it is drawn would cut it where it is drawn wide.
    """
    yield start
    reached = start
    for x in row.unsure(start, len(row.chars)):
        if row.after(x) > x + 1:
            reached = max(reached, x + reach(row.chars[x]))
        elif x < reached:
            yield x
            reached = x


def _reached(row: Row, columns: list[int]) -> list[int]:
    """The columns to draw, plus those that unsure graphemes in them may overlap."""
    unsure = row.unsure(0, len(row.chars))
    if not unsure:
        return columns
    drawn = set(columns)
    for x in unsure:
        if not drawn.isdisjoint(range(x, row.after(x))):
            drawn.update(range(x, min(x + reach(row.chars[x]), len(row.chars))))
    return sorted(drawn)


def _draw_cells(pen: Pen, y: int, row: Row, columns: list[int]) -> None:
    """Draw the given columns, and those between them where writing is shorter than moving."""
    last = row.end() if columns and row.empty(columns[-1]) else pen.width
    rest = [x for x in columns if x >= last]
    if len(rest) > len(_ERASE_REST):
        columns = columns[: -len(rest)]
    for start, end in _spans(row, columns):
        _draw_span(pen, y, row, start, end)
    if len(rest) > len(_ERASE_REST):
        pen.erase(y, rest[0], pen.width)


def _spans(row: Row, columns: list[int]) -> Iterator[tuple[int, int]]:
    """The stretches to draw without moving: first column, and the one after the last."""
    if not columns:
        return
    start, end = columns[0], columns[0] + 1
    for x in columns[1:]:
        if x > end and not _bridges(row, end, x):
            yield start, end
            start = x
        end = x + 1
    yield start, end


def _draw_span(pen: Pen, y: int, row: Row, start: int, end: int) -> None:
    """Draw the cells in ``start:end``; long empty stretches are erased and skipped."""
    for gap, after in _gaps(row, start, end):
        over = move((gap, y), (after, y), pen.width) if after < end else ""
        if after - gap > len(_erase(after - gap)) + len(over):
            if gap > start:
                pen.write(y, row, start, gap)
            pen.erase(y, gap, after)
            start = after
    if start < end:
        pen.write(y, row, start, end)


def _gaps(row: Row, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The empty stretches in ``start:end`` that may be worth erasing: first column, and the one after the last."""
    if " " * _SHORTEST_GAP not in "".join(row.chars[start:end]):
        return
    x = start
    while x < end:
        first = x
        while x < end and row.empty(x):
            x += 1
        if x - first >= _SHORTEST_GAP:
            yield first, x
        x += 1


def _bridges(row: Row, start: int, end: int) -> bool:
    """Whether writing the unchanged cells between two changed ones is no longer than moving over them."""
    if end - start > _WIDEST_BRIDGE or row.unsure(start, end):
        return False
    if end - start > 1 and row.first_narrow_unsure() < start:
        return False  # a gap, after which the column is set again
    style = row.styles[start - 1]
    if end - start < 4 and row.styles[start:end].count(style) == end - start:
        return "".join(row.chars[start:end]).isascii()
    through, _ = _written(row, start, end + 1, style)
    around, _ = _written(row, end, end + 1, style)
    return _size(through) <= _size(around) + len(move((start, 0), (end, 0), len(row.chars)))


def _written(row: Row, start: int, end: int, style: Style) -> tuple[str, Style]:
    """The output for the cells in ``start:end``, beginning in ``style``, and the final style."""
    chars, styles = row.chars, row.styles
    parts = []
    while start < end:
        own, stop = styles[start], start + 1
        while stop < end and styles[stop] is own:
            stop += 1
        text = "".join(chars[start:stop])
        if own is not style and not (own is blank(style) and not text.strip(" ")):
            parts.append(change(style, own))
            style = own
        parts.append(text)
        start = stop
    return "".join(parts), style


def _erase(cells: int) -> str:
    return f"\x1b[{cells}X"


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
