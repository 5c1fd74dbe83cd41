"""Which columns the list of calls has in a window, and how wide each is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.core.call_row import CallRow
from tui.core.text import cell_len

_LEAST_SUMMARY = 12
_WHEN, _LENGTH, _STATUS, _LABEL, _ID = 11, 6, 9, 8, 8
"""The least widths, so that a list of few calls does not change its columns with the next page."""
_MOST_WHEN, _MOST_LENGTH, _MOST_STATUS, _MOST_LABEL, _MOST_ID = 17, 8, 14, 32, 40
_KEPT, _RECORDING = 10, 9
_NARROW, _ROOMY = 100, 2


class Widths(NamedTuple):
    """The widths that the calls need, in cells; they only grow."""

    when: int = _WHEN
    length: int = _LENGTH
    status: int = _STATUS
    label: int = _LABEL
    call_id: int = _ID

    def grown(self, rows: Iterable[CallRow]) -> Widths:
        """The widths for more rows."""
        most = (_MOST_WHEN, _MOST_LENGTH, _MOST_STATUS, _MOST_LABEL, _MOST_ID)
        widths: list[int] = list(self)
        for row in rows:
            widths = [max(width, cell_len(text)) for width, text in zip(widths, row, strict=False)]
        return Widths(*map(min, widths, most))


class Column(NamedTuple):
    """A column on the screen.

    Attributes:
        name: The name of the field of ``CallRow``, or "kept".
        heading: Its heading.
        start: Where it begins, in cells.
        width: Its width in cells.
    """

    name: str
    heading: str
    start: int
    width: int


def columns(width: int, needed: Widths, start: int) -> list[Column]:
    """The columns that fit, in their order.

    The summary goes first where there is no room, then the recording, what is known of the copy, length and
    status; label and id share what is left.

    Args:
        width: The width of the window in cells.
        needed: What the calls need.
        start: Where the first column begins.
    """
    gap = 1 if width < _NARROW else _ROOMY
    fixed = {
        "when": needed.when, "status": needed.status, "length": needed.length, "kept": _KEPT, "recording": _RECORDING,
    }  # fmt: skip
    room = width - start - 1
    least = _LABEL + _ID + 2 * gap
    wanted = [name for name in fixed if (least := least + fixed[name] + gap) <= room + gap]
    room -= sum(fixed[name] + gap for name in wanted)
    call_id = min(needed.call_id, max(_ID, room - gap - min(needed.label, max(_LABEL, (room - gap) // 2))))
    label = min(needed.label, max(_LABEL, room - gap - call_id))
    sizes = {name: fixed[name] for name in wanted} | {"label": label, "call_id": call_id}
    room -= label + call_id + 2 * gap
    if room >= _LEAST_SUMMARY and "recording" in sizes:
        sizes["summary"] = room
    return _placed(sizes, start, gap)


_ORDER = {
    "when": "when", "length": "length", "status": "status", "label": "label", "call_id": "call id",
    "kept": "opened", "recording": "recording", "summary": "summary",
}  # fmt: skip


def _placed(sizes: dict[str, int], start: int, gap: int) -> list[Column]:
    placed = []
    for name, heading in _ORDER.items():
        if name in sizes:
            placed.append(Column(name, heading, start, sizes[name]))
            start += sizes[name] + gap
    return placed
