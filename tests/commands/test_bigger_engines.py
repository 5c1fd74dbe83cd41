"""What ``export --all`` writes is loaded by DuckDB as the README says; its queries run."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import duckdb
import pytest

from tests.program import ROOT, Cli
from tui.core.errors import ExitStatus
from tui.demo.calls import SAMPLES, sample_call

SECTION = re.search(r"^## Bigger engines\n(.*?)^## ", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
assert SECTION is not None
VIEW, P95, WORD, FAILURES = re.findall(r"```sql\n(.*?)```", SECTION[1], re.DOTALL)


@pytest.fixture(params=["jsonl", "parquet"])
def database(request: pytest.FixtureRequest, cli: Cli) -> duckdb.DuckDBPyConnection:
    """The demo's turns, loaded from each format as the README says."""
    assert cli("export", "--all", "--demo", "--turns", "-o", f"turns.{request.param}").status == ExitStatus.DONE
    view = VIEW if request.param == "jsonl" else re.sub(r"FROM .*", "FROM read_parquet('turns.parquet')", VIEW)
    loaded = duckdb.connect()
    loaded.execute("SET TimeZone = 'UTC'")
    loaded.execute(view)
    return loaded


def test_the_p95_by_label_and_day_is_that_of_insights(cli: Cli, database: duckdb.DuckDBPyConnection) -> None:
    found = {row[0]: row[1:] for row in database.execute(P95).fetchall()}
    for sample in SAMPLES:
        stored = sample_call(sample.call_id)
        if stored.body is None or stored.comes_late or not stored.record.get("started_at"):
            continue
        response = json.loads(cli("insights", "--demo", sample.call_id, "--json").out)["assistant"]["response"]
        if response["n"]:
            day, answers, p95_ms = found[stored.record["session_label"]]
            assert (answers, p95_ms) == (response["n"], response["p95_ms"])
            assert str(day).startswith("2026-11-")


def test_calls_with_a_word_and_a_slow_answer(cli: Cli, database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(WORD).fetchall()
    assert ("call_demo_trouble", "rebooking-line", 9_130, "call_demo_trouble#turn=17") in found
    for call_id, *_ in found:
        words = cli("export", "--demo", call_id).out.decode().lower()
        assert "flight" in words


@pytest.mark.parametrize("name", ["jsonl", "parquet"])
def test_calls_that_failed_by_day(cli: Cli, name: str) -> None:
    assert cli("export", "--all", "--demo", "-o", f"calls.{name}").status == ExitStatus.DONE
    loaded = duckdb.connect()
    loaded.execute("SET TimeZone = 'UTC'")
    loaded.execute(f"CREATE VIEW calls AS FROM read_{name.removesuffix('l')}('calls.{name}')")
    found = {str(day): counts for day, *counts in loaded.execute(FAILURES).fetchall()}
    assert found["2026-11-12"] == [6, 1]
    assert sum(failed for _, failed in found.values()) == 1


def columns(path: str) -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{path}')").fetchall()


def test_parquet_has_typed_columns(cli: Cli) -> None:
    cli("export", "--all", "--demo", "--turns", "-o", "turns.parquet")
    cli("export", "--all", "--demo", "-f", "parquet", "-o", "calls.pq")
    turns = dict(columns("turns.parquet"))
    assert (turns["started_at"], turns["response_ms"]) == ("TIMESTAMP WITH TIME ZONE", "BIGINT")
    assert (turns["moments"], turns["is_slow"]) == ("VARCHAR[]", "BOOLEAN")
    slow = "SELECT max(assistant.response.p95_ms), count(*) FROM read_parquet('calls.pq')"
    assert duckdb.execute(slow).fetchall() == [(9_300, 11)]


def test_without_pyarrow_one_line_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for target in ("--all", "call_demo_booking"):
        ran = cli("export", "--demo", target, "-o", "x.parquet")
        assert (ran.status, ran.line) == (
            ExitStatus.USAGE, "parquet takes pyarrow – pip install 'omni-transcripts[parquet]'"
        )  # fmt: skip
    assert not (cli.home / "x.parquet").exists()


def test_a_pipe_takes_parquet_too(cli: Cli) -> None:
    (cli.home / "out").touch()
    with (cli.home / "out").open("wb") as out:
        ran = cli("export", "--all", "--demo", "-f", "parquet", "-o", f"/dev/fd/{out.fileno()}")
    assert ran.status == ExitStatus.DONE
    assert duckdb.execute(f"SELECT count(*) FROM read_parquet('{cli.home / 'out'}')").fetchall() == [(11,)]


@pytest.mark.parametrize("format_", ["jsonl", "parquet", "json", "csv"])
def test_a_file_may_have_a_name_of_another_encoding(cli: Cli, format_: str) -> None:
    name = os.fsdecode(b"caf\xe9.json")
    (cli.home / name).write_text('[{"role": "user", "text": "hi"}]')
    assert cli("export", name, "-f", format_, "-o", "out").status == ExitStatus.DONE
    if format_ == "jsonl":
        row = json.loads((cli.home / "out").read_text("utf-8"))
        assert (row["call_id"], row["link"]) == ("caf\ufffd", None)
