"""JSON Lines: an object per call or per turn, for DuckDB, Spark, jq and scripts.

Every line has the same keys in the same order. It is ASCII, with escapes for all else, so that no text can reach a
terminal as anything but itself, and no value changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import islice

from tui.core.export.columns import ColumnKind, Columns
from tui.core.export.rows import Row
from tui.core.times import iso_utc

_ROWS_AT_ONCE = 500


class TableWriter:
    """Writes rows as lines, some at once."""

    def __init__(self, write: Callable[[bytes], object], columns: Columns) -> None:
        self._write = write
        self._times = [name for name, kind in columns.items() if kind is ColumnKind.TIME]

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows at once."""
        lines = map(self._line, rows)
        while some := "".join(islice(lines, _ROWS_AT_ONCE)):
            self._write(some.encode())

    def close(self) -> None:
        """Nothing is left to be written."""

    def give_up(self) -> None:
        """Nothing is written but by ``add``."""

    def _line(self, row: Row) -> str:
        return json.dumps({**row, **{name: iso_utc(row[name]) for name in self._times}}) + "\n"
