"""The writer: the newest picture, and never more on its way than the link takes."""

from __future__ import annotations

import os
import pty
import select
import termios
import threading
import tty
from collections.abc import Iterator
from time import monotonic

import pytest

from tests.terminal.screens import Terminal
from tui.terminal.flow import QUESTION, ROOM
from tui.terminal.screen_buffer import ScreenBuffer
from tui.terminal.writer import Writer

LIMIT_S = 10.0
LINES, COLUMNS = 24, 80


class Link:
    """A writer, and the other end of its pseudo-terminal."""

    def __init__(self) -> None:
        self.here, self.there = pty.openpty()
        tty.setraw(self.there, termios.TCSANOW)
        self.terminal = Terminal(COLUMNS, LINES)
        self.writer = Writer(self.there, ScreenBuffer(COLUMNS, LINES))
        self.writer.start()
        self.received = ""

    def show(self, page: int) -> None:
        rows = [f"\x1b[{y};1H{f'{page}/{y} ' * 12:<{COLUMNS}.{COLUMNS}}" for y in range(1, LINES + 1)]
        self.writer.feed("\n".join(rows) + "\x1b[1;1H")

    def read(self, patience_s: float) -> bool:
        """Take what comes within some seconds."""
        if not select.select([self.here], [], [], patience_s)[0]:
            return False
        data = os.read(self.here, 1 << 16).decode()
        self.received += data
        self.terminal.feed(data)
        return True

    def await_page(self, page: int) -> None:
        deadline = monotonic() + LIMIT_S
        while not all(f"{page}/{y} " in self.terminal.display[y - 1] for y in range(1, LINES + 1)):
            assert monotonic() < deadline, self.terminal.display
            self.read(0.1)

    def await_question(self) -> None:
        deadline = monotonic() + LIMIT_S
        while QUESTION not in self.received:
            assert monotonic() < deadline
            self.read(0.1)


@pytest.fixture
def link() -> Iterator[Link]:
    made = Link()
    yield made
    made.writer.stop(0.1)
    os.close(made.here)
    os.close(made.there)


def test_a_blocked_terminal_gets_only_the_last_picture(link: Link) -> None:
    for page in range(1, 301):
        link.show(page)
    link.await_page(300)
    # what the kernel holds, one picture in the middle, and the last
    assert len(link.received) < 32768


def test_output_is_limited_until_the_terminal_answers(link: Link) -> None:
    link.show(1)
    link.await_page(1)
    link.await_question()
    assert link.writer.answered()
    so_far = len(link.received)
    for page in range(2, 60):
        link.show(page)
        link.read(0.01)
    picture = 24 * (COLUMNS + 10)
    assert len(link.received) - so_far < ROOM + picture
    while link.writer.answered():
        pass
    link.await_page(59)


def test_other_sequences_do_not_wait_for_the_terminal(link: Link) -> None:
    link.show(1)
    link.await_question()
    assert link.writer.answered()
    for page in range(2, 20):
        link.show(page)
        link.read(0.01)
    link.writer.feed("\x07")
    deadline = monotonic() + 1
    while "\x07" not in link.received:
        assert monotonic() < deadline
        link.read(0.05)


def test_only_the_last_unsent_copy_is_sent(link: Link) -> None:
    for number in range(300):
        link.writer.copy(f"\x1b]52;c;{number}={'x' * 1000}\x07")
    link.writer.settle(0.1)
    deadline = monotonic() + LIMIT_S
    while "\x1b]52;c;299=" not in link.received:
        assert monotonic() < deadline
        link.read(0.1)
    assert len(link.received) < 32768


def test_stopping_does_not_wait_for_a_blocked_terminal(link: Link) -> None:
    for page in range(1, 100):
        link.show(page)
    begun = monotonic()
    link.writer.stop_asking(0.2)
    link.writer.stop(0.2)
    assert monotonic() - begun < 1


def test_stopping_sends_the_rest(link: Link) -> None:
    link.writer.feed("\x1b[?1049l")
    link.writer.stop(LIMIT_S)
    link.read(1)
    assert link.received == "\x1b[?1049l"


def test_it_can_be_started_again(link: Link) -> None:
    link.show(1)
    link.await_page(1)
    link.writer.stop(LIMIT_S)
    link.writer.start()
    link.show(2)
    link.await_page(2)


def test_starting_twice_starts_once(link: Link) -> None:
    link.writer.start()
    link.show(1)
    link.await_page(1)
    link.writer.settle(LIMIT_S)
    assert not link.read(0.1)


def test_a_lost_terminal_releases_waiters_and_reports_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    here, there = pty.openpty()
    os.close(here)
    writer = Writer(there, ScreenBuffer(COLUMNS, LINES))
    writer.start()
    writer.feed("\x1b[1;1Hhello\x1b[1;1H")
    begun = monotonic()
    writer.settle(LIMIT_S)
    assert monotonic() - begun < LIMIT_S
    for thread in threading.enumerate():
        if thread.name == "terminal-writer":
            thread.join(LIMIT_S)
    assert [fault.exc_type for fault in faults] == [OSError]
    os.close(there)


def test_a_terminal_made_non_blocking_gets_everything(link: Link) -> None:
    os.set_blocking(link.there, False)
    for page in range(1, 301):
        link.show(page)
    link.await_page(300)


def test_a_resize_takes_effect_with_the_next_update(link: Link) -> None:
    link.show(1)
    link.await_page(1)
    link.writer.resize(40, LINES)
    link.terminal.resize(LINES, 40)
    link.show(2)
    link.await_page(2)
    assert all(len(row) == 40 for row in link.terminal.display)
