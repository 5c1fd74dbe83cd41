"""What is left of what is over: of the process that fetches the first call, and of calls that were closed."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.pty_session import LIMIT_S, PtySession
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer


def reading(server: DemoServer, home: Path, before: str = "") -> PtySession:
    arguments = ("call_demo_booking", "--base-url", server.base_url)
    return PtySession(*arguments, home=home, before=before, environ={"PYAI_API_KEY": DEMO_KEY})


def children(pid: int) -> list[str]:
    return [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def memories(pid: int) -> list[str]:
    links = []
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            links.append(os.fspath(file.readlink()))
    return [link for link in links if link.startswith("/memfd:")]


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such process elsewhere")
def test_the_prefetch_leaves_no_zombie_and_no_memory(server: DemoServer, tmp_path: Path) -> None:
    with reading(server, tmp_path) as session:
        session.await_text("turn 1 of 38")
        session.await_text("dental-front-desk")  # of the record, which is handed over last
        deadline = monotonic() + LIMIT_S
        while children(session.process.pid) or memories(session.process.pid):
            assert monotonic() < deadline
            session.read(0.05)
        session.send("q")
        assert session.await_end() == 0


def test_a_python_without_memfd_fetches_by_itself(server: DemoServer, tmp_path: Path) -> None:
    with reading(server, tmp_path, "import os; vars(os).pop('memfd_create', None)") as session:
        session.await_text("turn 1 of 38")
        session.send("q")
        assert session.await_end() == 0
        assert session.is_as_before()


COUNTS = """
import gc, signal
from pathlib import Path
def count(*_):
    found = [each._target.name for each in gc.get_objects() if type(each).__name__ == "TranscriptScreen"]
    Path({path!r} + ".new").write_text(" ".join(found))
    Path({path!r} + ".new").rename({path!r})
signal.signal(signal.SIGPROF, count)
gc.enable = lambda: None
"""
"""Tells upon a signal of which calls there are screens in memory. Only the program itself collects garbage."""
WAYS = {
    "back": [("q", "1 of 11"), ("\r", "turn 1 of")],
    "next": [(")", "call_demo_booking"), ("(", "call_demo_trouble")],
    "list": [("O", "1 of 11"), ("\r", "turn 1 of")],
}


def screens_in_memory(session: PtySession, told: Path) -> list[str]:
    told.unlink(missing_ok=True)
    session.kill(signal.SIGPROF)
    deadline = monotonic() + LIMIT_S
    while not told.exists():
        assert monotonic() < deadline
        session.read(0.02)
    return told.read_text().split()


@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_is_left_is_freed(way: str, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with PtySession("--demo", home=tmp_path, size=(120, 30), before=COUNTS.format(path=str(told))) as session:
        session.await_text("Sample calls")
        session.send("\x0f")
        session.await_text("1 of 11")
        session.send("\r")
        session.await_text("turn 1 of")
        deadline, left = monotonic() + LIMIT_S, 0
        while left < 6 or len(screens_in_memory(session, told)) > 3:  # that on show, and those just left
            assert monotonic() < deadline, f"screens of calls in memory: {screens_in_memory(session, told)}"
            for key, shown in WAYS[way]:
                session.send(key)
                session.await_text(shown)
            while session.read(0.5):
                pass
            left += 1
        session.send("\x03")
        assert session.await_end() == 0


def test_neither_connection_nor_library_holds_a_call_that_is_left(server: DemoServer, tmp_path: Path) -> None:
    told, environ = tmp_path / "told", {"PYAI_API_KEY": DEMO_KEY}
    before = COUNTS.format(path=str(told)).replace("    found =", "    gc.collect()\n    found =")
    with PtySession("--base-url", server.base_url, home=tmp_path, before=before, environ=environ) as session:
        session.await_text("ctrl+o calls")
        for call_id in ("call_demo_booking", "call_demo_trouble", "call_demo_trouble"):
            session.send(f"\x15{call_id}\r")
            session.await_text("turn 1 of")
            session.send("q")
            session.await_text("ctrl+o calls")
            deadline = monotonic() + LIMIT_S
            while left := screens_in_memory(session, told):  # what the screen began ends a moment later
                assert monotonic() < deadline, f"screens of calls in memory: {left}"
        session.send("\x03")
        assert session.await_end() == 0
