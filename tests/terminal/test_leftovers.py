"""What is left of the process that fetches the first call, while that call is read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.pty_session import LIMIT_S, PtySession
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


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
