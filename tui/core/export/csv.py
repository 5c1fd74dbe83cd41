"""CSV by RFC 4180, for spreadsheets and scripts: a row per turn, times as integers in ms.

Text cells are quoted, numbers are not, and unknown values are empty. The last columns hold the floor offset and the
moments of each turn, as ``timing`` computes them.

A spreadsheet runs a cell that begins like a formula, and separates cells by commas, semicolons or tabs, depending
on its language. So a cell may begin in the middle of a text. OWASP's rule is applied at each of
these places: a ``'`` is put in front (https://owasp.org/www-community/attacks/CSV_Injection). Extra fields
are JSON, where the signs are escaped instead, so that values do not change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tui.core.call import CallDocument
from tui.core.export.json import visible
from tui.core.export.model import Export, Options, compact, speaker, wanted
from tui.core.layout import MARKED
from tui.core.text import safe
from tui.core.timing import measure
from tui.core.transcript import Turn

HEADER = (
    "turn", "speaker", "role", "start_ms", "end_ms", "text", "extra", "offset_ms", "floor", "tool_ms", "moments"
)  # fmt: skip

_BOM = "\ufeff"

_CELL_STARTS = r"(?:^|(?<=[,;|\t\n]))"
"""Where a cell may begin, with any separator; also after a line feed, for readers that ignore quotes."""
_SKIPPED = r"[\s\ufeff\"\\]*"
"""Characters that readers skip or strip before a formula; JSON has a backslash before a quote."""
_SIGN = "[=+\\-@＝＋－＠﹦﹢﹣﹫]"
"""The first character of a formula: one of four signs, also in full-width or small form."""
_FORMULA = re.compile(f"{_CELL_STARTS}(?={_SKIPPED}{_SIGN})")
_FORMULA_IN_JSON = re.compile(f"({_CELL_STARTS}{_SKIPPED})({_SIGN})")
_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')

_Cell = str | int | None
_NO_OFFSET = (None, None, None)


def render(document: CallDocument, options: Options) -> Export:
    """Render the turns as rows, numbered from 1; a legacy text is one row with only its text."""
    transcript = document.transcript
    rows: Iterable[tuple[_Cell, ...]] = _rows(tuple(transcript.turns), options)
    header: tuple[_Cell, ...] = HEADER
    if transcript.plain is not None:
        rows = [(*[None] * 5, _inert(transcript.plain), *[None] * 5)]
    if options.marks:
        rows = [(*row, MARKED if isinstance(row[0], int) and row[0] - 1 in options.marks else None) for row in rows]
        header = (*HEADER, MARKED)
    table = "".join(map(_line, [header, *rows]))
    return Export(_BOM + table if options.bom else table)


def _rows(turns: Sequence[Turn], options: Options) -> Iterator[tuple[_Cell, ...]]:
    """The rows of the wanted turns; timing columns are computed from all turns."""
    timing = measure(turns, options.silence_ms)
    floor, kinds = timing.floor_offsets, timing.kinds
    for turn in wanted(turns, options):
        moments = " ".join(kind.value for kind in kinds.get(turn.index, ())) or None
        yield (*_row(turn), *floor.get(turn.index, _NO_OFFSET), moments)


def _row(turn: Turn) -> tuple[_Cell, ...]:
    return (
        turn.index + 1,
        _inert(speaker(turn)),
        turn.role.value,
        turn.start_ms,
        turn.end_ms,
        _inert(turn.text),
        _inert_json(compact(turn)),
    )


def _line(cells: tuple[_Cell, ...]) -> str:
    return ",".join(map(_cell_text, cells)) + "\r\n"


def _cell_text(cell: _Cell) -> str:
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    return "" if cell is None else str(cell)


def _inert(text: str) -> str:
    return _FORMULA.sub("'", safe(text))


def _inert_json(document: str) -> str:
    """Escape every sign that could begin a formula within a string of the document.

    Outside of strings only the minus of a number can occur, which is no formula.
    """
    return _JSON_STRING.sub(lambda string: f'"{_FORMULA_IN_JSON.sub(_escaped, string[1])}"', visible(document))


def _escaped(formula: re.Match[str]) -> str:
    return f"{formula[1]}\\u{ord(formula[2]):04x}"
