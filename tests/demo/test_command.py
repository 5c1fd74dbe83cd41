"""``demo-server`` as a process."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tui.commands.demo_server import run
from tui.core.errors import ExitStatus, UsageError
from tui.demo.calls import SAMPLES
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

PROGRAM = "import sys; from tui.commands.demo_server import run; sys.exit(run(0, {turns}))"


@contextmanager
def running(turns: int | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and what it says once it serves."""
    command = [sys.executable, "-c", PROGRAM.format(turns=turns)]
    last_id = SAMPLES[-1].call_id if turns is None else f"call_large_{turns}"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, read_until(process, last_id)
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    said = ""
    while word not in said.rpartition("\n\n")[2]:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the process ended after: {said}"
        said += line
    return said


def test_it_prints_address_key_and_calls() -> None:
    with running(turns=7) as (_, said):
        line = next(line for line in said.splitlines() if "omni-transcripts" in line)
        env, key, program, option, base_url, call_id = shlex.split(line)
        assert (env, program, option) == ("env", "omni-transcripts", "--base-url")
        assert key == f"PYAI_API_KEY={DEMO_KEY}"
        assert said.startswith(f"Serving on {base_url}\n")
        headers = {"x-api-key": DEMO_KEY}
        for stored in (call_id, "call_large_7"):
            url = f"{base_url}/v1/omni/calls/{stored}/transcript"
            assert httpx.get(url, headers=headers, trust_env=False).status_code == 200
        assert all(sample.call_id in said and sample.title in said for sample in SAMPLES)
        assert max(map(len, said.splitlines())) < 110


@pytest.mark.parametrize(
    ("ending", "status"), [(signal.SIGINT, ExitStatus.INTERRUPTED), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_it_ends_silently_on_a_signal(ending: signal.Signals, status: int) -> None:
    with running() as (process, _):
        os.kill(process.pid, ending)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == status


def test_a_port_in_use_is_an_error_of_usage() -> None:
    with DemoServer() as server, pytest.raises(UsageError, match="Address already in use"):
        run(int(server.base_url.rpartition(":")[2]), None)


@pytest.mark.parametrize("turns", [0, -5])
def test_a_call_of_no_turns_is_an_error_of_usage(turns: int) -> None:
    with pytest.raises(UsageError, match="cannot be made"):
        run(0, turns)


def test_signal_handlers_are_restored_after_a_failure() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with DemoServer() as server, pytest.raises(UsageError):
        run(int(server.base_url.rpartition(":")[2]), None)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
