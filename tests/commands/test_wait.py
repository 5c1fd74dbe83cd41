"""``export --wait``: looks for a transcript until it is there, tells what the record says, and why none will come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus
from tui.core.waiting import parse_patience
from tui.demo.calls import LATE_ID
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(late_s=0.2) as server:
        yield server


@pytest.fixture
def cli(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    monkeypatch.setattr("tui.core.waiting._FIRST_PAUSE_S", 0.05)
    cli = Cli(tmp_path, monkeypatch, capsysbinary)
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", server.base_url)
    return cli


def test_a_late_transcript_is_waited_for(cli: Cli) -> None:
    told = cli("export", LATE_ID, "--wait", "60s")
    assert told.status == ExitStatus.DONE
    assert b"parcel-desk" in told.out
    assert told.line.startswith("no transcript yet (status completed, recorded 0 seconds ago")
    assert told.line.endswith("; looking for it for 1 minute at most")


def test_without_waiting_it_is_not_there(cli: Cli) -> None:
    told = cli("export", LATE_ID)
    assert (told.status, told.out) == (ExitStatus.NOT_FOUND, b"")


def test_a_failed_call_is_not_waited_for(cli: Cli) -> None:
    told = cli("export", "call_demo_failed", "--wait", "10m")
    assert told.status == ExitStatus.NOT_FOUND
    assert "status failed, error: “engine_session_identity_missing: the session ended before any speech”" in told.line
    assert "a call that failed before any speech has no transcript" in told.line


def test_a_wait_ends_with_its_reason(cli: Cli) -> None:
    told = cli("export", "call_nobody_knows", "--wait", "0.2s")
    assert told.status == ExitStatus.NOT_FOUND
    first, last = told.lines
    assert first.startswith("no transcript yet (no record of the call yet)")
    assert "none came within 0.2 s" in last


def test_a_file_is_not_waited_for(cli: Cli) -> None:
    (cli.home / "call.json").write_text('{"turns": []}')
    told = cli("export", "call.json", "--wait", "5s")
    assert told.status == ExitStatus.USAGE
    assert "--wait has no effect here" in told.line


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        ("0", "a wait is longer than nothing, and 24 hours at most"),
        ("soon", "'soon': a wait looks like 60s, 2m, 1m30s or 1h"),
        ("1.5", "'1.5': a wait looks like 60s, 2m, 1m30s or 1h"),
        ("-1s", "a wait is longer than nothing"),
        ("48h", "24 hours at most"),
    ],
)
def test_a_wait_is_a_time(cli: Cli, wait: str, said: str) -> None:
    told = cli("export", LATE_ID, f"--wait={wait}")
    assert told.status == ExitStatus.USAGE
    assert "--wait" in told.line
    assert said in told.line


@pytest.mark.parametrize(("wait", "seconds"), [("60s", 60), ("2m", 120), ("1m30s", 90), ("1h", 3600), ("60", 60)])
def test_the_forms_that_are_named_are_taken(wait: str, seconds: float) -> None:
    assert parse_patience(wait) == seconds
