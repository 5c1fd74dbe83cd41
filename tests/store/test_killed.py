"""Writing that is ended by force, or for want of room, leaves the old file or none, and nothing beside it."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.program import COMMAND, HELLO, environment
from tui.core.errors import ExitStatus, OutputError
from tui.store import files

KILLED = "import os, signal; os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)"
SMALL_DISK = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
SMALL_DISK += "sys.dont_write_bytecode = True"  # it would be cut, and every later run fail
"""A file may grow to 4 kB, then the system refuses in the middle of a write."""


def export(home: Path, before: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Export a call of some 9 kB to ``a.txt``, after some statements of Python."""
    (home / "call.json").write_bytes(HELLO.replace(b"there", b"there " * 1500))
    program = f"{before}\nimport sys; from tui.__main__ import main; sys.exit(main())"
    return subprocess.run(
        [COMMAND[0], "-c", program, "export", "call.json", "-o", "a.txt", *options],
        env=environment(home), cwd=home, capture_output=True, check=False,
    )  # fmt: skip


def names_in(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_killed_export_leaves_no_part_of_a_file(tmp_path: Path, old: bytes | None) -> None:
    if old is not None:
        (tmp_path / "a.txt").write_bytes(old)
    ended = export(tmp_path, KILLED, *(["--force"] if old else []))
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGKILL, b"", b"")
    assert names_in(tmp_path) == (["a.txt", "call.json"] if old else ["call.json"])
    assert not old or (tmp_path / "a.txt").read_bytes() == old


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("nameless", [True, False])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, nameless: bool, old: bytes | None) -> None:
    if old is not None:
        (tmp_path / "a.txt").write_bytes(old)
    before = SMALL_DISK if nameless else f"{SMALL_DISK}\nimport os; del os.O_TMPFILE"
    ended = export(tmp_path, before, *(["--force"] if old else []))
    assert ended.returncode == ExitStatus.OUTPUT
    assert ended.stderr.decode() == f"omni-transcripts: {tmp_path / 'a.txt'} was not written: file too large\n"
    assert names_in(tmp_path) == (["a.txt", "call.json"] if old else ["call.json"])
    assert not old or (tmp_path / "a.txt").read_bytes() == old


@pytest.mark.parametrize("force", [False, True])
def test_a_file_has_no_name_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool) -> None:
    seen = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append((names_in(tmp_path), os.fstat(descriptor))))
    files.write_new(tmp_path / "a.txt", b"new", force=force)
    names, status = seen[0]
    assert names == []
    assert (status.st_nlink, status.st_size, stat.S_IMODE(status.st_mode)) == (0, 3, 0o600)
    assert (tmp_path / "a.txt").read_bytes() == b"new"


def no_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")


def refusing_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    opens = os.open

    def refuse(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "operation not supported")
        return opens(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)


def no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    links = os.link

    def refuse(source: Any, target: Any, **named: Any) -> None:
        if "/proc/" in str(source):
            raise FileNotFoundError(errno.ENOENT, "no such file or directory")
        links(source, target, **named)

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.parametrize("lacking", [no_flag, refusing_file_system, no_proc])
def test_without_unnamed_files_writing_stays_atomic_and_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: Any
) -> None:
    path = tmp_path / "a.txt"
    lacking(monkeypatch)
    files.write_new(path, b"one")
    with pytest.raises(OutputError, match="there is a file already"):
        files.write_new(path, b"two")
    assert path.read_bytes() == b"one"
    files.write_new(path, b"three", force=True)
    assert path.read_bytes() == b"three"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["a.txt"]


def test_a_file_that_is_replaced_has_one_name_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="input/output error"):
        files.write_new(path, b"new", force=True)
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.txt"]


def test_concurrent_writers_leave_one_whole_file(tmp_path: Path) -> None:
    program = "import sys\nfrom pathlib import Path\nfrom tui.store.files import write_new\nfor _ in range(200):\n"
    program += "    write_new(Path('a.txt'), sys.argv[1].encode() * 10_000, force=True)"
    writers = [
        subprocess.Popen([sys.executable, "-c", program, letter], cwd=tmp_path, env=environment(tmp_path))
        for letter in "ab"
    ]
    assert [writer.wait(20) for writer in writers] == [0, 0]
    assert (tmp_path / "a.txt").read_bytes() in {b"a" * 10_000, b"b" * 10_000}
    assert names_in(tmp_path) == ["a.txt"]
