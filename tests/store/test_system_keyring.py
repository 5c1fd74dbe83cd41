"""A keyring that is silent, missing or turned off holds nothing up, and is named."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from tests.canary import answering, told
from tests.keyrings import ASKED, BROKEN, EMPTY, SILENT
from tests.program import COMMAND, PATIENCE_S, environment, run
from tests.terminal.pty_session import LIMIT_S, PtySession
from tui.core.errors import ExitStatus
from tui.store import system_keyring

NO_PACKAGE = "import sys\nsys.modules['keyring'] = None"
PROMPT = "API key (not shown): "


@pytest.mark.parametrize("command", [("export", "call_x"), ("search", "word")])
def test_waiting_for_a_silent_keyring_times_out(command: tuple[str, ...], tmp_path: Path) -> None:
    begun = monotonic()
    ended = run(tmp_path, *command, PYTHON_KEYRING_BACKEND=SILENT)
    assert ended.status == ExitStatus.REFUSED
    assert "the keyring of this machine does not answer (waited 3 s)" in ended.line
    assert "PYAI_API_KEY" in ended.line
    assert system_keyring.patience_s <= monotonic() - begun < 3 * system_keyring.patience_s


@pytest.fixture
def silent_bus(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What leads the keyring to a session bus that lets everybody in, and then answers nothing."""
    pytest.importorskip("secretstorage")
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen()
        Thread(target=let_in, args=(bus,), daemon=True).start()
        yield {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'bus'}",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
        }
        bus.shutdown(socket.SHUT_RDWR)


def let_in(bus: socket.socket) -> None:
    connections = []
    while True:
        try:
            connection, _ = bus.accept()
        except OSError:  # the test is over
            return
        connections.append(connection)
        while b"BEGIN" not in (line := connection.recv(4_096)) and line:
            if b"AUTH" in line:
                connection.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            elif b"NEGOTIATE" in line:
                connection.sendall(b"AGREE_UNIX_FD\r\n")


def test_waiting_for_a_silent_bus_times_out(silent_bus: dict[str, str], tmp_path: Path) -> None:
    variables = environment(tmp_path, **silent_bus)
    command = [*COMMAND, "export", "call_x"]
    begun = monotonic()
    ended = subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode == ExitStatus.REFUSED
    assert b"the keyring of this machine does not answer (waited 3 s)" in ended.stderr
    assert monotonic() - begun >= system_keyring.patience_s


@pytest.mark.parametrize("action", ["login", "logout"])
def test_commands_that_need_a_keyring_report_a_silent_one(action: str, tmp_path: Path) -> None:
    ended = run(tmp_path, "auth", action, stdin=b"never_to_be_asked_for\n", PYTHON_KEYRING_BACKEND=SILENT)
    assert ended.status == ExitStatus.OUTPUT
    assert "the keyring of this machine does not answer" in ended.line


@pytest.mark.parametrize("command", [("export", "call_x"), ("search", "word"), ("auth", "login")])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_ends_waiting_for_the_keyring(
    command: tuple[str, ...], number: signal.Signals, status: int, tmp_path: Path
) -> None:
    variables = environment(tmp_path, PYTHON_KEYRING_BACKEND=SILENT)
    with subprocess.Popen([*COMMAND, *command], env=variables, cwd=tmp_path, stdout=-1, stderr=-1) as process:
        await_asked(tmp_path)
        begun = monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in {status, status - 128 - 2 * number}
    assert (said, monotonic() - begun < system_keyring.patience_s / 2) == (b"", True)


def await_asked(home: Path) -> None:
    deadline = monotonic() + LIMIT_S
    while not (home / ASKED).exists():
        assert monotonic() < deadline, "the keyring was never asked"
        select.select([], [], [], 0.01)


def test_the_screen_stays_responsive_meanwhile(tmp_path: Path) -> None:
    with PtySession(home=tmp_path, environ={"PYTHON_KEYRING_BACKEND": SILENT}) as session:
        session.await_text("Call")
        session.send("call_x\r")
        await_asked(tmp_path)
        session.send("\x1b")
        begun = monotonic()
        session.await_text("Gave up")
        assert monotonic() - begun < system_keyring.patience_s / 2
        session.send("\x03")
        assert session.await_end() == 0


@pytest.mark.parametrize(
    ("backend", "before", "said"),
    [
        (BROKEN, "", "no keyring on this machine that can be used (RuntimeError)"),
        (EMPTY, "", "the keyring of this machine is turned off"),
        ("keyring.backends.fail.Keyring", "", "no keyring on this machine that can be used (NoKeyringError)"),
        ("nonsense.Keyring", "", "no keyring on this machine that can be used"),
        (EMPTY, NO_PACKAGE, "the package for keyrings is missing – pip install keyring"),
    ],
)
def test_without_a_keyring_no_key_is_prompted_for(backend: str, before: str, said: str, tmp_path: Path) -> None:
    variables = {"PYTHON_KEYRING_BACKEND": backend}
    with PtySession("auth", "login", home=tmp_path, before=before, environ=variables, size=(200, 24)) as session:
        assert session.await_end() == ExitStatus.OUTPUT
        assert session.shows(said)
        assert PROMPT not in session.written


def test_without_the_package_other_key_sources_work(tmp_path: Path) -> None:
    environ = {"PYAI_API_KEY": "pyai_test_0123456789"}
    with (
        answering(lambda _: told([{"role": "user", "text": "hello there"}])) as url,
        PtySession("export", "c1", "--base-url", url, home=tmp_path, before=NO_PACKAGE, environ=environ) as session,
    ):
        session.await_text("hello there")
        assert session.await_end() == 0


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)],
)
def test_one_signal_ends_the_key_prompt(number: signal.Signals, status: int, tmp_path: Path) -> None:
    variables = {"PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring", "TEST_KEYRING": str(tmp_path / "kept")}
    with PtySession("auth", "login", home=tmp_path, environ=variables) as session:
        session.await_written(PROMPT)
        session.kill(number)
        assert session.await_end() == status
        assert session.is_as_before()


@pytest.mark.parametrize("typed", ["\x04", "\r", "short\r", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\r"])
def test_an_invalid_key_is_refused_at_once(typed: str | bytes, tmp_path: Path) -> None:
    variables = {"PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring", "TEST_KEYRING": str(tmp_path / "kept")}
    with PtySession("auth", "login", home=tmp_path, environ=variables, size=(160, 24)) as session:
        session.await_written(PROMPT)
        session.send(typed)
        assert session.await_end() == ExitStatus.REFUSED
        assert session.shows("the API key is not 8 to 512 printable ASCII characters")
