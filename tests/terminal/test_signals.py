"""Signals end the program in order, with the status a shell expects; job control leaves a sane shell."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.pty_session import LIMIT_S, PROGRAM, REPORTS_RESIZES, SHOWN, PtySession, environment
from tui.terminal.background_colour import QUESTION

CTRL_C, CTRL_Z = "\x03", "\x1a"
CALL = "call_demo_booking"
TAKEN = "\x1b[?1049h"
NOTES_COOKED = """
import os, termios
set_attributes = termios.tcsetattr

def note(descriptor, when, attributes):
    if attributes[3] & termios.ISIG:
        open(os.path.expanduser("~/cooked"), "w").close()
    set_attributes(descriptor, when, attributes)

termios.tcsetattr = note
"""
"""Takes note of each change of the terminal that lets it make signals of keys."""
ENDINGS = [
    (signal.SIGHUP, 129),
    (signal.SIGINT, 130),
    (signal.SIGQUIT, 131),
    (signal.SIGTERM, 143),
    *((number, 128 + number) for number in (signal.SIGUSR1, signal.SIGALRM)),
]


@pytest.mark.parametrize(("number", "status"), ENDINGS)
def test_a_signal_ends_the_app_and_restores_the_terminal(number: signal.Signals, status: int, tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path) as session:
        session.await_text(SHOWN)
        session.kill(number)
        assert session.await_end() == status
        assert session.is_as_before()
        assert "Traceback" not in session.written


LINGERS = "import time\nlinger = lambda: (print('LAST', flush=True), [time.sleep(0.01) for _ in range(2000)])\n"
LAST_BREATHS = {
    "in the program's last step": "import tui.commands.output\ntui.commands.output.settle_streams = linger",
    "in Python's own end": "import atexit\natexit.register(linger)",
}


@pytest.mark.parametrize("name", LAST_BREATHS)
def test_ctrl_c_during_shutdown_prints_no_traceback(name: str, tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path, before=LINGERS + LAST_BREATHS[name]) as session:
        session.await_text("turn 1 of")
        session.send("q")
        session.await_written("LAST")
        session.send(CTRL_C)
        assert session.await_end() == 130
        assert "Traceback" not in session.written
        assert session.is_as_before()


def test_a_signal_restores_the_terminal_with_textuals_driver(tmp_path: Path) -> None:
    with PtySession("--demo", "--full-redraw", home=tmp_path) as session:
        session.await_text(SHOWN)
        session.kill(signal.SIGTERM)
        assert session.await_end() == 143
        assert session.is_as_before()


def test_modes_of_newer_terminals_are_reset_too(tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path, answers=REPORTS_RESIZES) as session:
        session.await_text(SHOWN)
        session.await_written("\x1b[?1016h")
        assert session.still_on() >= {"1016", "2048", "keyboard"}
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert session.is_as_before()


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_late_answers_at_exit_turn_nothing_on(option: str, tmp_path: Path) -> None:
    too_late = {"\x1b[?2048$p": "", "\x1b[?2004l": "\x1b[?2048;2$y"}
    with PtySession("--demo", option, home=tmp_path, answers=too_late) as session:
        session.await_text(SHOWN)
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert session.is_as_before()
        assert "\x1b[?2048h" not in session.written


class FarSession(PtySession):
    """A terminal on the other end of a long way: its answers take a while."""

    def __init__(self, *arguments: str, home: Path, delay_s: float) -> None:
        self._delay_s = delay_s
        self.under_way: list[tuple[float, str]] = []
        super().__init__(*arguments, home=home, answers=FAR_ANSWERS)

    def answer(self, answers: str) -> None:
        if answers:
            self.under_way.append((monotonic() + self._delay_s, answers))

    def read(self, patience_s: float) -> str:
        while self.under_way and self.under_way[0][0] <= monotonic():
            self.send(self.under_way.pop(0)[1])
        return super().read(min(patience_s, 0.02))


FAR_ANSWERS = {
    QUESTION: "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "\x1b[?2048$p": "\x1b[?2048;2$y",
    "\x1b[?2048h": "\x1b[48;24;80;480;800t",
}


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
@pytest.mark.parametrize("key", ["q", CTRL_C])
def test_late_answers_do_not_reach_the_shell(key: str, option: str, tmp_path: Path) -> None:
    with FarSession("--demo", option, CALL, home=tmp_path, delay_s=0.8) as session:
        session.await_written("\x1b[?2048$p")
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert session.under_way == []
        assert session.is_as_before()


def test_exit_is_quick_if_the_terminal_never_answers(tmp_path: Path) -> None:
    silent = {"\x1b[6n": "", "\x1b[?2026$p": "", "\x1b[?2048$p": ""}
    with PtySession("--demo", "--full-redraw", home=tmp_path, answers=silent) as session:
        session.await_text(SHOWN)
        begun = monotonic()
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert monotonic() - begun < 2


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path, ignored=(signal.SIGHUP,)) as session:
        session.await_text(SHOWN)
        session.kill(signal.SIGHUP)
        session.send("call_typed")
        session.await_text("call_typed")
        session.send(CTRL_C)
        assert session.await_end() == 0


def test_a_hanging_program_is_killed(tmp_path: Path) -> None:
    hangs = "import tui.app, signal\ntui.app.OmniApp.action_help = lambda self: [signal.pause() for _ in range(99)]"
    with PtySession("--demo", home=tmp_path, before=hangs) as session:
        session.await_text(SHOWN)
        session.send("\x1bOP")
        session.kill(signal.SIGTERM)
        assert session.await_end() == 143
        assert session.is_as_before()


PRESSED_AGAIN = """
import os, signal
from textual.drivers.linux_driver import LinuxDriver
leave = LinuxDriver.stop_application_mode
LinuxDriver.stop_application_mode = lambda self: (leave(self), os.kill(os.getpid(), signal.SIGINT))[0]
"""
"""Presses ctrl+c when the terminal's attributes are restored, which make it a signal."""


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_ctrl_c_pressed_again_while_it_ends_changes_nothing(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, home=tmp_path, before=PRESSED_AGAIN) as session:
        session.await_text(SHOWN)
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert session.is_as_before()


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_stray_sigcont_only_redraws(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, home=tmp_path, before=NOTES_COOKED) as session:
        session.await_text(SHOWN)
        while session.read(0.3):
            pass
        (tmp_path / "cooked").unlink()  # it was so before the start
        since = len(session.written)
        for _ in range(20):
            session.kill(signal.SIGCONT)
        session.terminal.feed("\x1b[2J")
        session.await_written(TAKEN, since)
        session.await_text(SHOWN)
        session.send("call_typed")
        session.await_text("call_typed")
        assert not (tmp_path / "cooked").exists(), "ctrl+c would have been a signal for a moment"
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert session.is_as_before()


def test_ctrl_z_restores_the_terminal_and_fg_resumes(tmp_path: Path) -> None:
    shell = ["bash", "--norc", "--noediting", "-i"]
    command = f"{sys.executable} -m tui --demo; echo status=$?\n"
    with PtySession(home=tmp_path, shell=shell, environ={"PS1": "ready> ", "PYTHONPATH": str(Path.cwd())}) as session:
        session.await_written("ready> ")
        session.send(command)
        session.await_text(SHOWN)
        since = len(session.written)
        session.send(CTRL_Z)
        session.await_written("ready> ", since)
        assert session.is_as_before()
        since = len(session.written)
        session.send("bg; fg\n")
        session.await_written(TAKEN, since)
        session.await_text(SHOWN)
        session.send("call_typed")
        session.await_text("call_typed")
        since = len(session.written)
        session.send(CTRL_C)
        session.await_written("ready> ", since)
        assert session.is_as_before()
        session.send("exit\n")
        session.await_end()


_HASTY_SHELL = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen([sys.executable, "-m", "tui", "--demo"], process_group=0)
os.tcsetpgrp(0, job.pid)
assert os.WIFSTOPPED(os.waitpid(job.pid, os.WUNTRACED)[1])
os.tcsetpgrp(0, os.getpgrp())
os.killpg(job.pid, signal.SIGCONT)
time.sleep(0.05)
os.tcsetpgrp(0, job.pid)
sys.exit(job.wait())
"""
"""A shell that brings a job to the front right after ``bg``, and takes it for a running one."""


def test_a_job_brought_to_the_front_right_after_bg_does_not_stop(tmp_path: Path) -> None:
    shell = [sys.executable, "-c", _HASTY_SHELL]
    with PtySession(home=tmp_path, shell=shell, environ={"PYTHONPATH": str(Path.cwd())}) as session:
        session.await_text(SHOWN)
        since = len(session.written)
        session.send(CTRL_Z)
        session.await_written(TAKEN, since)
        session.send("call_typed")
        session.await_text("call_typed")
        session.send(CTRL_C)
        assert session.await_end() == 0
        assert session.is_as_before()


def test_ctrl_z_only_redraws_without_job_control(tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path) as session:
        session.await_text(SHOWN)
        since = len(session.written)
        session.send(CTRL_Z)
        session.await_written(TAKEN, since)
        session.send("call_typed")
        session.await_text("call_typed")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_waiting_export(number: signal.Signals, status: int, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        arguments = ["export", "call_1", "-o", str(tmp_path / "a.txt"), "--base-url", url]
        with exporting(arguments, tmp_path) as process:
            connection, _ = server.accept()
            with connection:  # open: what is closed without an answer is asked for again, which is told
                process.send_signal(number)
                assert process.communicate(timeout=LIMIT_S) == ("", "")
    assert process.returncode == status
    assert list(tmp_path.iterdir()) == []


def test_a_second_signal_during_writing_leaves_no_file(tmp_path: Path) -> None:
    stops = (
        "import os, signal\n"
        "install = signal.signal\n"  # each handler says when it is through, as the next one may interrupt it
        "def told(handler): return lambda number, frame: (handler(number, frame), os.write(1, bytes([number])))\n"
        "signal.signal = lambda number, to: install(number, told(to) if callable(to) else to)\n"
        "os.fsync = lambda fd: (os.write(1, b'writing\\n'), os.read(0, 1))"
    )
    arguments = ["export", CALL, "--demo", "-o", str(tmp_path / "a.txt")]
    with exporting(arguments, tmp_path, stops) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGHUP)
        assert select.select([process.stdout], [], [], LIMIT_S)[0]
        assert process.stdout.read(1) == chr(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=LIMIT_S) == ("", "")
    assert process.returncode == 129
    assert list(tmp_path.iterdir()) == []


@contextmanager
def exporting(arguments: list[str], home: Path, before: str = "") -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{PROGRAM}", *arguments],
        env=environment(home, {"PYAI_API_KEY": "sk_test_12345678", "NO_PROXY": "*"}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
