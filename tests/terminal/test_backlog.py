"""When what was typed is left to the terminal, which is bounded, as the app has not kept up."""

from __future__ import annotations

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from tui.terminal.steady_driver import SteadyDriver

MANY, FEW = 501, 500


def driver_of(app: int, screen: int, focused: int | None) -> SteadyDriver:
    """A driver of an app with so many messages waiting in its queues."""
    driver = SteadyDriver.__new__(SteadyDriver)
    widget = None if focused is None else SimpleNamespace(message_queue_size=focused)
    below = SimpleNamespace(message_queue_size=10**6, focused=None)
    top = SimpleNamespace(message_queue_size=screen, focused=widget)
    driver._steady_app = SimpleNamespace(message_queue_size=app, screen_stack=[below, top])  # type: ignore[assignment]  # as much of an app as is looked at
    driver._last_sent = set()
    return driver


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
    assert driver_of(app, screen, focused)._is_behind() is is_behind


def test_reading_pauses_until_the_last_message_is_taken() -> None:
    driver = driver_of(0, 0, None)
    sent: Future[bool] = Future()
    driver._last_sent = {sent}
    assert driver._is_behind()
    sent.set_result(True)
    assert not driver._is_behind()
