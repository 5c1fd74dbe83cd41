"""The program as a user starts it: as a process where that matters, within this one where it does not."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import FaultServer, Script
from tests.keyrings import EMPTY
from tui.cli import main
from tui.core.errors import ExitStatus

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "tui")
KEY = "pyai_live_never_to_be_shown"
HELLO = b'{"turns": [{"role": "user", "text": "Hello there"}]}'
HELLO_HEAD = "Turns    1\nTiming   no turn has a start and a later end\n"
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the program told its caller; never its key."""

    status: int
    out: bytes
    err: bytes

    def __post_init__(self) -> None:
        assert KEY.encode() not in self.out + self.err

    @property
    def text(self) -> str:
        """Standard output of a program that had nothing to complain of."""
        assert (self.status, self.err) == (ExitStatus.DONE, b"")
        return self.out.decode()

    @property
    def line(self) -> str:
        """The one line on standard error, without the program's name."""
        (line,) = self.lines
        return line

    @property
    def lines(self) -> list[str]:
        said = self.err.decode()
        assert not said or said.endswith("\n")
        assert all(line.startswith("omni-transcripts: ") for line in said.splitlines())
        return [line.removeprefix("omni-transcripts: ") for line in said.splitlines()]


def environment(home: Path, **more: str) -> dict[str, str]:
    """A home of its own, and nothing of what the tests were started with but where programs are."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": EMPTY,
        **more,
    }


def run(home: Path, *arguments: str | bytes, stdin: bytes = b"", **more: str) -> Told:
    """Run it as a process in its home, with more variables in its environment."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        env=environment(home, **more),
        cwd=home,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


class Cli:
    """Runs the command line within this process, in a directory and with a key of its own."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        self.home = home
        self._monkeypatch = monkeypatch
        self._captured = capsysbinary
        for name in ("PYAI_BASE_URL", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, str(home))
        self.set("PYAI_API_KEY", KEY)
        monkeypatch.chdir(home)

    def set(self, name: str, value: str) -> None:
        """Set a variable of the environment."""
        self._monkeypatch.setenv(name, value)

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Told:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # --help and --version
            status = int(ended.code or 0)
        return Told(status, *self._captured.readouterr())


@contextmanager
def serving(*scripts: Script) -> Iterator[FaultServer]:
    """A server of faults for a program that does not share this thread's loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = FaultServer.following(*scripts)
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(PATIENCE_S)
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(PATIENCE_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
