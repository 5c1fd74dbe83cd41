"""``calls`` lists the account's calls: a table, or JSON Lines, page by page."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import sqlite3
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.canary import Answer, answering, canary, caught_in_text, shown, told
from tests.faults import answer, says
from tests.program import COMMAND, KEY, PATIENCE_S, Cli, environment, serving
from tui.core.errors import ExitStatus
from tui.core.text import cell_len
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

MANY = 950


@pytest.fixture
def cli(cli: Cli) -> Cli:
    cli.set("TZ", "UTC")
    return cli


@pytest.fixture
def many(cli: Cli) -> Iterator[DemoServer]:
    """The server of a long list, and its account."""
    with DemoServer(many=MANY) as server:
        cli.set("PYAI_BASE_URL", server.base_url)
        cli.set("PYAI_API_KEY", DEMO_KEY)
        yield server


def listing(*records: dict[str, Any], **more: Any) -> Callable[[str], Answer]:
    """Answers with one page of these records."""
    return lambda _: told({"object": "list", "data": records, "has_more": False, **more})


def test_the_calls_of_the_demo_are_a_table(cli: Cli) -> None:
    heading, first, *others = cli("calls", "--demo").text.splitlines()
    assert heading.split() == ["when", "length", "status", "label", "call", "id", "recording", "summary", "or", "error"]
    assert first.split()[-8:-2] == ["3:03", "completed", "rebooking-line", "call_demo_trouble", "yes", "has"]
    assert first.endswith("  has a summary")
    assert len(others) == 10
    assert all(line[heading.index("call id") - 1] == " " for line in (first, *others) if line.isascii())


def in_terminal(cells: int, *arguments: str) -> list[str]:
    """The lines that a terminal of some width gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, cells, 0, 0))
    with TemporaryDirectory() as home:
        environ = environment(Path(home), TZ="UTC")
        subprocess.run([*COMMAND, *arguments], env=environ, cwd=home, stdout=theirs, timeout=PATIENCE_S, check=True)
    os.close(theirs)
    said = b""
    with suppress(OSError):  # at the end of what was written
        while data := os.read(ours, 65_536):
            said += data
    os.close(ours)
    return said.decode().splitlines()


@pytest.mark.parametrize(
    ("cells", "headings"),
    [
        (120, "when length status label call id recording summary or error"),
        (90, "when length status label call id recording"),
        (80, "when length status label call id"),
        (60, "when status label call id"),
        (50, "when label call id"),
        (35, "when call id"),
        (15, "call id"),
    ],
)
def test_a_narrow_terminal_gets_what_can_be_read_and_whole_ids(cells: int, headings: str) -> None:
    heading, *rows = in_terminal(cells, "calls", "--demo")
    assert heading.split() == headings.split()
    assert {"call_demo_trouble", "call_demo_silences", "call_demo_long"} <= {
        word for row in rows for word in row.split()
    }
    assert all(cell_len(line) <= max(cells, len("call_demo_silences")) for line in (heading, *rows))


def test_at_80_columns_labels_are_whole_and_a_long_one_is_cut_off_before_the_id() -> None:
    assert "dental-front-desk   call_demo_booking" in "\n".join(in_terminal(80, "calls", "--demo"))
    assert "dental-front-de…  call_demo_booking" in "\n".join(in_terminal(50, "calls", "--demo"))


def test_offline_without_any_call_it_says_so(cli: Cli) -> None:
    ran = cli("calls", "--offline")
    assert (ran.status, ran.out) == (ExitStatus.NOT_FOUND, b"")
    assert ran.line == "no call is kept on this machine for this key and address – leave out --offline"


@pytest.mark.parametrize("label", ["z", "zzz"])
def test_offline_a_label_that_no_call_has_finds_nothing(cli: Cli, label: str) -> None:
    with answering(listing({"call_id": "c1", "label": "a"})) as url:
        cli.set("PYAI_BASE_URL", url)
        assert cli("calls").status == ExitStatus.DONE
        ran = cli("calls", "--offline", "--label", label)
    assert (ran.status, ran.line) == (ExitStatus.NOT_FOUND, "there are no such calls")


def test_columns_hold_whatever_the_record_has(cli: Cli) -> None:
    records: tuple[dict[str, Any], ...] = (
        {"call_id": "c1", "status": "in_progress", "summary": {"deep": [{"topic": "a refund,\nplease"}]}},
        {"call_id": "c2", "status": "failed", "error": "no carrier", "duration_s": 3725.4},
        {"call_id": "c3", "recording_result": {"terminal_reason": "engine_session_identity_missing"}},
        {},
    )
    with answering(listing(*records)) as url:
        _, *rows = cli("calls", "--base-url", url).text.splitlines()
    assert rows[0].split() == ["in", "progress", "c1", "a", "refund,", "please"]
    assert rows[1].split() == ["1:02:05", "failed", "c2", "no", "carrier"]
    assert "c3" in rows[2]
    assert "the engine had no identity" in rows[2]
    assert len(rows) == 4


def test_json_has_a_line_for_each_call(cli: Cli) -> None:
    lines = [json.loads(line) for line in cli("calls", "--demo", "--json").text.splitlines()]
    assert len(lines) == 11
    assert lines[1] == {
        "call_id": "call_demo_booking", "label": "dental-front-desk", "status": "completed", "duration_s": 251.2,
        "started_at": 1794492200000, "created_at": 1794492453500, "has_recording": True, "has_summary": True,
        "error": None, "summary": None,
    }  # fmt: skip


def test_the_server_is_asked_for_the_label(cli: Cli) -> None:
    assert ids(cli, "--label", "pizza-orders") == ["call_demo_legacy"]


@pytest.mark.parametrize("status", ["failed", "Failed", "error"])
def test_a_status_is_asked_for_in_words(cli: Cli, status: str) -> None:
    assert ids(cli, "--status", status) == ["call_demo_failed"]


def test_a_status_that_no_call_has_names_those_that_there_are(cli: Cli) -> None:
    ran = cli("calls", "--demo", "--status", "ban\x07ana")
    assert (ran.status, ran.out) == (ExitStatus.NOT_FOUND, b"")
    assert ran.line == "no call has the status 'ban␇ana': those listed are completed, failed"
    ran = cli("calls", "--demo", "--status", "failed", "--label", "pizza-orders")
    assert ran.line == "no call has the status 'failed': those listed are completed"
    assert cli("calls", "--demo", "--status", "failed", "--label", "x").line == "there are no such calls"


def test_since_takes_calls_from_a_day_on(cli: Cli) -> None:
    assert ids(cli, "--since", "2026-11-12T13:00") == ["call_demo_trouble", "call_demo_booking", "call_demo_late"]


def ids(cli: Cli, *arguments: str) -> list[str]:
    """The ids of the demo's calls that are listed."""
    return [json.loads(line)["call_id"] for line in cli("calls", "--demo", "--json", *arguments).text.splitlines()]


def test_all_calls_of_a_long_list_come_once(cli: Cli, many: DemoServer) -> None:
    listed = [json.loads(line)["call_id"] for line in cli("calls", "--json").text.splitlines()]
    assert len(listed) == len(set(listed)) == MANY + 11
    assert many.requests == 10


@pytest.mark.parametrize(("limit", "requests"), [(1, 1), (100, 1), (101, 2)])
def test_no_more_is_asked_for_than_the_limit_needs(cli: Cli, many: DemoServer, limit: int, requests: int) -> None:
    assert len(cli("calls", "--json", "--limit", str(limit)).text.splitlines()) == limit
    assert many.requests == requests


def test_calls_older_than_since_are_not_asked_for(cli: Cli, many: DemoServer) -> None:
    listed = cli("calls", "--json", "--since", "2026-11-11").text.splitlines()
    assert 11 < len(listed) < 200
    assert many.requests == 2


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    with DemoServer(many=5_000) as server:
        environ = environment(tmp_path, PYAI_BASE_URL=server.base_url, PYAI_API_KEY=DEMO_KEY)
        shell = f"{{ {' '.join(COMMAND)} calls --json; echo $? >status; }} | head -1"
        done = subprocess.run(
            ["bash", "-c", shell], env=environ, cwd=tmp_path, capture_output=True, timeout=PATIENCE_S, check=True
        )
        assert json.loads(done.stdout)["call_id"] == "call_demo_trouble"
        assert (done.stderr, (tmp_path / "status").read_text()) == (b"", "0\n")
        assert server.requests < 40


def test_an_error_in_the_middle_is_one_line_after_the_pages_before(cli: Cli) -> None:
    page = json.dumps({"data": [{"call_id": "c1"}], "has_more": True, "next_cursor": "2"}).encode()
    refused = answer(b"{}", "403 Forbidden")
    with serving(says(answer(page)), says(refused)) as server:
        cli.set("PYAI_BASE_URL", server.base_url)
        done = cli("calls", "--json")
    assert done.status == ExitStatus.REFUSED
    assert json.loads(done.out)["call_id"] == "c1"
    assert done.line


def test_a_list_that_ends_early_says_so(cli: Cli) -> None:
    with answering(listing({"call_id": "c1"}, has_more=True)) as url:
        done = cli("calls", "--json", "--base-url", url)
        enough = cli("calls", "--json", "--limit", "1", "--base-url", url)
    assert (done.status, len(done.out.splitlines())) == (ExitStatus.BAD_ANSWER, 1)
    assert done.line == "the server has more calls, but does not say where"
    assert (enough.status, len(enough.out.splitlines()), enough.err) == (ExitStatus.DONE, 1, b"")


def test_failed_calls_that_cannot_be_kept_are_told_once_behind_the_list(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.database._PATIENCE_S", 0.05)
    pages = iter((1, 2, 3) * 2)

    def page(path: str) -> Answer:
        if path == "/v1/me":
            return told({"org_id": "org"})
        number = next(pages)
        record = {"call_id": f"c{number}", "status": "failed"}
        return told({"data": [record], "has_more": number < 3, "next_cursor": str(number)})

    with answering(page) as url:
        cli.set("PYAI_BASE_URL", url)
        assert len(cli("calls", "--json").text.splitlines()) == 3
        with closing(sqlite3.connect(cli.home / "omni-transcripts" / "library.db", isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            ran = cli("calls", "--json")
    assert (ran.status, len(ran.out.splitlines())) == (ExitStatus.DONE, 3)
    assert ran.line.startswith("not kept on this machine: ")
    assert "is locked by another process" in ran.line


def test_nothing_found_has_its_own_status(cli: Cli) -> None:
    with answering(listing()) as url:
        cli.set("PYAI_BASE_URL", url)
        none, none_such = cli("calls"), cli("calls", "--label", "x")
    assert (none.status, none.out, none.line) == (ExitStatus.NOT_FOUND, b"", "the account has no calls yet")
    assert (none_such.status, none_such.line) == (ExitStatus.NOT_FOUND, "there are no such calls")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--limit", "0"), "--limit 0 lists nothing"),
        (("--limit", "x"), "'x'"),
        (("--since", "soon"), "a time looks like"),
        (("--label", "x" * 257), "256"),
        (("--label", ""), "that is no label; leave it out for all calls"),
    ],
)
def test_wrong_usage_is_refused(cli: Cli, arguments: tuple[str, str], words: str) -> None:
    done = cli("calls", *arguments)
    assert (done.status, done.out) == (ExitStatus.USAGE, b"")
    assert words in done.line


def test_output_is_safe(cli: Cli) -> None:
    record = {name: canary(name) for name in ("call_id", "session_label", "status", "error")}
    with answering(listing(record, record | {"call_id": f"x{KEY}", "error": f"{KEY} is bad"})) as url:
        cli.set("PYAI_BASE_URL", url)
        table, lines = cli("calls", "--limit", "1").text, cli("calls", "--json", "--limit", "1").text
    assert shown("session_label") in table
    assert caught_in_text(table) == []
    assert lines.isascii()
    assert json.loads(lines)["call_id"] == record["call_id"]


def test_what_is_kept_of_a_call_is_told_online_as_offline(cli: Cli) -> None:
    detail: dict[str, dict[str, Any]] = {"c1": {"error": "no carrier"}, "c2": {"summary": {"topic": "a refund"}}}
    listed: list[dict[str, Any]] = [
        {"call_id": "c1", "status": "failed", "started_at": 2_000},
        {"call_id": "c2", "status": "completed", "has_summary": True, "started_at": 1_000},
    ]

    def answer(path: str) -> Answer:
        name = path.partition("?")[0].removeprefix("/v1/omni/calls").strip("/")
        if not name:
            return told({"data": listed, "has_more": False})
        if name.endswith("/transcript"):
            return told({}, 404) if name[:2] == "c1" else told({"turns": [{"role": "user", "text": "hello"}]})
        return told({**next(one for one in listed if one["call_id"] == name), **detail[name]})

    with answering(answer) as url:
        cli.set("PYAI_BASE_URL", url)
        before = list(map(json.loads, cli("calls", "--json").text.splitlines()))
        assert [(call["error"], call["summary"]) for call in before] == [(None, None)] * 2
        for call_id in ("c1", "c2"):
            cli("export", call_id)
        online, table = cli("calls", "--json").text, cli("calls").text
        assert online == cli("calls", "--offline", "--json").text
        assert table == cli("calls", "--offline").text
        assert cli("calls", "--no-cache", "--json").text.count("null") > online.count("null")
    assert [line.split("  ")[-1] for line in table.splitlines()] == ["summary or error", "no carrier", "a refund"]


def test_a_key_for_a_status_is_not_shown(cli: Cli) -> None:
    with answering(listing({"call_id": "c1", "status": "completed"})) as url:
        done = cli("calls", "--status", "pyai_live_Zq4", "--base-url", url)
    assert done.status == ExitStatus.NOT_FOUND
    assert done.line == "no call has the status '[an API key]': those listed are completed"
