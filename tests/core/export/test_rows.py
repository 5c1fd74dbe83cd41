"""The tables for other engines: every turn once and in order, the same rows in each format, with typed columns."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.export.calls import LEGACY, OPTIONS, ORDINARY, RECORD
from tui.core.call import CallDocument
from tui.core.export import ROW_FORMATS
from tui.core.export.columns import ColumnKind, Type
from tui.core.export.model import Options
from tui.core.export.rows import CALLS, TURNS, Table
from tui.core.record import Call
from tui.core.times import iso_utc
from tui.core.transcript import Transcript, Turn

TIMES = st.none() | st.integers(0, 60_000)
JSON = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
EXTRA = st.dictionaries(
    st.sampled_from(["name", "arguments", "args", "result", "is_error", "tool_calls", "seq"]),
    JSON | st.lists(st.dictionaries(st.sampled_from(["name", "args", "error"]), JSON, max_size=3), max_size=2),
    max_size=3,
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TURN_FACTS = st.tuples(st.sampled_from(["user", "assistant", "tool", "x"]), TEXT, TIMES, TIMES, EXTRA)
RECORDS = st.none() | st.builds(
    Call,
    st.just("c1"),
    label=st.none() | TEXT,
    status=st.none() | TEXT,
    error=st.none() | TEXT,
    duration_s=st.none() | st.floats(0, 9_999),
    started_at_ms=st.none() | st.integers(-(10**15), 10**15),
)


def call(facts: list[tuple[Any, ...]], record: Call | None) -> CallDocument:
    return CallDocument(Transcript("c1", tuple(Turn(index, *one) for index, one in enumerate(facts))), record)


def written(name: str, table: Table, documents: list[CallDocument], options: Options = OPTIONS) -> bytes:
    content = BytesIO()
    with ROW_FORMATS[name].writing(content.write, table.columns) as add:
        for document in documents:
            add(table.rows_of(document, options))
    return content.getvalue()


def lines(table: Table, *documents: CallDocument, options: Options = OPTIONS) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written("jsonl", table, [*documents], options).splitlines()]


def from_parquet(table: Table, *documents: CallDocument) -> list[dict[str, Any]]:
    """The rows of a Parquet file, with times as in JSON."""
    read = pyarrow.parquet.read_table(BytesIO(written("parquet", table, [*documents])))
    times = [name for name, kind in table.columns.items() if kind is ColumnKind.TIME]
    in_ms = {name: read.column(name).cast("int64").to_pylist() for name in times}
    rows: list[dict[str, Any]] = read.drop_columns(times).to_pylist()
    names = list(table.columns)
    whole = [row | {name: iso_utc(in_ms[name][at]) for name in times} for at, row in enumerate(rows)]
    return [{name: row[name] for name in names} for row in whole]


def has_type(value: Any, kind: Type) -> bool:
    if isinstance(kind, tuple):
        return isinstance(value, list) and all(has_type(one, kind[0]) for one in value)
    if isinstance(kind, Mapping):
        return value is None or (list(value) == list(kind) and all(has_type(value[name], kind[name]) for name in kind))
    types: dict[ColumnKind, tuple[type, ...]] = {
        ColumnKind.TEXT: (str,), ColumnKind.INT: (int,), ColumnKind.REAL: (int, float),
        ColumnKind.FLAG: (bool,), ColumnKind.TIME: (int,),
    }  # fmt: skip
    return value is None or isinstance(value, types[kind])


@given(st.lists(TURN_FACTS, max_size=8), RECORDS)
def test_every_turn_is_one_row_in_order_as_sent(facts: list[tuple[Any, ...]], record: Call | None) -> None:
    rows = lines(TURNS, call(facts, record))
    assert [row["turn"] for row in rows] == list(range(1, len(facts) + 1))
    sent = [(speaker, text, start_ms, end_ms) for speaker, text, start_ms, end_ms, _ in facts]
    assert [(row["speaker"], row["text"], row["start_ms"], row["end_ms"]) for row in rows] == sent


@settings(max_examples=50)
@pytest.mark.parametrize("table", [CALLS, TURNS], ids=["calls", "turns"])
@given(facts=st.lists(TURN_FACTS, max_size=8), record=RECORDS)
def test_both_formats_have_the_same_typed_rows(table: Table, facts: list[tuple[Any, ...]], record: Call | None) -> None:
    document = call(facts, record)
    for row in table.rows_of(document, OPTIONS):
        assert list(row) == list(table.columns)
        assert has_type(row, table.columns)
    assert from_parquet(table, document) == lines(table, document)


@pytest.mark.parametrize("table", [CALLS, TURNS], ids=["calls", "turns"])
def test_calls_of_all_kinds_stand_in_one_table(table: Table) -> None:
    documents = CallDocument(LEGACY), CallDocument(ORDINARY, RECORD), CallDocument(Transcript("empty"))
    assert from_parquet(table, *documents) == lines(table, *documents)


def test_a_range_of_turns_has_the_timing_of_the_whole_call() -> None:
    whole = lines(TURNS, CallDocument(ORDINARY))
    assert lines(TURNS, CallDocument(ORDINARY), options=Options(turns=range(3, 5))) == whole[3:5]


def test_a_table_without_rows_has_its_columns() -> None:
    assert pyarrow.parquet.read_table(BytesIO(written("parquet", TURNS, []))).column_names == list(TURNS.columns)


@pytest.mark.parametrize(("turns", "groups"), [(25_000, 3), (10, 1)])
def test_parquet_is_written_in_groups(turns: int, groups: int) -> None:
    document = call([("user", "hi", 0, 1, {})] * turns, None)
    assert pyarrow.parquet.ParquetFile(BytesIO(written("parquet", TURNS, [document]))).num_row_groups == groups


@pytest.mark.parametrize(
    ("text", "fields"),
    [("x" * 2**20, {}), ("hi", {"tool_calls": [{"name": "f", "result": ["x" * 2**20]}]})],
    ids=["texts", "results"],
)
def test_long_texts_make_smaller_groups(text: str, fields: dict[str, Any]) -> None:
    document = call([("user", text, 0, 1, fields)] * 20, None)
    assert pyarrow.parquet.ParquetFile(BytesIO(written("parquet", TURNS, [document]))).num_row_groups == 3


def test_calls_with_many_answers_make_smaller_groups() -> None:
    long = call([(("user", "assistant")[at % 2], "", at * 1_000, at * 1_000 + 900, {}) for at in range(20_000)], None)
    assert pyarrow.parquet.ParquetFile(BytesIO(written("parquet", CALLS, [long] * 18))).num_row_groups == 2


@pytest.mark.parametrize("name", ROW_FORMATS)
def test_nothing_is_written_after_the_end_of_an_export_that_ends_early(name: str) -> None:
    taken, at_the_end = list[bytes](), list[bytes]()

    def end_early() -> None:
        with ROW_FORMATS[name].writing(taken.append, TURNS.columns) as add:
            add(TURNS.rows_of(CallDocument(ORDINARY), OPTIONS))
            at_the_end.extend(taken)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        end_early()
    gc.collect()
    assert taken == at_the_end
