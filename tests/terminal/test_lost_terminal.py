"""A terminal that is gone, is deaf or never was one: the program ends, or says so, and burns no processor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.pty_session import LIMIT_S, PROGRAM, SHOWN, PtySession, environment

CALL = "call_demo_booking"


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_a_hang_up_ends_it(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, home=tmp_path) as session:
        session.await_text(SHOWN)
        session.hang_up()
        assert session.process.wait(2) == 129


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_a_hang_up_without_sighup_ends_it_soon(option: str, tmp_path: Path) -> None:
    # the kernel signals the leader of the session only; this one stays, and has the signal ignored below it too
    leader = f"trap '' HUP; {sys.executable} -m tui --demo {option}; exit $?"
    with PtySession(home=tmp_path, shell=["sh", "-c", leader]) as session:
        session.await_text(SHOWN)
        while session.read(0.3):
            pass
        (pid,) = map(int, Path(f"/proc/{session.process.pid}/task/{session.process.pid}/children").read_text().split())
        before = used = processor_s(pid)
        session.hang_up()
        begun = monotonic()
        while session.process.poll() is None:
            assert monotonic() - begun < 2
            used = processor_s(pid) or used
        assert session.process.returncode == 129
        assert used - before < 0.5


def processor_s(pid: int) -> float:
    """The processor time that a process has used, in seconds; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_exit_does_not_wait_for_a_blocked_terminal(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, CALL, home=tmp_path) as session:
        session.await_text("turn 1 of")
        stuff(session)
        while option == "--full-redraw" and session.has_room(0.3):
            session.send("\x0c")
        session.kill(signal.SIGTERM)
        begun = monotonic()
        assert session.await_end(reading=False) == 143
        assert monotonic() - begun < 5
        while session.read(0.1):
            pass
        assert session.is_as_before()


HAS_ROOM_FOR_A_PART = r"""
import os
write = os.write

def write_part_once(fd, data):
    if not data.startswith(b"\x18"):
        return write(fd, data)
    written = write(fd, data[:9])
    os.write, os.dup2 = write, lambda *_: None
    return written

os.write = write_part_once
"""
"""The system takes a part of what gives the terminal back, as where another thread was faster; that one is too late."""


RESTORES_SLOWLY = """
import signal, threading
from time import sleep
from tui.terminal import lifecycle
write = lifecycle._write_until_sent

def write_slowly(fd, data):
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            signal.pthread_kill(thread.ident, signal.SIGURG)
    sleep(1)
    write(fd, data)

lifecycle._write_until_sent = write_slowly
"""
"""What gives the terminal back takes a while, in which the threads that wait for the terminal go on."""


@pytest.mark.parametrize(
    "before", [HAS_ROOM_FOR_A_PART, RESTORES_SLOWLY], ids=["it takes a part", "another thread is still at it"]
)
def test_a_nearly_full_terminal_is_fully_restored(before: str, tmp_path: Path) -> None:
    with PtySession("--demo", "--full-redraw", CALL, home=tmp_path, before=before) as session:
        session.await_text("turn 1 of")
        stuff(session)
        while session.has_room(0.3):
            session.send("\x0c")
        session.kill(signal.SIGTERM)
        assert session.await_end(reading=False) == 143
        while session.read(0.1):
            pass
        assert session.is_as_before()


def test_a_terminal_that_resumes_reading_gets_the_current_screen(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path) as session:
        session.await_text("turn 1 of")
        before = memory_mb(session.process.pid)
        stuff(session)
        session.send("\x1b[F")
        session.await_text("turn 38 of 38")
        assert memory_mb(session.process.pid) - before < 50
        session.send("\x03")
        assert session.await_end() == 0
        assert session.is_as_before()


def stuff(session: PtySession) -> None:
    """Make the program draw until its terminal, which does not read, has no room left."""
    deadline = monotonic() + LIMIT_S
    for _ in range(300):
        assert monotonic() < deadline
        session.send("\x0c \x1b[F\x0c\x1b[H")


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_dumb_terminal_is_refused_with_a_message(term: str | None, tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path, environ={"TERM": term}) as session:
        assert session.await_end() == 2
        assert session.written.startswith("omni-transcripts: this terminal cannot draw a screen")
        assert session.written.count("\n") == 1


def test_redirected_standard_error_is_refused_with_a_message(tmp_path: Path) -> None:
    redirected = f"exec {sys.executable} -m tui --demo 2> {tmp_path / 'said'}"
    with PtySession(home=tmp_path, shell=["sh", "-c", redirected]) as session:
        assert session.await_end() == 2
    assert "standard error is no terminal" in (tmp_path / "said").read_text()


def test_no_terminal_is_refused_with_a_message(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--demo"],
        env=environment(tmp_path, {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
