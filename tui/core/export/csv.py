"""CSV by RFC 4180, for spreadsheets and scripts: a row per turn, times as integers in ms.

A spreadsheet runs a cell that begins like a formula. Such text gets a quote in front, as OWASP advises; the
columns that are numbers of ours are left alone, so a negative time stays a number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from tui.core.export.model import Export, Options, compact, speaker
from tui.core.text import safe
from tui.core.transcript import Call, Transcript, Turn

HEADER = ("turn", "speaker", "role", "start_ms", "end_ms", "text", "extra")

_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
"""How a formula begins: one of four signs, in a full-width or small form too, behind what is skipped."""

_Cell = str | int | None


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The turns as rows, numbered from 1; a legacy text is one row with nothing but its text."""
    rows: Iterable[tuple[_Cell, ...]] = map(_row, transcript.turns)
    if transcript.plain is not None:
        rows = [(None, None, None, None, None, _inert(transcript.plain), None)]
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, strict=True)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return Export(sheet.getvalue())


def _row(turn: Turn) -> tuple[_Cell, ...]:
    return (
        turn.index + 1,
        _inert(speaker(turn)),
        turn.role.value,
        turn.start_ms,
        turn.end_ms,
        _inert(turn.text),
        _inert(compact(turn)),
    )


def _inert(text: str) -> str:
    text = safe(text)
    return f"'{text}" if _FORMULA.match(text) else text
