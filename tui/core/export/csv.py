"""CSV by RFC 4180, for spreadsheets and scripts: a row per turn, times as integers in ms.

Every cell of text is quoted; numbers are not, and what is not known is empty.

A spreadsheet runs a cell that begins like a formula, and separates cells by commas, semicolons or tabs, as its
language has it. So it may find the beginning of a cell in the middle of a text. OWASP's rule holds at each of
these places: a ``'`` stands in front (https://owasp.org/www-community/attacks/CSV_Injection). The further fields
are JSON, which has escapes of its own for the signs: they keep their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.core.export.json import visible
from tui.core.export.model import Export, Options, compact, speaker, wanted
from tui.core.text import safe
from tui.core.transcript import Call, Transcript, Turn

HEADER = ("turn", "speaker", "role", "start_ms", "end_ms", "text", "extra")

_BOM = "\ufeff"

_CELL_STARTS = r"(?:^|(?<=[,;|\t\n]))"
"""Where a cell may begin, whatever separates them; behind a line feed where the quotes are not understood."""
_SKIPPED = r"[\s\ufeff\"\\]*"
"""What is skipped or taken off in front of a formula; JSON has a backslash before a quote."""
_SIGN = "[=+\\-@＝＋－＠﹦﹢﹣﹫]"
"""What a formula begins with: one of four signs, in a full-width or small form too."""
_FORMULA = re.compile(f"{_CELL_STARTS}(?={_SKIPPED}{_SIGN})")
_FORMULA_IN_JSON = re.compile(f"({_CELL_STARTS}{_SKIPPED})({_SIGN})")
_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')

_Cell = str | int | None


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The turns as rows, numbered from 1; a legacy text is one row with nothing but its text."""
    rows: Iterable[tuple[_Cell, ...]] = map(_row, wanted(transcript.turns, options))
    if transcript.plain is not None:
        rows = [(None, None, None, None, None, _inert(transcript.plain), None)]
    table = "".join(map(_line, [HEADER, *rows]))
    return Export(_BOM + table if options.bom else table)


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
    return ",".join(map(_written, cells)) + "\r\n"


def _written(cell: _Cell) -> str:
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    return "" if cell is None else str(cell)


def _inert(text: str) -> str:
    return _FORMULA.sub("'", safe(text))


def _inert_json(document: str) -> str:
    """The document with each sign escaped that could begin a formula in one of its strings.

    Outside of strings only a minus of a number can stand there, which makes no formula.
    """
    return _JSON_STRING.sub(lambda string: f'"{_FORMULA_IN_JSON.sub(_escaped, string[1])}"', visible(document))


def _escaped(formula: re.Match[str]) -> str:
    return f"{formula[1]}\\u{ord(formula[2]):04x}"
