"""Which columns the list of calls has in a window, and how wide each is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.core.call_row import CallRow
from tui.core.text import cell_len

_LEAST_SUMMARY = 12
_LEAST_LABEL, _LEAST_ID = 8, 8
_KEPT, _RECORDING = 10, 9
_USUAL_LABEL, _USUAL_ID = 16, 20
"""How much of label and id goes before other columns."""
_NARROW, _NARROW_GAP, _GAP = 100, 1, 2
"""Below this width of the window, the gaps are narrow."""


class Widths(NamedTuple):
    """The widths that the calls need, in cells; they only grow.

    They begin with the least ones, so that a list of few calls does not change its columns with the next page.
    """

    when: int = 11
    length: int = 6
    status: int = 9
    label: int = _LEAST_LABEL
    call_id: int = _LEAST_ID

    def grown(self, rows: Iterable[CallRow]) -> Widths:
        """The widths for more rows."""
        widths: list[int] = list(self)
        for row in rows:
            widths = [max(width, cell_len(text)) for width, text in zip(widths, row, strict=False)]
        return Widths(*map(min, widths, _MOST))


_MOST = Widths(17, 8, 14, 32, 40)


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
    """
    gap = _NARROW_GAP if width < _NARROW else _GAP
    fixed = {
        "when": needed.when, "status": needed.status, "length": needed.length, "kept": _KEPT, "recording": _RECORDING,
    }  # fmt: skip
    room = width - start - 1 - gap  # for a column and its gap, after label and id
    least = min(needed.label, _USUAL_LABEL) + min(needed.call_id, _USUAL_ID)
    sizes = {name: size for name, size in fixed.items() if (least := least + gap + size) <= room}
    room -= sum(gap + size for size in sizes.values())
    sizes["call_id"] = min(needed.call_id, max(_LEAST_ID, room - needed.label, room * 3 // 5))
    sizes["label"] = max(_LEAST_LABEL, min(needed.label, room - sizes["call_id"]))
    room -= sizes["call_id"] + sizes["label"] + gap
    if room >= _LEAST_SUMMARY and "recording" in sizes:
        sizes["summary_or_error"] = room
    return _placed(sizes, start, gap)


_ORDER = ("when", "length", "status", "label", "call_id", "kept", "recording", "summary_or_error")


def _placed(sizes: dict[str, int], start: int, gap: int) -> list[Column]:
    placed = []
    for name in _ORDER:
        if name in sizes:
            placed.append(Column(name, name.replace("_", " "), start, sizes[name]))
            start += sizes[name] + gap
    return placed
