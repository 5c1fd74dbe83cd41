"""Parquet, for DuckDB, Spark and pandas: the rows of ``rows`` in typed columns, written in groups of bounded size.

Needs pyarrow, which only the extra ``parquet`` installs. It is imported when something is written.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tui.core.errors import UsageError
from tui.core.export.columns import ColumnKind, Columns, Type
from tui.core.export.rows import Row

_ROWS_IN_A_GROUP = 10_000
_CHARACTERS_IN_A_GROUP = 8 * 2**20
"""A group ends at whichever is reached first: rows that wait for their group are in memory."""
_CHARACTERS_OF_A_VALUE = 16
"""What a value counts for beside the characters of a text."""


@contextmanager
def writing(write: Callable[[bytes], object], columns: Columns) -> Iterator[Callable[[Iterable[Row]], None]]:
    """What writes rows in groups; after an exception not even the footer, which the file writes when it is deleted.

    Raises:
        UsageError: There is no pyarrow.
    """
    writer = _TableWriter(write, columns)
    try:
        yield writer.add
        writer.close()
    except BaseException:
        writer.sink.give_up()
        raise


class _TableWriter:
    """Writes rows in groups."""

    def __init__(self, write: Callable[[bytes], object], columns: Columns) -> None:
        try:
            import pyarrow
            from pyarrow.parquet import ParquetWriter
        except ImportError as error:
            raise UsageError("parquet takes pyarrow", "pip install 'omni-transcripts[parquet]'") from error
        self._table_of = pyarrow.Table.from_pylist
        self._schema = pyarrow.schema([(name, _arrow_type(pyarrow, kind)) for name, kind in columns.items()])
        self.sink = _Sink(write)
        self._file = ParquetWriter(self.sink, self._schema, compression="zstd")
        self._waiting: list[Row] = []
        self._characters = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Write the groups that are full, and keep the other rows for the next one."""
        for row in rows:
            self._waiting.append(row)
            self._characters += _characters_of(row)
            if len(self._waiting) >= _ROWS_IN_A_GROUP or self._characters >= _CHARACTERS_IN_A_GROUP:
                self._write_group()

    def close(self) -> None:
        """Write the last group and the footer."""
        if self._waiting:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        rows, self._waiting, self._characters = self._waiting, [], 0
        self._file.write_table(self._table_of(rows, schema=self._schema))


class _Sink(io.RawIOBase):
    """Hands the bytes over, until it is given up: from then on it takes everything and does nothing."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        super().__init__()
        self._write: Callable[[bytes], object] | None = write
        self._at = 0

    def give_up(self) -> None:
        """Hand nothing over any more."""
        self._write = None

    def writable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The number of bytes so far."""
        return self._at

    def write(self, data: Any) -> int:
        """Take some bytes."""
        size = len(memoryview(data).cast("B"))
        if self._write is not None:
            self._write(bytes(data))
        self._at += size
        return size


def _characters_of(value: Any) -> int:
    """How much a value, with all that is in it, takes in memory, in characters."""
    if isinstance(value, dict):
        return sum(map(_characters_of, value.values()))
    if isinstance(value, list):
        return sum(map(_characters_of, value))
    return _CHARACTERS_OF_A_VALUE + (len(value) if isinstance(value, str) else 0)


def _arrow_type(arrow: Any, kind: Type) -> Any:
    """The type of a column."""
    if isinstance(kind, tuple):
        return arrow.list_(_arrow_type(arrow, kind[0]))
    if isinstance(kind, Mapping):
        return arrow.struct([(name, _arrow_type(arrow, one)) for name, one in kind.items()])
    types = {
        ColumnKind.TEXT: arrow.string, ColumnKind.INT: arrow.int64, ColumnKind.REAL: arrow.float64,
        ColumnKind.FLAG: arrow.bool_, ColumnKind.TIME: lambda: arrow.timestamp("ms", tz="UTC"),
    }  # fmt: skip
    return types[kind]()
