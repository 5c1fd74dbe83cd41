"""Whatever the environment, the settings and the system give the program, it does what it should, or says why not."""

from __future__ import annotations

import errno
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.canary import answering, told
from tests.faults import Peer
from tests.program import COMMAND, KEY, PATIENCE_S, Cli, environment, run, serving
from tests.terminal.pty_session import SHOWN, PtySession
from tests.test_key import run as run_with
from tui.core.errors import ExitStatus

DEMO = ("export", "--demo", "call_demo_untimed")
COLOUR = re.compile(r"\x1b\[(?:[\d;]*;)?(?:3[0-7]|38;[25];\d+|9[0-7])(?:;[\d;]*)?m")
HUGE = "0x" + "f" * 20_000
FEW_THREADS = """
import threading
begin, left = threading.Thread.start, [{threads}]
def start(thread):
    left[0] -= 1
    if left[0] < 0:
        raise RuntimeError("can't start new thread")
    begin(thread)
threading.Thread.start = start
"""


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('api_key_file = "~nosuch_user/k"', "the setting api_key_file is '~nosuch_user/k'"),
        ('api_key_file = "~\\u0000x"', "the setting api_key_file is '~\\x00x'"),
        ('api_key_file = "x\\u0000"', "the setting api_key_file is"),
        (f"max_body_mib = {HUGE}", "the setting max_body_mib is a number too long to be written out"),
        (f"mouse = [[{HUGE}]]", "the setting mouse is a number too long to be written out"),
        (f"time = {{ a = {HUGE} }}", "the setting time is a number too long to be written out"),
        (f"layout = '{'x' * 9_000}'", "it can be chat, script or outline"),
        (f"max_body_mib = {'9' * 9_000}", "are no TOML: a number is too long – mend"),
        ("cache = 1979-05-27T07:32:00Z", "it can be true or false"),
    ],
)
def test_invalid_settings_exit_with_2(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(text)
    ended = run(tmp_path, *DEMO, "--config", "my.toml")
    assert (ended.status, ended.out) == (ExitStatus.USAGE, b"")
    assert said in ended.line


@pytest.mark.parametrize("option", ["--config", "--api-key-file"])
def test_a_silent_pipe_exits_with_2(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    ended = run(tmp_path, "export", "c1", option, "pipe")
    assert ended.status == ExitStatus.USAGE
    assert "nobody writes to this pipe" in ended.line


def test_settings_and_key_may_come_through_a_pipe(tmp_path: Path) -> None:
    with answering(lambda _: told([{"role": "user", "text": "hello there"}])) as url:
        script = (
            f'"$0" -m tui export c1 --config <(echo \'base_url = "{url}"\') --api-key-file <(sleep 0.1; echo {KEY})'
        )
        done = subprocess.run(
            ["bash", "-c", script, sys.executable],
            env=environment(tmp_path), cwd=tmp_path, capture_output=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    assert (done.returncode, b"hello there" in done.stdout) == (ExitStatus.DONE, True)


def test_a_too_long_home_exits_with_2(tmp_path: Path) -> None:
    ended = run(tmp_path, *DEMO, HOME=f"/{'x' * 5_000}")
    assert ended.status == ExitStatus.USAGE
    assert "cannot be read: file name too long" in ended.line


# --- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", ["99999999999999", "2000001", "0", "-1", "9" * 5_000])
def test_a_sample_call_beyond_memory_exits_with_2(turns: str, tmp_path: Path) -> None:
    ended = run(tmp_path, "demo-server", "--turns", turns)
    assert (ended.status, ended.out) == (ExitStatus.USAGE, b"")
    assert ended.line


@pytest.mark.parametrize("name", ["COLUMNS", "LINES"])
@pytest.mark.parametrize("value", ["99999999", "9" * 30, "0", "-5", "x"])
def test_window_sizes_of_the_environment_do_not_matter_to_commands(name: str, value: str, tmp_path: Path) -> None:
    variables: Any = {name: value}
    assert run(tmp_path, "--help", **variables).text.startswith("usage:")
    assert run(tmp_path, *DEMO, **variables).text.startswith("call_demo_untimed")


# --- what the system has no more of -------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [0, 1])
@pytest.mark.parametrize("command", [DEMO, ("demo-server",)])
def test_a_lack_of_threads_exits_with_2(threads: int, command: tuple[str, ...], tmp_path: Path) -> None:
    if command == ("demo-server",) and threads:
        return  # one is all that it needs
    ended = run_with(tmp_path, FEW_THREADS.format(threads=threads), {}, *command)
    assert ended.returncode == ExitStatus.USAGE
    assert ended.stderr.decode().splitlines() == [
        "omni-transcripts: the system gives the program no more threads – raise the limit: see ulimit -u"
    ]


@pytest.mark.parametrize("threads", range(5))
def test_a_lack_of_threads_for_the_screen_exits_with_2(threads: int, tmp_path: Path) -> None:
    before = FEW_THREADS.format(threads=threads)
    with PtySession("--demo", "call_demo_booking", home=tmp_path, before=before, size=(160, 24)) as session:
        assert session.await_end() == ExitStatus.USAGE
        assert session.shows("the system gives the program no more threads")
        assert session.is_as_before()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EMFILE, "x"), "open files"),
        (OSError(errno.EAGAIN, "x"), "processes"),
        (MemoryError(), "memory"),
        (RuntimeError("can't start new thread"), "threads"),
    ],
)
def test_any_lack_of_resources_exits_with_2(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Any
) -> None:
    def lack(*_: object, **__: object) -> None:
        raise ValueError from error  # what comes of it may be of any kind

    cli = Cli(tmp_path, monkeypatch, capsysbinary)
    monkeypatch.setattr("tui.demo.server.DemoServer.__init__", lack)
    ended = cli("demo-server")
    assert (ended.status, ended.out) == (ExitStatus.USAGE, b"")
    assert f"the system gives the program no more {said}" in ended.line


# --- colours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "has_colours"), [("", True), ("1", False), ("0", False)])
def test_an_empty_no_color_keeps_the_colours(value: str, has_colours: bool, tmp_path: Path) -> None:
    with PtySession("--demo", "call_demo_booking", home=tmp_path, environ={"NO_COLOR": value}) as session:
        session.await_text("turn 1 of 38")
        session.send("\x03")
        assert session.await_end() == 0
    assert bool(COLOUR.search(session.written)) == has_colours


# --- what is left behind, and what is run -------------------------------------------------------------------------


def test_no_end_leaves_a_core_dump(tmp_path: Path) -> None:
    limits = list[str]()

    async def says_nothing(peer: Peer) -> None:
        await peer.gone()

    script = 'ulimit -c unlimited 2>/dev/null || ulimit -c "$(ulimit -Hc)"; exec "$@"'
    with serving(says_nothing) as server:
        command = ["bash", "-c", script, "-", *COMMAND, "export", "c1", "--base-url", server.base_url]
        variables = environment(tmp_path, PYAI_API_KEY=KEY)
        with subprocess.Popen(command, env=variables, cwd=tmp_path, stdout=-1, stderr=-1) as process:
            deadline = monotonic() + PATIENCE_S
            while not server.requests:
                assert monotonic() < deadline
                select.select([], [], [], 0.01)
            limits += Path(f"/proc/{process.pid}/limits").read_text().splitlines()
            process.send_signal(signal.SIGQUIT)
            process.communicate(timeout=PATIENCE_S)
    (core,) = (line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4] == "0"
    assert list(tmp_path.glob("core*")) == []


def test_the_prefetch_leaves_no_core_dump(tmp_path: Path) -> None:
    with PtySession(
        "call_x", "--base-url", "http://127.0.0.1:9", home=tmp_path, environ={"PYAI_API_KEY": KEY}
    ) as session:
        session.await_text("call_x")
        own = session.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        for pid in (str(own), *children):
            (core,) = (
                line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if line.startswith("Max core")
            )
            assert core.split()[4] == "0"
        session.send("\x03")
        session.await_end()


def test_modules_in_the_current_directory_are_not_run(tmp_path: Path) -> None:
    for name in ("httpx", "platformdirs", "tenacity", "textual", "pydantic", "tomllib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('foreign')")
    assert run(tmp_path, *DEMO).text.startswith("call_demo_untimed")
    with PtySession(
        "--demo", home=tmp_path, shell=["sh", "-c", f"cd {tmp_path} && {sys.executable} -m tui --demo"]
    ) as pty:
        pty.await_text(SHOWN)
        pty.send("\x03")
        assert pty.await_end() == 0
