"""JSON Lines: an object per call or per turn, for DuckDB, Spark, jq and scripts.

Every line has the same keys in the same order. It is ASCII, with escapes for all else, so that no text can reach a
terminal as anything but itself, and no value changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from tui.core.export.columns import ColumnKind, Columns
from tui.core.export.rows import Row
from tui.core.times import iso_utc

_ROWS_AT_ONCE = 500


@contextmanager
def writing(write: Callable[[bytes], object], columns: Columns) -> Iterator[Callable[[Iterable[Row]], None]]:
    """What writes rows as lines, some at once."""
    times = [name for name, kind in columns.items() if kind is ColumnKind.TIME]

    def add(rows: Iterable[Row]) -> None:
        lines = (json.dumps({**row, **{name: iso_utc(row[name]) for name in times}}) + "\n" for row in rows)
        while some := "".join(islice(lines, _ROWS_AT_ONCE)):
            write(some.encode())

    yield add
