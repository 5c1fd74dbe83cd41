"""When what was typed is left to the terminal, which is bounded, as the app has not kept up."""

from __future__ import annotations

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from tui.terminal.input_reader import Backlog

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
