"""Lays out the body of a turn: its words, and below them its structures, folded or as trees.

Each line shows a part of one text, so that offsets do not depend on folding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tui.core.counted import counted
from tui.core.layout.block import FOLDED, Content, Line, LineKind, Part, Piece, Structure
from tui.core.layout.tree import Entry, Value, entries, outside, values
from tui.core.layout.wrap import Span, wrap
from tui.core.text import ELLIPSIS, LONGEST_GRAPHEME, cell_len, clip

UNFOLDED, _SIMPLE = "▾", "·"
"""The marks of a structure that is unfolded, and of one with nothing to unfold; ``FOLDED`` is in its text."""
_ANSWER = re.compile(" → ")
"""Precedes the result of a tool call."""
_INDENT = 2
"""The indent, in cells, of an entry from its parent, and of its further lines from its first."""
_LEAST_CELLS = 16
"""The least width of an entry, however deep, unless the lane is narrower."""


def body_lines(content: Content, cells: int, beside_first: tuple[Piece, ...] = ()) -> list[Line]:
    """The lines of a turn's text."""
    lines: list[Line] = []
    words_end = content.structures[0].start - 1 if content.structures else len(content.body)
    if words_end >= 0:
        lines += (Line(LineKind.TEXT, span=span) for span in wrap(content.body[:words_end], cells))
    for structure in content.structures:
        lines += _structure_lines(content, structure, cells)
    lines[0] = lines[0]._replace(pieces=beside_first)
    return lines


def _cells_of(body: str, parts: Iterable[Part], most: int) -> int:
    """The cells that parts of a body take; more than ``most`` are not measured exactly."""
    return sum(_part_width(body, part, most) for part in parts)


def clipped(body: str, parts: Sequence[Part], cells: int) -> list[Part]:
    """Shorten adjacent parts to a number of cells, with an ellipsis in place of what is left out."""
    if _cells_of(body, parts, cells) <= cells:
        return list(parts)
    kept, room = list[Part](), cells - 1
    for start, end, instead in parts:
        size = _part_width(body, Part(start, end, instead), cells)
        if size > room:
            at = start + (len(clip(body[start:end], room + 1)) - 1 if instead is None and room > 0 else 0)
            kept += [Part(start, at)] if at > start else []
            return [*kept, Part(at, parts[-1].end, ELLIPSIS if cells > 0 else "")]
        kept.append(Part(start, end, instead))
        room -= size
    return kept


def _part_width(body: str, part: Part, most: int) -> int:
    if part.instead is not None:
        return cell_len(part.instead)
    return cell_len(body[part.start : min(part.end, part.start + (most + 1) * LONGEST_GRAPHEME)])


def first_words(body: str, cells: int) -> tuple[Part, ...]:
    """The beginning of a body that fits into a number of cells."""
    end = min(len(body), (cells + 1) * LONGEST_GRAPHEME)
    rest = [Part(end, len(body), ELLIPSIS)] if end < len(body) else []
    return tuple(clipped(body, [*on_one_line(body, 0, end), *rest], cells))


def on_one_line(body: str, start: int, end: int) -> Iterator[Part]:
    """A part of the body on one line: a blank stands for each line end and the blanks around it."""
    while (at := body.find("\n", start, end)) >= 0:
        before = start + len(body[start:at].rstrip())
        after = end - len(body[at:end].lstrip())
        if before > start:
            yield Part(start, before)
        yield Part(before, after, " ")
        start = after
    if start < end:
        yield Part(start, end)


def _structure_lines(content: Content, structure: Structure, cells: int) -> Iterator[Line]:
    """The lines of a structure; its mark tells whether it can be unfolded."""
    body, (start, end, failed_at) = content.body, structure
    found, whole = values(body, start, end), [*on_one_line(body, start, end)]
    fits = _cells_of(body, whole, cells) <= cells
    if fits and not found:
        if body.startswith(FOLDED, start):
            whole = [Part(start, start + 1, _SIMPLE), *on_one_line(body, start + 1, end)]
        yield Line(LineKind.TEXT, span=(start, end), parts=_parted_at(failed_at, whole))
    elif content.is_unfolded:
        yield from _tree(body, structure, found, cells)
    else:
        yield _folded(body, structure, found, cells)


def _marked(body: str, start: int, mark: str) -> Part:
    """The mark of a structure that can be folded or unfolded: in place of its own sign, else before it."""
    has_sign = body.startswith((FOLDED, "·"), start)
    return Part(start, start + 1, mark) if has_sign else Part(start, start, f"{mark} ")


def _folded(body: str, structure: Structure, found: Sequence[Value], cells: int) -> Line:
    """A structure on one line: its arguments as far as there is room, and its result, which may take half."""
    mark = _marked(body, structure.start, FOLDED)
    answer = outside(body, _ANSWER, structure.start, structure.end, found)
    head, tail = [*on_one_line(body, mark.end, answer)], [*_answer(body, answer, structure.end, found)]
    room = cells - _cells_of(body, (mark,), cells)
    tail = clipped(body, tail, max(room // 2, room - _cells_of(body, head, cells)))
    head = clipped(body, head, room - _cells_of(body, tail, cells))
    parts = _parted_at(structure.failed_at, (mark, *head, *tail))
    return Line(LineKind.TEXT, span=(structure.start, structure.end), parts=parts)


def _answer(body: str, start: int, end: int, found: Sequence[Value]) -> Iterator[Part]:
    """The result of a tool call; of a list only its length."""
    listed = next((value for value in found if value.start >= start), None)
    if listed is None or listed.items is None or body[start : listed.start].strip() != "→":
        yield from on_one_line(body, start, end)
    else:
        yield Part(start, listed.start)
        yield Part(listed.start, listed.end, counted(listed.items, "result"))
        yield from on_one_line(body, listed.end, end)


def _parted_at(offset: int, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts, split at an offset that lies within one that is drawn as it is."""
    parted: list[Part] = []
    for part in parts:
        if part.instead is None and part.start < offset < part.end:
            parted += (Part(part.start, offset), Part(offset, part.end))
        else:
            parted.append(part)
    return tuple(parted)


def _tree(body: str, structure: Structure, found: Sequence[Value], cells: int) -> Iterator[Line]:
    """A structure as a tree: a line for each entry, wrapped if it is long."""
    mark = [_marked(body, structure.start, UNFOLDED)]
    for entry in entries(body, structure.start, structure.end, found):
        for line in _entry_lines(body, entry, [*mark, *entry.stand_ins], cells):
            yield line._replace(parts=_parted_at(structure.failed_at, line.parts))
        mark = []


def _entry_lines(body: str, entry: Entry, stand_ins: Sequence[Part], cells: int) -> Iterator[Line]:
    indent = min(entry.depth * _INDENT, max(0, cells - _LEAST_CELLS))
    signs = sum(cell_len(part.instead) for part in stand_ins if part.instead)
    shown_end = max(entry.start + 1, entry.shown_end)
    shown = body[entry.start : shown_end].replace("\n", " ")
    spans = [(entry.start + at, entry.start + to) for at, to in wrap(shown, max(1, cells - indent - _INDENT - signs))]
    spans[-1] = (spans[-1][0], entry.end)
    for row, span in enumerate(spans):
        yield Line(LineKind.TEXT, (), span, indent + (_INDENT if row else 0), tuple(_tiled(span, stand_ins, shown_end)))


def _tiled(span: Span, stand_ins: Iterable[Part], shown_end: int) -> Iterator[Part]:
    """A part of the body, with its stand-ins; blanks from ``shown_end`` on are not drawn."""
    at, end = span
    for part in stand_ins:
        if span[0] <= part.start < end:
            yield from _drawn_until(shown_end, at, part.start)
            at = min(part.end, end)
            yield Part(part.start, at, part.instead)
    yield from _drawn_until(shown_end, at, end)


def _drawn_until(shown_end: int, start: int, end: int) -> Iterator[Part]:
    if start < min(end, shown_end):
        yield Part(start, min(end, shown_end))
    if max(start, shown_end) < end:
        yield Part(max(start, shown_end), end, "")
