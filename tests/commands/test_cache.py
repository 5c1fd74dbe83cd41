"""What is kept is told and can be removed, so that nothing of it is left in any file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus, OutputError
from tui.core.secret import SecretStr
from tui.store import crash, recents
from tui.store.library import Copy, Library
from tui.store.recents import Recent

ID, LABEL, WORDS = "call_never_again", "a label of somebody", "what somebody has said"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Cli:
    return Cli(tmp_path, monkeypatch, capsysbinary)


def fill(home: Path) -> None:
    assert recents.remember(Recent(ID, "https://api.pyai.com", 1, LABEL))
    crash.keep_report(ValueError(LABEL))
    ours = home / "omni-transcripts"
    library = Library()
    shelf = library.new_shelf("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    library.keep(shelf, Copy(ID, 1, WORDS.encode(), b"{}", LABEL), WORDS.encode())
    (ours / "library.db-journal").write_text(WORDS)
    (ours / "library.bad").write_text(WORDS)
    (ours / "recent.bad").write_text(f"{{{ID}")
    (ours / ".omni-transcripts-draft").write_text(ID)
    (ours / "faults" / ".omni-transcripts-draft").write_text(ID)


def left(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_nothing_is_kept_at_first(cli: Cli) -> None:
    assert cli("cache", "info").text == "Nothing is kept.\n"
    assert cli("cache", "clear").text == "There was nothing to remove.\n"


def test_everything_that_is_kept_is_told_and_removed(cli: Cli) -> None:
    fill(cli.home)
    told = cli("cache", "info").text
    assert all(str(path) in told for path in left(cli.home))
    assert cli("cache", "clear").text == f"Removed:\n{told}"
    assert left(cli.home) == []
    assert recents.load() == []


def test_what_is_replaced_is_gone_from_the_file(cli: Cli) -> None:
    fill(cli.home)
    library = Library()
    shelf = library.new_shelf("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    library.keep(shelf, Copy(ID, 2, b"less"), b"less")
    assert WORDS.encode() not in (cli.home / "omni-transcripts" / "library.db").read_bytes()


def test_what_others_have_put_there_stays(cli: Cli) -> None:
    fill(cli.home)
    foreign = cli.home / "omni-transcripts" / "mine.txt"
    foreign.write_text("mine")
    link = cli.home / "omni-transcripts" / "faults" / "link.txt"
    link.symlink_to(foreign)
    assert cli("cache", "clear").status == ExitStatus.DONE
    assert left(cli.home) == [foreign]
    assert not link.is_symlink()


def test_where_it_cannot_be_removed_it_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(cli.home)

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    told = cli("cache", "clear")
    assert told.status == ExitStatus.OUTPUT
    assert "library.db-journal cannot be removed: Permission denied" in told.line


def test_without_a_home_it_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise OutputError("there is no home directory to keep files in")

    monkeypatch.setattr("tui.store.files.state_dir", no_home)
    assert cli("cache", "info").status == ExitStatus.OUTPUT
