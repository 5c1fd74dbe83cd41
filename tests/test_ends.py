"""What an ordinary error leaves on standard error: one line, whatever else ends at the same moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import answer, says
from tests.program import KEY, PATIENCE_S, Told, environment, serving
from tests.terminal.pty_session import PROGRAM
from tui.core.errors import ExitStatus

AT_THE_LAST_MOMENT = """
import asyncio
from tui.api.client import OmniClient
refusal = OmniClient._refusal

async def late_refusal(self, response, missing):
    fault = await refusal(self, response, missing)
    if not response.url.path.endswith("/transcript"):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
    return fault

OmniClient._refusal = late_refusal
"""
"""The answer about the record comes at the very moment at which it is given up."""

REFUSALS = {
    "404 Not Found": ExitStatus.NOT_FOUND,
    "401 Unauthorized": ExitStatus.REFUSED,
    "403 Forbidden": ExitStatus.REFUSED,
}


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("command", [(), ("export",)])
def test_an_error_is_one_line(tmp_path: Path, status: str, command: tuple[str, ...]) -> None:
    with serving(says(answer(b"{}", status))) as server:
        done = subprocess.run(
            [sys.executable, "-c", AT_THE_LAST_MOMENT + PROGRAM, *command, "call_x", "--base-url", server.base_url],
            env=environment(tmp_path, PYAI_API_KEY=KEY),
            cwd=tmp_path,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    told = Told(done.returncode, done.stdout, done.stderr)
    assert (told.status, told.out, len(told.lines)) == (REFUSALS[status], b"", 1)
    assert not list(tmp_path.rglob("faults")), "nothing was left to be reported as a fault of the program"


SWALLOWED = """
import signal
from tui.commands import export_all

class Finalized:
    def __del__(self):
        signal.raise_signal({number})

export_all.archive_of = lambda *_: (Finalized() and None, signal.pause())
"""
"""A signal comes while Python finalizes an object, where the exception that it becomes comes to nothing."""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_that_a_finalizer_swallows_comes_again(tmp_path: Path, number: int, status: int) -> None:
    program = [sys.executable, "-c", SWALLOWED.format(number=int(number)) + PROGRAM]
    done = subprocess.run(
        [*program, "export", "--all", "--demo", "-f", "jsonl"],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, b"", b"")
