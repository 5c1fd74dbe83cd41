"""Whatever becomes of the library, the transcript is written, and one line says what is the matter."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.program import COMMAND, HELLO, HELLO_HEAD, environment
from tests.store.test_library import SMALL_DISK, filled
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

WHOLE = f"call_x\nStatus   completed\n{HELLO_HEAD}\nuser: Hello there\n"
LARGE = b'{"turns": [{"role": "user", "text": "Hello there"}], "more": "%s"}' % (b"x" * 60_000)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(extra={"call_x": HELLO, "call_large": LARGE}) as server:
        yield server


def exported(server: DemoServer, home: Path, call: str = "call_x", before: str = "", **more: str) -> tuple[str, str]:
    """What an export writes to both streams; it has to succeed."""
    program = f"{before}\nimport sys; from tui.__main__ import main; sys.exit(main())"
    variables = {"PYAI_API_KEY": DEMO_KEY, "PYAI_BASE_URL": server.base_url, "XDG_STATE_HOME": str(home), **more}
    done = subprocess.run(
        [COMMAND[0], "-c", program, "export", call],
        env=environment(home, **variables), cwd=home, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    return done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "omni-transcripts" / "library.db"
    filled(path)
    return path


def test_a_full_disk(server: DemoServer, tmp_path: Path, library: Path) -> None:
    size = library.stat().st_size
    out, err = exported(server, tmp_path, "call_large", SMALL_DISK.format(size + 8_192))
    assert "user: Hello there" in out
    assert err.startswith("omni-transcripts: not kept on this machine: ")
    assert err.count("\n") == 1
    assert "the library cannot be used: " in err


def test_a_locked_library(server: DemoServer, tmp_path: Path, library: Path) -> None:
    with closing(sqlite3.connect(library, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        out, err = exported(server, tmp_path)
    assert out == WHOLE
    assert err.startswith("omni-transcripts: not kept on this machine: the library is locked by another process (")
    assert err.endswith(") – try again in a moment\n")


def test_a_damaged_library(server: DemoServer, tmp_path: Path, library: Path) -> None:
    library.write_bytes(b"no library" * 1_000)
    out, err = exported(server, tmp_path)
    assert out == WHOLE
    assert "the library was damaged: it is" in err
    assert err.count("\n") == 1
    assert exported(server, tmp_path) == (WHOLE, "")


@pytest.mark.parametrize("home", ["/proc", "/proc/self/nowhere", "/dev/null"])
def test_a_home_that_cannot_be_written(server: DemoServer, tmp_path: Path, home: str) -> None:
    out, err = exported(server, tmp_path, XDG_STATE_HOME=home)
    assert out == WHOLE
    assert err.startswith("omni-transcripts: not kept on this machine: ")
    assert err.count("\n") == 1
