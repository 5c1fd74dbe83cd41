"""Files are private, whole or absent, and every fault of the file system is told in one line."""

from __future__ import annotations

import errno
import os
import pwd
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tui.core.errors import BadAnswerError, OutputError, UsageError
from tui.store import files


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names_in(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def failing(number: int) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def told(path: Path, *, force: bool = False) -> str:
    """What the user is told when the file cannot be written."""
    with pytest.raises(OutputError) as refusal:
        files.write_new(path, b"new", force=force)
    return refusal.value.line()


def test_a_new_file_is_private_and_whole(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.write_new(tmp_path / "a.txt", b"one\r\n")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").read_bytes() == b"one\r\n"
    assert mode(tmp_path / "a.txt") == 0o600
    assert names_in(tmp_path) == ["a.txt"]


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o644)
    assert told(path) == f"{path} was not written: there is a file already – --force replaces it"
    assert path.read_bytes() == b"old"
    files.write_new(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    monkeypatch.setattr(os, "fsync", lambda _: path.write_bytes(b"theirs"))
    assert "there is a file already" in told(path)
    assert path.read_bytes() == b"theirs"
    assert names_in(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("force", [False, True])
def test_a_target_that_is_no_regular_file_is_refused(tmp_path: Path, force: bool) -> None:
    (tmp_path / "dir").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert "it is a directory" in told(tmp_path / "dir", force=force)
    assert "is no regular file" in told(tmp_path / "fifo", force=force)
    assert "is no regular file" in told(Path("/dev/null"), force=force)
    assert "is a symbolic link" in told(tmp_path / "link", force=force)
    assert "is a symbolic link" in told(tmp_path / "dangling", force=force)
    assert (tmp_path / "target").read_bytes() == b"old"
    assert names_in(tmp_path) == ["dangling", "dir", "fifo", "link", "target"]


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert f"there is no directory {tmp_path / 'gone'} – make it first" in told(tmp_path / "gone" / "a.txt")
    assert "a part of the path is no directory" in told(tmp_path / "file" / "a.txt")
    assert "go round in a circle" in told(tmp_path / "loop" / "a.txt")
    assert "the name is too long" in told(tmp_path / ("x" * 300))
    assert "no file can have such a name" in told(tmp_path / "a\0b")
    assert "\x1b" not in told(tmp_path / "\x1b[2J" / "a.txt")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your quota"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "you may not write there"),
        (errno.EIO, "input/output error"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_only_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, why: str, step: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, step, failing(number))
    assert why in told(path, force=True)
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.txt"]


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_new(tmp_path / "a.txt", b"new")
    assert names_in(tmp_path) == []


def test_nothing_is_replaced_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    files.write_new(tmp_path / "a.txt", b"one")
    assert (tmp_path / "a.txt").read_bytes() == b"one"
    assert mode(tmp_path / "a.txt") == 0o600
    monkeypatch.setattr(os, "fsync", lambda _: (tmp_path / "b.txt").write_bytes(b"theirs"))
    assert "there is a file already" in told(tmp_path / "b.txt")
    assert names_in(tmp_path) == ["a.txt", "b.txt"]


def test_a_private_directory(tmp_path: Path) -> None:
    made = files.private_dir(tmp_path / "a" / "b")
    assert mode(made) == 0o700
    made.chmod(0o755)
    assert mode(files.private_dir(made)) == 0o700
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="is no directory"):
        files.private_dir(tmp_path / "file")


def test_reading_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"x" * 100)
    assert files.read_bounded(path, 100) == b"x" * 100
    with pytest.raises(BadAnswerError, match="is larger than"):
        files.read_bounded(path, 99)
    with pytest.raises(BadAnswerError, match="is larger than 1 MiB"):
        files.read_bounded(Path("/dev/zero"), 2**20)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a directory"):
        files.read_bounded(tmp_path, 10)
    with pytest.raises(UsageError, match="no such file: "):
        files.read_bounded(tmp_path / "gone", 10)
    with pytest.raises(UsageError, match="cannot be read: no file can have such a name"):
        files.read_bounded(tmp_path / "a\0b", 10)


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(b"x" * 200_000,))
    writer.start()
    assert len(files.read_bounded(fifo, 10**6)) == 200_000
    writer.join()


def no_such_user(uid: int) -> None:
    raise KeyError(uid)


@pytest.mark.parametrize("place", [files.state_dir, files.config_dir])
def test_directories_are_named_after_the_program(place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert "omni-transcripts" in place().parts
    assert tmp_path in place().parents
    assert not place().exists()
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", no_such_user)
    with pytest.raises(OutputError, match="there is no home directory"):
        place()


def test_directories_are_computed_on_demand() -> None:
    look = "import sys, tui.store.files; sys.exit('platformdirs' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_a_fault_of_the_body_is_not_taken_for_an_invalid_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no number"), files.new_file(tmp_path / "a.txt"):
        raise ValueError("no number")
    assert names_in(tmp_path) == []
