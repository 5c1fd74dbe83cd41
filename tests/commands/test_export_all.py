"""``export --all``: the tables of all kept calls, streamed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.canary import answering, canary, obeyed_in, told
from tests.program import COMMAND, KEY, PATIENCE_S, Cli, environment
from tui.api.target import base_url
from tui.core.errors import ExitStatus
from tui.core.export.columns import CALL_COLUMNS, TURN_COLUMNS
from tui.core.secret import SecretStr
from tui.demo.calls import SAMPLES
from tui.store.library import CachedCall, Library

NEW_YEAR_MS = 1_767_225_600_000
DAY_MS = 86_400_000
TURNS = [
    {"role": "assistant", "text": f"Hello, {canary('text')} – Grüße", "start_ms": 0, "end_ms": 1_000},
    {"role": "user", "text": "Is it here?", "start_ms": 1_200, "end_ms": 2_000},
    {"role": "tool", "text": "", "name": "track", "args": {"parcel": 22}, "is_error": True, "result": "no"},
    {"role": "assistant", "text": "It is in Rome.", "start_ms": 5_100, "end_ms": 6_000},
]
CALLS = {
    "c1": ({"turns": TURNS}, {"session_label": "support", "started_at": NEW_YEAR_MS, "status": "completed"}),
    "c2": ({"turns": TURNS[:2]}, {"session_label": canary("label"), "started_at": NEW_YEAR_MS + DAY_MS}),
    "c3": ({"transcript": "Agent: hello"}, {"created_at": NEW_YEAR_MS + 2 * DAY_MS}),
}
FAILED = {
    "session_label": "support", "started_at": NEW_YEAR_MS - DAY_MS, "status": "failed", "duration_s": 0.4,
    "error": "the line was dead",
}  # fmt: skip


@pytest.fixture
def kept(cli: Cli) -> Iterator[Cli]:
    """An account with three calls that were opened."""

    def answer(path: str) -> Any:
        call_id = path.removesuffix("/transcript").rpartition("/")[2]
        if call_id not in CALLS:
            return told(FAILED) if path.endswith("/c0") else told({}, 404)
        transcript, record = CALLS[call_id]
        return told(transcript if path.endswith("/transcript") else record)

    with answering(answer) as url:
        cli.set("PYAI_BASE_URL", url)
        for call_id in CALLS:
            assert cli("export", call_id).status == ExitStatus.DONE
        yield cli


def rows(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cli("export", "--all", "-f", "jsonl", *arguments).text.splitlines()]


def test_a_line_for_each_call_with_facts_and_figures(kept: Cli) -> None:
    plain, newer, older = rows(kept)
    assert [plain["call_id"], newer["call_id"], older["call_id"]] == ["c3", "c2", "c1"]
    assert older["started_at"] == "2026-01-01T00:00:00.000Z"
    assert (older["label"], older["status"], older["link"], older["turns"]) == ("support", "completed", "c1", 4)
    assert older["assistant"]["response"]["p95_ms"] == 3_100
    assert [(one["kind"], one["turn"]) for one in older["moments"]] == [("error", 3), ("slow_answer", 4)]
    assert (plain["started_at"], plain["turns"], plain["assistant"]["response"]["p95_ms"]) == (None, 0, None)


def test_figures_are_those_of_insights(kept: Cli) -> None:
    (call,) = rows(kept, "--label", "support")
    figures = json.loads(kept("insights", "c1", "--json").out)
    moments = [{**one, "tool_ms": one.get("tool_ms")} for one in figures["moments"]]
    assert {name: call[name] for name in figures} == {**figures, "moments": moments}


def test_a_line_for_each_turn_with_its_timing_and_link(kept: Cli) -> None:
    turns = [row for row in rows(kept, "--turns") if row["call_id"] == "c1"]
    assert [row["turn"] for row in turns] == [1, 2, 3, 4]
    assert [row["text"] for row in turns] == [turn["text"] for turn in TURNS]
    answer = turns[3]
    assert (answer["floor"], answer["offset_ms"], answer["response_ms"]) == ("change", 3_100, 3_100)
    assert (answer["is_slow"], answer["moments"], answer["link"]) == (True, ["slow_answer"], "c1#turn=4")
    assert turns[2]["tools"] == [
        {"name": "track", "arguments": '{"parcel": 22}', "result": "no", "has_failed": True, "error": None}
    ]
    assert (turns[2]["role"], turns[2]["speaker"], turns[2]["is_slow"]) == ("other", "tool", None)


@pytest.mark.parametrize(
    ("sent", "error"),
    [("boom", "boom"), ({"code": 7}, '{"code": 7}'), (True, None), ("", None), (False, None), (None, None)],
)
def test_why_a_tool_failed_is_told_as_in_the_text(cli: Cli, sent: object, error: str | None) -> None:
    turn = {"role": "assistant", "text": "x", "tool_calls": [{"name": "t", "result": {"y": 2}, "error": sent}]}
    (cli.home / "a.json").write_text(json.dumps([turn]))
    (tool,) = json.loads(cli("export", "a.json", "-f", "jsonl", "--turns").out)["tools"]
    assert tool == {"name": "t", "arguments": None, "result": '{"y": 2}', "has_failed": bool(sent), "error": error}
    line = next(line for line in cli("export", "a.json").out.decode().splitlines() if "▸ t" in line)
    assert ("failed" in line, f"failed: {error}" in line) == (bool(sent), error is not None)


def test_a_plain_text_is_one_line_without_a_turn(kept: Cli) -> None:
    plain = rows(kept, "--turns")[0]
    assert (plain["call_id"], plain["turn"], plain["text"], plain["link"]) == ("c3", None, "Agent: hello", "c3")


@pytest.mark.parametrize(("options", "columns"), [((), CALL_COLUMNS), (("--turns",), TURN_COLUMNS)])
def test_every_line_has_the_same_keys_in_the_same_order(
    kept: Cli, options: tuple[str, ...], columns: dict[str, object]
) -> None:
    assert {tuple(row) for row in rows(kept, *options)} == {tuple(columns)}


def test_marks_are_told(kept: Cli) -> None:
    library = Library()
    account = library.new_account(base_url(os.environ["PYAI_BASE_URL"]), SecretStr(KEY))
    library.mark(account, "c1", 3, is_marked=True)
    assert [row["marks"] for row in rows(kept)] == [[], [], [4]]
    assert [row["link"] for row in rows(kept, "--turns") if row["is_marked"]] == ["c1#turn=4"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--label", "support"), ["c1"]),
        (("--since", "2026-01-02T00:00Z"), ["c2"]),
        (("--before", "2026-01-02T00:00Z"), ["c1"]),
        (("--since", "2026-01-01T00:00Z", "--before", "2026-01-03T00:00Z"), ["c2", "c1"]),
    ],
)
def test_calls_are_chosen_by_label_and_start(kept: Cli, options: tuple[str, ...], expected: list[str]) -> None:
    assert [row["call_id"] for row in rows(kept, *options)] == expected


def test_no_such_call_is_said(kept: Cli) -> None:
    ran = kept("export", "--all", "-f", "jsonl", "--label", "nothing")
    assert (ran.status, ran.out, ran.line) == (ExitStatus.NOT_FOUND, b"", "no such call is kept on this machine")


def test_an_empty_library_is_said(cli: Cli) -> None:
    ran = cli("export", "--all", "-f", "jsonl")
    assert (ran.status, ran.out, ran.line) == (
        ExitStatus.NOT_FOUND,
        b"",
        "no call is kept on this machine for this key and address",
    )


def test_a_time_that_is_none_is_refused_by_its_option(kept: Cli) -> None:
    ran = kept("export", "--all", "-f", "jsonl", "--before", "once")
    assert (ran.status, ran.line.partition(":")[0]) == (ExitStatus.USAGE, "--before once")


def test_calls_of_other_keys_are_not_written(kept: Cli) -> None:
    kept.set("PYAI_API_KEY", "pyai_live_another")
    assert kept("export", "--all", "-f", "jsonl").status == ExitStatus.NOT_FOUND


def test_the_demo_has_its_sample_calls(cli: Cli) -> None:
    told = {row["call_id"] for row in rows(cli, "--demo")}
    assert told == {one.call_id for one in SAMPLES}
    told = {row["call_id"] for row in rows(cli, "--demo", "--turns")}
    assert told == {one.call_id for one in SAMPLES} - {"call_demo_failed", "call_demo_late"}
    assert not list(cli.home.rglob("library.db"))


@pytest.fixture
def failed(kept: Cli) -> Cli:
    """The account with one call more, which failed and has no transcript; it was opened."""
    assert kept("export", "c0").status == ExitStatus.NOT_FOUND
    return kept


def test_a_call_without_a_transcript_is_a_row_of_its_facts(failed: Cli) -> None:
    *others, row = rows(failed)
    assert [one["call_id"] for one in others] == ["c3", "c2", "c1"]
    known = {name: value for name, value in row.items() if value is not None}
    assert known == {
        "call_id": "c0", "label": "support", "status": "failed", "error": "the line was dead",
        "started_at": "2025-12-31T00:00:00.000Z", "link": "c0", "duration_ms": 400, "marks": [],
    }  # fmt: skip
    assert tuple(row) == tuple(CALL_COLUMNS)
    assert [one["call_id"] for one in rows(failed, "--label", "support")] == ["c1", "c0"]
    assert [one["call_id"] for one in rows(failed, "--before", "2026-01-01T00:00Z")] == ["c0"]


def test_a_call_without_a_transcript_has_no_turns(failed: Cli) -> None:
    assert {row["call_id"] for row in rows(failed, "--turns")} == {"c1", "c2", "c3"}
    ran = failed("export", "--all", "-f", "jsonl", "--turns", "--before", "2026-01-01T00:00Z")
    assert (ran.status, ran.out, ran.line) == (ExitStatus.NOT_FOUND, b"", "no such call is kept on this machine")


def test_a_call_with_neither_transcript_nor_record_is_named(failed: Cli) -> None:
    with closing(sqlite3.connect(failed.home / "omni-transcripts" / "library.db")) as database, database:
        database.execute("UPDATE bare_record SET record = x'00'")
    ran = failed("export", "--all", "-f", "jsonl")
    assert (ran.status, len(ran.out.splitlines())) == (ExitStatus.BAD_ANSWER, 3)
    assert ran.line == "c0: its record cannot be read, and it has no transcript"


def test_output_is_safe_and_values_do_not_change(kept: Cli) -> None:
    for options in ((), ("--turns",)):
        written = kept("export", "--all", "-f", "jsonl", *options).text
        assert written.isascii()
        assert obeyed_in(written) == []
    assert canary("label") in [row["label"] for row in rows(kept)]


def damage(cli: Cli, call_id: str, source: bytes) -> None:
    (path,) = cli.home.rglob("library.db")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE body SET source = ? WHERE id = (SELECT id FROM kept WHERE call_id = ?)", (source, call_id)
        )


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b'{"turns": [', "the answer is incomplete: its JSON ends in the middle"),
        (b"[%s]" % (b" " * 1_100_000), "its transcript is larger than 1 MiB – raise max_body_mib"),
    ],
)
def test_a_call_that_cannot_be_read_is_named_and_the_others_go_on(kept: Cli, source: bytes, why: str) -> None:
    damage(kept, "c2", source)
    (kept.home / "mine.toml").write_text("max_body_mib = 1")
    ran = kept("export", "--all", "-f", "jsonl", "--config", "mine.toml")
    assert [json.loads(line)["call_id"] for line in ran.out.splitlines()] == ["c3", "c1"]
    assert ran.line.startswith(f"c2: {why}")
    assert ran.status == ExitStatus.BAD_ANSWER


def test_a_damaged_library_is_said(kept: Cli) -> None:
    (path,) = kept.home.rglob("library.db")
    path.write_bytes(b"no database" * 1_000)
    ran = kept("export", "--all", "-f", "jsonl")
    assert (ran.status, ran.out) == (ExitStatus.OUTPUT, b"")
    assert ran.line.startswith("the library was damaged")


def test_a_file_is_whole_and_private_and_not_overwritten_unasked(kept: Cli) -> None:
    lines = kept("export", "--all", "-f", "jsonl").out
    ran = kept("export", "--all", "-o", "calls.ndjson")
    assert (ran.status, ran.out, ran.line) == (ExitStatus.DONE, b"", f"written to {kept.home / 'calls.ndjson'}")
    assert (kept.home / "calls.ndjson").read_bytes() == lines
    assert (kept.home / "calls.ndjson").stat().st_mode & 0o777 == 0o600
    assert kept("export", "--all", "-o", "calls.ndjson").status == ExitStatus.OUTPUT
    assert kept("export", "--all", "-o", "calls.ndjson", "--force").status == ExitStatus.DONE
    told = kept("export", "--all", "-f", "jsonl", "-o", "calls.csv")
    assert (told.status, told.lines[1]) == (ExitStatus.DONE, "calls.csv holds jsonl, and its ending is that of csv")


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.parquet"])
def test_without_a_call_a_file_stays_as_it_is(kept: Cli, name: str) -> None:
    kept("export", "--all", "-o", name)
    before = (kept.home / name).read_bytes()
    ran = kept("export", "--all", "-o", name, "--force", "--label", "nothing")
    assert (ran.status, ran.line) == (ExitStatus.NOT_FOUND, "no such call is kept on this machine")
    assert (kept.home / name).read_bytes() == before


def test_one_call_can_be_written_as_rows_too(kept: Cli) -> None:
    (call,) = map(json.loads, kept("export", "c1", "-f", "jsonl").out.splitlines())
    assert call == rows(kept, "--label", "support")[0]
    part = kept("export", "c1#turn=3..4", "-f", "jsonl", "--turns").out.splitlines()
    assert [json.loads(line) for line in part] == rows(kept, "--label", "support", "--turns")[2:]


MANY = 300


@pytest.fixture
def many(cli: Cli) -> Cli:
    """A library with many calls, more than a pipe holds."""
    library = Library()
    account = library.new_account(base_url("https://api.pyai.com"), SecretStr(KEY))
    source = json.dumps({"turns": TURNS * 10}).encode()
    for number in range(MANY):
        library.keep_all(account, [(CachedCall(f"c{number}", number, source, None, None, NEW_YEAR_MS - number), b"")])
    return cli


def started(cli: Cli, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    variables = {name: str(cli.home) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    return subprocess.Popen(
        [*COMMAND, "export", "--all", "-f", "jsonl", "--turns", *arguments],
        env=environment(cli.home, PYAI_API_KEY=KEY, **variables), cwd=cli.home, stderr=subprocess.PIPE, **streams,
    )  # fmt: skip


def test_a_reader_may_leave_after_the_first_line(many: Cli) -> None:
    with started(many, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert json.loads(program.stdout.readline())["call_id"] == "c0"
        program.stdout.close()
        assert program.stderr is not None
        assert program.stderr.read() == b""
        assert program.wait(PATIENCE_S) == ExitStatus.DONE


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interruption_leaves_no_half_file(many: Cli, number: int, status: int) -> None:
    before = sorted(many.home.rglob("*"))
    with started(many, "-o", "out.jsonl") as program:
        _await_unnamed_file(program, many.home)
        program.send_signal(number)
        assert program.stderr is not None
        assert program.stderr.read() == b""
        assert program.wait(PATIENCE_S) == status
    assert sorted(many.home.rglob("*")) == before


def _await_unnamed_file(program: subprocess.Popen[bytes], directory: Path) -> None:
    """Wait until a process has opened a file without a name."""
    descriptors = Path(f"/proc/{program.pid}/fd")
    while program.poll() is None and not any(_is_unnamed_in(directory, one) for one in descriptors.iterdir()):
        pass


def _is_unnamed_in(directory: Path, descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith(f"{directory}/#")
    except OSError:  # closed meanwhile
        return False


def test_an_interruption_ends_the_wait_for_a_reader(many: Cli) -> None:
    os.mkfifo(many.home / "fifo")
    with started(many, "-o", "fifo") as program:
        reader = os.open(many.home / "fifo", os.O_RDONLY)
        assert os.read(reader, 1)  # it writes now, and more than the pipe holds
        program.send_signal(signal.SIGINT)
        assert program.wait(PATIENCE_S) == ExitStatus.INTERRUPTED
        os.close(reader)
