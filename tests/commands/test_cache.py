"""``cache`` lists the stored files, and removes them without a trace."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus, OutputError
from tui.core.secret import SecretStr
from tui.store import fault_reports
from tui.store.library import CachedCall, Library
from tui.store.records import NewRecord
from tui.store.retention import Bounds, Retention

ID, LABEL, WORDS = "call_never_again", "a label of somebody", "what somebody has said"


def fill(home: Path) -> None:
    fault_reports.keep_report(ValueError(LABEL))
    ours = home / "omni-transcripts"
    library = Library()
    account = library.new_account("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    library.keep_all(account, [(CachedCall(ID, 1, WORDS.encode(), b"{}", LABEL), WORDS.encode())])
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
    paths = left(cli.home)
    told = cli("cache", "info").text
    assert all(str(path) in told for path in paths)
    fill(cli.home)  # its fault report may have another name by now
    paths = left(cli.home)
    removed = cli("cache", "clear").text
    assert removed.startswith("Removed:\n")
    assert all(f"{path}  {path.stat().st_size:,} bytes\n" in removed for path in left(cli.home))
    ends = [len(line) for line in removed.splitlines() if line.endswith(" bytes")]
    assert (len(set(ends)), len(ends)) == (1, len(paths))
    assert all(str(path) in removed for path in paths)
    assert left(cli.home) == []


def kept(*, marks: int = 0, **changes: Any) -> None:
    library = Library()
    account = library.new_account("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    call = CachedCall(ID, 1_794_490_000_000, WORDS.encode(), b"{}", LABEL, turns=38)._replace(**changes)
    library.keep_all(account, [(call, WORDS.encode())])
    for turn in range(marks):
        library.mark(account, call.call_id, turn, is_marked=True)


def test_the_kept_calls_are_counted_and_listed_with_their_sizes(cli: Cli) -> None:
    kept(started_at_ms=1_794_480_000_000, marks=2)
    kept(call_id="call_\x1b[2Jolder", started_at_ms=1_694_480_000_000, label=None, turns=1)
    lines = cli("cache", "info").text.splitlines()
    head = next(line for line in lines if line.startswith("2 calls, "))
    assert head.startswith("2 calls, 39 turns, 1 with marks; ")
    assert head.endswith(" bytes in use, at most 2,048 MiB")
    newest, older = lines[lines.index(head) + 1 :]
    assert newest.split()[0] == ID
    assert "38 turns  46 bytes  kept " in newest
    assert newest.endswith(f"2 marks  {LABEL}")
    assert older.strip().startswith("call_␛older  ")
    assert " 1 turn   46 bytes" in older


def test_calls_without_a_transcript_are_told_as_such(cli: Cli) -> None:
    kept(started_at_ms=1_694_480_000_000)
    library = Library()
    account = library.new_account("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    bare = NewRecord("call_bare", 1_694_490_000_000, LABEL, 1_694_470_000_000, b'{"status": "failed"}')
    library.keep_records(account, [bare], Bounds(Retention(), 0), replaces=True)
    *_, head, _, line = cli("cache", "info").text.splitlines()
    assert head.startswith("2 calls, 38 turns, 1 without a transcript; ")
    assert re.fullmatch(rf"  call_bare +\d+ Sep 2023 \d\d:\d\d  no transcript  20 bytes  kept .*  {LABEL}", line)
    told = json.loads(cli("cache", "info", "--json").text)["calls"]
    assert [(call["call_id"], call["has_transcript"], call["turns"]) for call in told] == [
        (ID, True, 38),
        ("call_bare", False, None),
    ]
    assert cli("cache", "clear").status == ExitStatus.DONE
    assert left(cli.home) == []


def test_the_columns_of_the_calls_are_aligned_by_cells(cli: Cli) -> None:
    first = {"cached_ms": 1_694_490_000_000, "started_at_ms": 1_694_480_000_000}
    kept(call_id="call_日本", marks=1, label="one", **first)
    kept(call_id="call_2", label="two", turns=1_204, cached_ms=1_694_040_000_000)
    kept(call_id="call_3", label="three", turns=None, **first | {"started_at_ms": 1_694_030_000_000})
    assert [re.sub(r"\d", "9", line) for line in cli("cache", "info").text.splitlines()[-3:]] == [
        "  call_日本  99 Sep 9999 99:99     99 turns  99 bytes  kept 99 Sep 9999 99:99  9 mark   one",
        "  call_9                        9,999 turns  99 bytes   kept 9 Sep 9999 99:99           two",
        "  call_9      9 Sep 9999 99:99               99 bytes  kept 99 Sep 9999 99:99           three",
    ]


def test_what_is_kept_is_written_as_json(cli: Cli) -> None:
    kept(started_at_ms=1_794_480_000_000, marks=1)
    (cli.home / "settings.toml").write_text("cache_mib = 16\ncache_days = 90\n")
    told = json.loads(cli("cache", "info", "--json", "--config", str(cli.home / "settings.toml")).text)
    assert told["files"][0]["path"] == str(cli.home / "omni-transcripts" / "library.db")
    assert (told["max_bytes"], told["max_days"], told["bytes"] > 0) == (16 * 2**20, 90, True)
    assert told["calls"] == [
        {
            "call_id": ID, "label": LABEL, "started_at": 1_794_480_000_000, "turns": 38, "bytes": 46,
            "kept_at": 1_794_490_000_000, "marks": 1, "has_transcript": True, "base_url": "https://api.pyai.com",
        }
    ]  # fmt: skip
    assert WORDS not in json.dumps(told)
    assert json.loads(cli("cache", "info", "--json").text)["max_days"] is None


def test_json_has_no_effect_on_clear(cli: Cli) -> None:
    assert "--json has no effect on cache clear" in cli("cache", "clear", "--json").line


def test_a_damaged_library_is_said_and_its_files_are_listed(cli: Cli) -> None:
    kept()
    library = cli.home / "omni-transcripts" / "library.db"
    library.write_bytes(b"no library" * 100)
    ran = cli("cache", "info")
    assert ran.status == ExitStatus.OUTPUT
    assert str(library) in ran.out.decode()
    assert "was damaged" in ran.line


def test_replaced_calls_leave_no_trace_in_the_file(cli: Cli) -> None:
    fill(cli.home)
    library = Library()
    account = library.new_account("https://api.pyai.com", SecretStr("a_key_of_somebody"))
    library.keep_all(account, [(CachedCall(ID, 2, b"less"), b"less")])
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


def test_an_unreadable_directory_does_not_stop_the_removal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
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
