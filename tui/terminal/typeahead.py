"""The one queue of what the user does: keys, pastes and the mouse, in the order in which they came.

A widget passes a key on through the queues of its parents, and what comes of it goes through more of them. A second
key would overtake the first there, so it waits here until nothing of the first is under way any more: every widget
waits for its next message. Workers, timers and pictures are not waited for. Keys of which the focused widget says that
they lead nowhere else follow each other at once, as they cannot overtake each other. What an event does belongs
elsewhere.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual._queue import Queue
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

from tui.terminal.lifecycle import OVERDUE_S

PATIENCE_S = 2.0
"""For how long an event waits for the one before: a handler that hangs must not take the keyboard with it."""

INSIST_S = 1.0
"""After so long, ctrl+c no longer waits for its turn."""

_IN_A_ROW = 200
"""So many keys follow each other at once before a picture gets its turn."""

_HELD_S, _SHOWN_S = 0.1, 0.02
"""While events wait, pictures are held back for so long, then drawn for so long: each takes as long as ten keys."""

_QUICK_ROUNDS = 64
_POLL_S = 0.001


@runtime_checkable
class KeepsKeys(Protocol):
    """A widget that knows keys which lead nowhere else: they open, close and focus nothing."""

    def keeps(self, key: events.Key) -> bool:
        """Whether a key, pressed while this widget has the focus, is one of them."""


class TypeAhead:
    """Gives an app one event after the other.

    Args:
        app: Who takes them.
        dispatch: Puts an event into the app's own queue.
        give_up: Called when the app does not even take ctrl+c any more.
    """

    def __init__(self, app: App[Any], dispatch: Callable[[Message], bool], give_up: Callable[[], object]) -> None:
        self._app = app
        self._dispatch = dispatch
        self._give_up = give_up
        self._waiting: deque[Message] = deque()
        self._rounds = 0
        self._since_s = 0.0
        self._is_closed = False
        self._keeps: object | None = None  # the keys that are under way
        self._in_a_row = 0
        self._pictures = _Pictures(app)

    def __len__(self) -> int:
        return len(self._waiting)

    @staticmethod
    def takes(message: Message) -> bool:
        """Whether a message comes from the user; what the app has passed on to a widget may come back to it."""
        return isinstance(message, events.InputEvent | events.Paste) and not message.is_forwarded

    def put(self, event: Message) -> bool:
        """Take an event; False once the app is leaving."""
        if self._is_closed:
            return False
        if isinstance(event, events.Key) and event.key == "ctrl+c":
            _loop().call_later(INSIST_S, self._insist, event)
            _loop().call_later(INSIST_S + OVERDUE_S, self._despair, event)
        if not self._waiting and self._may_go(event):
            return self._dispatch(event)
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._wait()
        return True

    def close(self) -> None:
        """Drop what waits, and all that comes: the app is leaving."""
        self._is_closed = True
        self._waiting.clear()

    def _wait(self) -> None:
        """Begin to wait for the effects of the last event."""
        self._rounds, self._since_s = 0, _loop().time()
        _loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        """Dispatch the next events when their time has come; else look again in the next rounds of the loop."""
        before = len(self._waiting)
        while self._waiting and self._may_go(self._waiting[0]):
            self._dispatch(self._waiting.popleft())
        if self._waiting and len(self._waiting) == before and self._is_late():
            self._keeps = None
            self._dispatch(self._waiting.popleft())
        if not self._waiting:
            self._pictures.show()
        elif len(self._waiting) < before:
            self._pictures.hold_back(_loop().time())
            self._wait()
        else:
            self._rounds += 1
            self._look_again()

    def _look_again(self) -> None:
        if self._rounds < _QUICK_ROUNDS:
            _loop().call_soon(self._go_on)
        else:
            _loop().call_later(_POLL_S, self._go_on)

    def _may_go(self, event: Message) -> bool:
        """Whether the event cannot overtake the one before; takes note of whose keys are under way from now on."""
        archive = self._archive(event)
        if archive is not None and archive is self._keeps and self._in_a_row < _IN_A_ROW:
            self._in_a_row += 1
            return True
        if self._has_settled():
            self._keeps, self._in_a_row = archive, 1
            return True
        return False

    def _archive(self, event: Message) -> object | None:
        """The widget with the focus, if the event is a key that leads nowhere else."""
        focused: object = self._app.screen_stack[-1].focused if self._app.screen_stack else None
        is_kept = isinstance(focused, KeepsKeys) and isinstance(event, events.Key) and focused.keeps(event)
        return focused if is_kept else None

    def _is_late(self) -> bool:
        """Whether the event has waited long enough; before the app runs, nobody could take it."""
        if not self._app.is_running:
            self._since_s = _loop().time()
        return _loop().time() - self._since_s > PATIENCE_S

    def _has_settled(self) -> bool:
        """Whether all that came of the events before is done, and what it has changed is laid out."""
        app = self._app
        if not app.is_running or not app.screen_stack or not _is_idle(app):
            return False
        top = app.screen_stack[-1]
        if top.focused is not None and not _is_idle(top.focused):
            return False
        if top._layout_required or top._callbacks:
            self._pictures.show()
            return False
        return all(_is_idle(widget) for screen in app.screen_stack for widget in screen.walk_children(with_self=True))

    def _insist(self, ctrl_c: Message) -> None:
        """Let ctrl+c go before all that waits."""
        if ctrl_c in self._waiting:
            self._waiting.clear()
            self._dispatch(ctrl_c)

    def _despair(self, ctrl_c: Message) -> None:
        """Give up an app that has not taken ctrl+c."""
        queue: Queue[Any] = self._app._message_queue
        if ctrl_c in queue.values:
            self._give_up()


class _Pictures:
    """Holds back what the app would draw after each of many events.

    Args:
        app: Who draws.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held = ExitStack()
        self._change_s = 0.0
        self._is_holding = False

    def hold_back(self, now_s: float) -> None:
        """Hold pictures back, or let one through when it is time."""
        if now_s < self._change_s:
            return
        if self._is_holding:
            self.show()
            self._change_s = now_s + _SHOWN_S
        else:
            self._is_holding = True
            self._held.enter_context(self._app.batch_update())
            self._change_s = now_s + _HELD_S

    def show(self) -> None:
        """Draw again, all of the screen: Textual forgets what it laid out meanwhile."""
        if self._is_holding:
            self._is_holding = False
            self._change_s = 0.0
            self._held.close()
            self._app.screen.refresh()


def _is_idle(pump: MessagePump) -> bool:
    """Whether a widget has dealt with all its messages and waits for the next; one that starts has not."""
    queue: Queue[Any] = pump._message_queue
    return pump._closing or (not queue.values and bool(queue.ready_event._waiters))


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
