"""``cache`` lists the stored files, and removes them without a trace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus, OutputError
from tui.core.secret import SecretStr
from tui.store import fault_reports
from tui.store.library import CachedCall, Library

ID, LABEL, WORDS = "call_never_again", "a label of somebody", "what somebody has said"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Cli:
    return Cli(tmp_path, monkeypatch, capsysbinary)


def fill(home: Path) -> None:
    fault_reports.keep_report(ValueError(LABEL))
    ours = home / "omni-transcripts"
    library = Library()
    account = library.new_account("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    library.keep(account, CachedCall(ID, 1, WORDS.encode(), b"{}", LABEL), WORDS.encode())
    (ours / "library.db-journal").write_text(WORDS)
    for name in ("library.db-wal", "library.db-shm", "library.bad", "library.bad-wal"):
        (ours / name).write_text(WORDS)
    for end in ("1", "1-journal", "2", "10", "10-wal"):
        (ours / f"library.db.damaged-{end}").write_text(WORDS)
    for name in ("recent.json", "recent.bad"):
        (ours / name).write_text(f"{{{ID}")
    (ours / ".omni-transcripts-draft").write_text(ID)
    (ours / "faults" / ".omni-transcripts-draft").write_text(ID)


def left(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_nothing_is_kept_at_first(cli: Cli) -> None:
    assert cli("cache", "info").text == "Nothing is kept.\n"
    assert cli("cache", "clear").text == "There was nothing to remove.\n"


def test_all_stored_files_are_listed_and_removed(cli: Cli) -> None:
    fill(cli.home)
    told = cli("cache", "info").text
    assert all(str(path) in told for path in left(cli.home))
    assert cli("cache", "clear").text == f"Removed:\n{told}"
    assert left(cli.home) == []


def test_replaced_calls_leave_no_trace_in_the_file(cli: Cli) -> None:
    fill(cli.home)
    library = Library()
    account = library.new_account("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    library.keep(account, CachedCall(ID, 2, b"less"), b"less")
    assert WORDS.encode() not in (cli.home / "omni-transcripts" / "library.db").read_bytes()


def test_foreign_files_stay(cli: Cli) -> None:
    fill(cli.home)
    foreign = cli.home / "omni-transcripts" / "mine.txt"
    foreign.write_text("mine")
    link = cli.home / "omni-transcripts" / "faults" / "link.txt"
    link.symlink_to(foreign)
    assert cli("cache", "clear").status == ExitStatus.DONE
    assert left(cli.home) == [foreign]
    assert not link.is_symlink()


def test_files_that_cannot_be_removed_are_reported(cli: Cli) -> None:
    fill(cli.home)
    ours = cli.home / "omni-transcripts"
    (ours / "recent.json").unlink()
    (ours / "recent.json").mkdir()
    (ours / "library.db.damaged-3").mkdir()
    (ours / "library.db.damaged-3" / "mine").write_text("mine")
    ran = cli("cache", "clear")
    assert ran.status == ExitStatus.OUTPUT
    assert ran.lines == [
        f"{ours / name} cannot be removed: it is a directory" for name in ("library.db.damaged-3", "recent.json")
    ]
    assert ran.out.decode().startswith("Removed:\n")
    assert [path.name for path in left(cli.home)] == ["mine"]
    assert cli("cache", "info").text.count("a directory: not of this program") == 2
    assert (cli("cache", "clear").out, left(cli.home)) == (b"", [ours / "library.db.damaged-3" / "mine"])


def test_a_directory_that_cannot_be_looked_into_keeps_nothing_else(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(cli.home)
    listed = os.listdir

    def refuse(place: Path) -> list[str]:
        if place.name == "faults":
            raise PermissionError(13, "Permission denied")
        return listed(place)

    monkeypatch.setattr(os, "listdir", refuse)
    ran = cli("cache", "clear")
    assert (ran.status, ran.line.endswith("faults cannot be looked into: Permission denied")) == (7, True)
    assert {path.parent.name for path in left(cli.home)} == {"faults"}
    assert cli("cache", "info").status == ExitStatus.OUTPUT


def test_a_failed_removal_is_reported(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(cli.home)

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    told = cli("cache", "clear")
    assert told.status == ExitStatus.OUTPUT
    assert all(line.endswith("cannot be removed: Permission denied") for line in told.lines)
    assert len(told.lines) == len(left(cli.home))


def test_a_missing_home_is_reported(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise OutputError("there is no home directory to keep files in")

    monkeypatch.setattr("tui.store.files.state_dir", no_home)
    assert cli("cache", "info").status == ExitStatus.OUTPUT
