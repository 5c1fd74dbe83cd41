"""The driver, in a real app on a real pseudo-terminal."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from time import monotonic

import pytest
from textual.drivers.linux_driver import LinuxDriver

from tests.terminal.panes import Pane
from tests.terminal.screens import Terminal
from tests.terminal.sessions import LIMIT_S, Session, await_same
from tui.terminal.differ import CLEAR
from tui.terminal.driver_selection import driver_class
from tui.terminal.screen_buffer import SYNC_END, SYNC_START, ScreenBuffer

DOWN, UP, PAGE_DOWN, PAGE_UP, END, HOME = "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~", "\x1b[F", "\x1b[H"
PANEL, ASK, YES, FIND = "\x1bOQ", "\x1bOR", "y", "\x1bOS"
TOUR = [
    *(DOWN, DOWN, UP, "j", "j", "k", PAGE_DOWN, DOWN, PAGE_DOWN, PAGE_UP, END, UP, HOME),
    *(ASK, YES, PANEL, DOWN, DOWN, PAGE_DOWN, UP, ASK, YES, PANEL),
    *(FIND, "r", "e", "f", "\r", DOWN, PAGE_DOWN, UP, UP),
]


@pytest.fixture
def differs() -> Iterator[Session]:
    with Session() as session:
        yield session


def test_shows_what_textual_shows_after_every_key(differs: Session) -> None:
    with Session("--full-redraw") as full:
        for key in TOUR:
            for session in (differs, full):
                session.press(key)
            await_same(differs, full)
        assert len(differs.written) * 5 < len(full.written)


def test_shows_what_textual_shows_after_resizes(differs: Session) -> None:
    sizes = [(100, 30), (40, 10), (81, 24), (80, 24)]
    with Session("--full-redraw") as full:
        for size in sizes:
            for session in (differs, full):
                session.resize(*size)
                session.press(DOWN)
            await_same(differs, full)


def test_a_recording_looks_the_same_through_the_screen_buffer(tmp_path: Path) -> None:
    record = tmp_path / "record"
    with Session("--record", str(record)) as session:
        for key in TOUR:
            session.press(key)
    buffer, direct, differs = ScreenBuffer(80, 24), Terminal(80, 24), Terminal(80, 24)
    for data in map(json.loads, record.read_text().splitlines()):
        if "\x1b[?1049l" in data:
            break
        direct.feed(data.replace("\n", "\r\n"))
        buffer.feed(data)
        differs.feed(buffer.take())
        assert differs.state(direct) == direct.state()


def test_moving_and_scrolling_send_few_bytes(differs: Session) -> None:
    differs.press("j")
    for key, most in [("j", 150), (DOWN, 300)]:
        before = len(differs.written.encode())
        differs.press(key)
        assert len(differs.written.encode()) - before < most


@pytest.mark.parametrize(("key", "is_synchronized"), [("j", False), (PAGE_DOWN, True)])
def test_only_a_long_change_is_sent_as_synchronized_output(differs: Session, key: str, is_synchronized: bool) -> None:
    differs.press("j")
    differs.settle()
    before = len(differs.written)
    differs.press(key)
    differs.settle()
    sent = differs.written[before:]
    assert sent
    assert [mark in sent for mark in (SYNC_START, SYNC_END)] == [is_synchronized] * 2


def test_an_idle_screen_sends_nothing(differs: Session) -> None:
    differs.press(DOWN)
    differs.settle()
    assert differs.read(1.0) == ""


@pytest.mark.parametrize("arguments", [[], ["--full-redraw"]])
def test_a_redraw_repairs_the_screen(arguments: list[str]) -> None:
    with Session(*arguments) as session:
        session.press(DOWN)
        session.settle()
        good = session.terminal.looks()
        session.terminal.feed("\x1b[H\x1b[41mspoilt\x1b[J\x1b[m")
        session.process.send("\x0c")
        await_looks(session, good)


def test_a_resize_to_the_same_size_redraws(differs: Session) -> None:
    differs.press(DOWN)
    differs.settle()
    good = differs.terminal.looks()
    differs.terminal.feed("\x1b[H\x1b[41mspoilt\x1b[J\x1b[m")
    differs.process.kill(signal.SIGWINCH)
    await_looks(differs, good)


def test_stop_and_continue_redraw(differs: Session) -> None:
    differs.press(DOWN)
    differs.settle()
    good = differs.terminal.looks()
    differs.process.kill(signal.SIGTSTP)
    await_written(differs, "\x1b[?1049l")
    differs.terminal.feed("\x1b[H\x1b[41mthe shell\x1b[J\x1b[m")
    differs.process.kill(signal.SIGCONT)
    await_looks(differs, good)
    assert differs.written.rindex(CLEAR) > differs.written.rindex("\x1b[?1049h")


@pytest.mark.parametrize("answers", [True, False])
def test_quitting_restores_the_terminal(answers: bool) -> None:
    with Session(answers=answers) as session:
        session.press(PAGE_DOWN)
        begun = monotonic()
        session.process.send("\x03")
        await_written(session, "\x1b[?25h")
        assert monotonic() - begun < 5
        left = session.written.rindex("\x1b[?1049l")
        assert re.fullmatch(r"(\x1b\[\?\d+[hl])+", session.written[left:])


def await_looks(session: Session, looks: object) -> None:
    deadline = monotonic() + LIMIT_S
    while session.terminal.looks() != looks:
        assert monotonic() < deadline, "\n".join(session.terminal.display)
        session.read(0.1)


def await_written(session: Session, data: str) -> None:
    """Wait until the app has written something since now, and until it is quiet or gone."""
    since = len(session.written)
    deadline = monotonic() + LIMIT_S
    while data not in session.written[since:]:
        assert monotonic() < deadline, f"never wrote {data!r}"
        session.read(0.1)
    session.settle()


class Terminals(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdin__", Terminals())
    monkeypatch.setattr(sys, "__stderr__", Terminals())
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)


@pytest.mark.usefixtures("on_terminal")
class TestDriverClass:
    def test_is_ours_on_a_terminal(self) -> None:
        found = driver_class()
        assert found is not None
        assert issubclass(found, LinuxDriver)

    @pytest.mark.parametrize("stream", ["__stdin__", "__stderr__"])
    def test_is_left_to_textual_without_a_terminal(self, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, stream, StringIO())
        assert driver_class() is None

    def test_is_left_to_textual_where_the_environment_names_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
        assert driver_class() is None

    def test_is_left_to_textual_on_windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        assert driver_class() is None


class Counting(Pane):
    """The sample app in a tmux of its own."""

    counted = 0

    def press(self, *keys: str) -> None:
        """Press keys, and wait until their effect is on the screen."""
        self.counted += 1
        self.send(*keys, "F5")
        self.await_line(f"count {self.counted}")


if shutil.which("tmux"):

    def test_tmux_shows_the_same_as_with_a_full_redraw() -> None:
        app = [sys.executable, "-m", "tests.terminal.sample_app"]
        differs, full = Counting(*app), Counting(*app, "--full-redraw")
        keys = ["Down", "Down", "Up", "j", "NPage", "Down", "F3", "y", "F2", "Down", "End", "Up", "PPage"]
        try:
            for pane in (differs, full):
                pane.await_line("count 0")
            for key in keys:
                for pane in (differs, full):
                    pane.press(key)
                deadline = monotonic() + LIMIT_S
                while differs.looks() != full.looks():
                    assert monotonic() < deadline, key
        finally:
            differs.end()
            full.end()
