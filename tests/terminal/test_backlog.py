"""When what was typed is left to the terminal, which is bounded, as the app has not kept up."""

from __future__ import annotations

import os
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from tui.terminal.input_reader import Backlog, InputReader
from tui.terminal.selectable_event import SelectableEvent

MANY, FEW = 501, 500


def backlog(app: int, screen: int, focused: int | None) -> Backlog:
    """The backlog of an app with so many messages waiting in its queues."""
    widget = None if focused is None else SimpleNamespace(message_queue_size=focused)
    below = SimpleNamespace(message_queue_size=10**6, focused=None)
    top = SimpleNamespace(message_queue_size=screen, focused=widget)
    return Backlog(SimpleNamespace(message_queue_size=app, screen_stack=[below, top]))  # type: ignore[arg-type]  # as much of an app as is looked at


@pytest.mark.parametrize(
    ("app", "screen", "focused", "is_behind"),
    [
        (0, 0, None, False),
        (FEW, FEW, FEW, False),
        (MANY, 0, None, True),
        (0, MANY, None, True),
        (0, 0, MANY, True),
    ],
)
def test_reading_pauses_while_a_queue_is_full(app: int, screen: int, focused: int | None, is_behind: bool) -> None:
    assert backlog(app, screen, focused).is_large() is is_behind


def test_reading_pauses_until_the_last_message_is_taken() -> None:
    waiting = backlog(0, 0, None)
    sent: Future[bool] = Future()
    waiting.last_sent = {sent}
    assert waiting.is_large()
    sent.set_result(True)
    assert not waiting.is_large()


@pytest.mark.parametrize(
    ("read", "is_pasting", "passed_on"),
    [
        (b"jj\x03k", False, b"\x03k"),
        (b"jj\x1b[99;5u", False, b"\x1b[99;5u"),
        (b"jj\x1b[200~a\x03b\x1b[201~k\x03", False, b"\x03"),
        (b"a\x03b\x1b[201~k\x03q", True, b"\x1b[201~\x03q"),
    ],
    ids=["typed", "of the keyboard protocol", "behind a paste", "behind the rest of a paste"],
)
def test_ctrl_c_that_was_typed_passes_a_full_queue(read: bytes, is_pasting: bool, passed_on: bytes) -> None:
    assert waited(read, is_pasting=is_pasting) == passed_on


@pytest.mark.parametrize(("read", "is_pasting"), [(b"j\x1b[200~a\x03b", False), (b"a\x03b", True), (b"jk", False)])
def test_ctrl_c_within_a_paste_waits_with_the_rest(read: bytes, is_pasting: bool) -> None:
    assert waited(read, is_pasting=is_pasting, until_quiet=True) == read


def waited(read: bytes, *, is_pasting: bool, until_quiet: bool = False) -> bytes | None:
    """What the reader passes on of some input while the app does not keep up, or once it does."""
    stop, (far, near) = SelectableEvent(), os.pipe()
    large = iter([True, True, False] if until_quiet else [True] * 100)
    app = SimpleNamespace(is_large=lambda: next(large))
    os.write(near, read)
    try:
        return InputReader(far, stop, app, str)._wait_for_app(is_pasting=is_pasting)  # type: ignore[arg-type]  # a backlog of as much as is looked at
    finally:
        os.close(far)
        os.close(near)
