"""The program as a process: its standard streams, signals, terminals, and arguments that are no text."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from tests.faults import Peer
from tests.program import COMMAND, HELLO, HELLO_HEAD, KEY, PATIENCE_S, Told, environment, run, serving
from tui.core.errors import ExitStatus


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.json"
    path.write_bytes(HELLO)
    return path


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A call whose text is longer than a pipe holds."""
    path = tmp_path / "long.json"
    path.write_text(json.dumps([{"role": "user", "text": "word " * 20}] * 2_000))
    return path


def test_a_process_does_the_same(tmp_path: Path) -> None:
    told = run(tmp_path, "-", stdin=HELLO)
    assert told.text == f"standard input\n{HELLO_HEAD}\nuser: Hello there\n"


@pytest.mark.parametrize("arguments", [("export", "hello.json"), ("hello.json",), ("--help",), ("--version",)])
def test_a_full_disk_exits_with_7(tmp_path: Path, hello: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment(tmp_path), cwd=tmp_path, stdout=full, stderr=-1, check=False
        )
    told = Told(done.returncode, b"", done.stderr)
    assert told.status == ExitStatus.OUTPUT
    assert told.line.startswith("cannot write to standard output: no space left on device")


def test_an_interrupt_exits_with_130(tmp_path: Path) -> None:
    asked = threading.Event()

    async def says_nothing(peer: Peer) -> None:
        asked.set()
        await peer.gone()

    with serving(says_nothing) as server:
        command = [*COMMAND, "export", "call_x", "--base-url", server.base_url]
        with subprocess.Popen(
            command, env=environment(tmp_path, PYAI_API_KEY=KEY), cwd=tmp_path, stdout=-1, stderr=-1
        ) as process:
            assert asked.wait(PATIENCE_S)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE_S)
    assert Told(process.returncode, out, err) == Told(ExitStatus.INTERRUPTED, b"", b"")


@pytest.mark.parametrize("arguments", [("export", "long.json"), ("long.json",), ("--help",), ("--version",)])
def test_a_closed_pipe_is_no_error(tmp_path: Path, long: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment(tmp_path), cwd=tmp_path, stdout=writer, stderr=-1, check=False
    )
    os.close(writer)
    assert Told(done.returncode, b"", done.stderr) == Told(ExitStatus.DONE, b"", b"")


def test_one_line_is_enough_for_head(tmp_path: Path, long: Path) -> None:
    told = in_a_shell(tmp_path, "{ program long.json; echo $? >status; } | head -1")
    assert (told.out, told.err) == (b"long\n", b"")
    assert (tmp_path / "status").read_text() == "0\n"


def in_a_shell(home: Path, script: str) -> Told:
    shell = ["/bin/sh", "-c", f'program() {{ "$0" -m tui "$@"; }}; {script}', sys.executable]
    done = subprocess.run(shell, env=environment(home), cwd=home, capture_output=True, timeout=PATIENCE_S, check=False)
    return Told(done.returncode, done.stdout, done.stderr)


def test_a_closed_standard_output_is_reported(tmp_path: Path, hello: Path) -> None:
    told = in_a_shell(tmp_path, "program hello.json >&-")
    assert told.status == ExitStatus.OUTPUT
    assert told.line.startswith("cannot write to standard output")


def test_a_closed_standard_input_is_reported(tmp_path: Path) -> None:
    told = in_a_shell(tmp_path, "program - <&-")
    assert told.status == ExitStatus.USAGE
    assert told.line.startswith("standard input cannot be read")


@pytest.mark.parametrize("err", ["2>&-", "2>/dev/full"])
def test_notes_without_standard_error_stay_out_of_the_output(tmp_path: Path, hello: Path, err: str) -> None:
    told = in_a_shell(tmp_path, f"program export hello.json -f srt {err}")
    assert told == Told(ExitStatus.DONE, b"1\n00:00:00,000 --> 00:00:01,000\nHello there\n", b"")
    assert in_a_shell(tmp_path, f"program export - </dev/null {err}") == Told(ExitStatus.BAD_ANSWER, b"", b"")


# --- terminals --------------------------------------------------------------------------------------------------


def at_a_terminal(home: Path, *arguments: str, variables: Mapping[str, str], err: int | None = None) -> Told:
    """Run it with a terminal as its standard streams, but no controlling one."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*COMMAND, *arguments],
        stdin=theirs if "-" not in arguments else subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs if err is None else err,
        env=environment(home, **variables),
        cwd=home,
        start_new_session=True,
        timeout=PATIENCE_S,
        check=False,
    )
    os.close(theirs)
    said = done.stderr if err is not None else os.read(ours, 65536).replace(b"\r\n", b"\n")
    os.close(ours)
    return Told(done.returncode, b"", said)


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"TERM": ""}, {}])
@pytest.mark.parametrize("arguments", [(), ("hello.json",)])
def test_a_dumb_terminal_exits_with_2(
    tmp_path: Path, hello: Path, variables: dict[str, str], arguments: tuple[str, ...]
) -> None:
    told = at_a_terminal(tmp_path, *arguments, variables=variables)
    assert told.status == ExitStatus.USAGE
    assert told.line.startswith("this terminal cannot draw a screen (TERM is dumb or not set)")
    assert "use omni-transcripts export TARGET" in told.line


def test_redirected_standard_error_exits_with_2(tmp_path: Path, hello: Path) -> None:
    told = at_a_terminal(tmp_path, "hello.json", variables={"TERM": "xterm"}, err=subprocess.PIPE)
    assert told.status == ExitStatus.USAGE
    assert told.line.startswith("standard error is no terminal")


def test_a_missing_terminal_for_keys_exits_with_2(tmp_path: Path) -> None:
    told = at_a_terminal(tmp_path, "-", variables={"TERM": "xterm"})
    assert told.status == ExitStatus.USAGE
    assert told.line.startswith("there is no terminal to read keys from")


def test_keys_come_from_the_terminal_beside_a_piped_transcript(tmp_path: Path, hello: Path) -> None:
    shell = ["-c", 'cat hello.json | "$0" -m tui -', sys.executable]
    variables = environment(tmp_path, TERM="xterm-256color")
    with pexpect.spawn(
        "/bin/sh", shell, env=variables, cwd=str(tmp_path), dimensions=(24, 80), timeout=PATIENCE_S
    ) as terminal:
        terminal.expect("Hello there")
        terminal.send("q")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == ExitStatus.DONE


def test_arguments_may_hold_invalid_bytes(tmp_path: Path) -> None:
    told = run(tmp_path, b"--\xff\x1b[31m\xc3(")
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert told.line.startswith("unrecognized arguments: --\ufffd\ufffd(")


def test_file_names_may_hold_invalid_bytes(tmp_path: Path) -> None:
    name = b"caf\xe9 \x1b[31m.json"
    (tmp_path / os.fsdecode(name)).write_bytes(HELLO)
    told = run(tmp_path, name)
    assert told.text == f"caf\ufffd\n{HELLO_HEAD}\nuser: Hello there\n"


def test_nothing_heavy_is_loaded_for_the_help() -> None:
    program = (
        "import sys, tui.cli; print(*sorted({'httpx', 'pydantic', 'textual', 'sqlite3', 'rich'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
