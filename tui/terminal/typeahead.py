"""The queue of user input (keys, pastes, mouse): handles events strictly in order.

In Textual a key bubbles through the queues of several widgets, and its effects through more. A second key
could overtake the first there, so it waits here until every widget is idle. Workers, timers and pictures are
not waited for, but a screen may hold keys back until what they are typed for is there. Keys that the focused
widget handles locally follow each other at once, as they cannot overtake each other. What an event does belongs
elsewhere.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual._queue import Queue
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

from tui.terminal.lifecycle import OVERDUE_S

PATIENCE_S = 3.0
"""How long an event waits for the previous one: a handler that hangs must not block the keyboard."""

CTRL_C_PATIENCE_S = 1.0
"""After this time, ctrl+c jumps the queue."""

_IN_A_ROW = 200
"""The most local keys handled before a picture is drawn."""

_HELD_S, _SHOWN_S = 0.1, 0.02
"""While events are queued, drawing pauses for the first time and is allowed for the second."""

_MOST_HELD = 400
"""The most events kept for a screen that does not take them yet; with many more, the terminal would not be read on."""

_QUICK_ROUNDS = 64
_POLL_S, _HELD_POLL_S = 0.001, 0.02
_PAUSE_S = 0.5
"""How long after the first key held back another key counts as typed together with it."""


@runtime_checkable
class HandlesKeysLocally(Protocol):
    """A widget that can tell which keys affect only itself: they open, close and focus nothing."""

    def handles_locally(self, key: events.Key) -> bool:
        """Whether this widget, when focused, handles the key without effects elsewhere."""


class Due(Enum):
    """When a screen takes a key."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"


@runtime_checkable
class HoldsKeys(Protocol):
    """A screen that may still wait for what keys are typed for."""

    def due(self, key: events.Key) -> Due:
        """When the screen takes the key: now, when it is ready for it, or never, nor any key typed behind it."""


class TypeAhead:
    """Passes input events to an app one at a time.

    Args:
        app: The receiver.
        dispatch: Posts an event to the app's own queue.
        give_up: Called when the app does not even take ctrl+c.
    """

    def __init__(self, app: App[Any], dispatch: Callable[[Message], bool], give_up: Callable[[], object]) -> None:
        self._app = app
        self._dispatch = dispatch
        self._give_up = give_up
        self._waiting: deque[Message] = deque()
        self._rounds = 0
        self._since_s = 0.0
        self._is_closed = False
        self._owner: object | None = None  # the widget whose local keys are being handled
        self._in_a_row = 0
        self._due = Due.NOW  # what the screen said of the first event in the queue
        self._pictures = _Pictures(app)

    def __len__(self) -> int:
        return len(self._waiting)

    @staticmethod
    def takes(message: Message) -> bool:
        """Whether a message is user input that has not been forwarded to a widget yet."""
        return isinstance(message, events.InputEvent | events.Paste) and not message.is_forwarded

    def put(self, event: Message) -> bool:
        """Queue an event; False once the app exits."""
        if self._is_closed:
            return False
        if _is_ctrl_c(event):
            _loop().call_later(CTRL_C_PATIENCE_S, self._jump_queue, event)
            _loop().call_later(CTRL_C_PATIENCE_S + OVERDUE_S, self._give_up_if_stuck, event)
        if self._due is Due.LATER and self._waiting and isinstance(event, events.MouseEvent):
            return False  # when it is handled, something else may be where it points
        if self._takes_over(event):
            self._drop_held()
        if not self._waiting and self._may_go(event):
            return self._dispatch(event)
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._wait()
        return True

    def close(self) -> None:
        """Drop queued and future events, as the app exits."""
        self._is_closed = True
        self._keep()

    def _keep(self, *kept: Message) -> None:
        """Drop the queued events but for these."""
        self._waiting = deque(kept)

    def _drop_held(self, most: int = 0) -> None:
        """Drop the queued events that the screen does not take, but for the first ones; ctrl+c is for the app.

        Args:
            most: How many to keep.
        """
        self._keep(*(event for at, event in enumerate(self._waiting) if at < most or _is_ctrl_c(event)))

    def _wait(self) -> None:
        """Start waiting for the effects of the last event."""
        self._rounds, self._since_s = 0, _loop().time()
        _loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        """Dispatch the next events if they may go; else check again later."""
        before = len(self._waiting)
        while self._waiting and self._may_go(self._waiting[0]):
            self._dispatch(self._waiting.popleft())
        if self._due is Due.NEVER:
            self._due = Due.NOW
            self._drop_held()
        if self._waiting and len(self._waiting) == before and self._is_late() and self._is_due(self._waiting[0]):
            self._owner = None
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
        if self._due is Due.LATER:
            if len(self._waiting) > _MOST_HELD:
                self._drop_held(_MOST_HELD)
            self._pictures.show()
            _loop().call_later(_HELD_POLL_S, self._go_on)
        elif self._rounds < _QUICK_ROUNDS:
            _loop().call_soon(self._go_on)
        else:
            _loop().call_later(_POLL_S, self._go_on)

    def _may_go(self, event: Message) -> bool:
        """Whether the event cannot overtake the previous one; updates the current key owner."""
        owner = self._key_owner(event)
        if owner is not None and owner is self._owner and self._in_a_row < _IN_A_ROW:
            self._in_a_row += 1
            return True
        if self._has_settled() and self._is_due(event):
            self._owner, self._in_a_row = owner, 1
            return True
        return False

    def _is_due(self, event: Message) -> bool:
        """Whether the top screen takes the event now; remembers what it says. Time in which it does not is no delay."""
        top: object = self._app.screen_stack[-1]
        self._due = top.due(event) if isinstance(event, events.Key) and isinstance(top, HoldsKeys) else Due.NOW
        if self._due is Due.LATER:
            self._since_s = _loop().time()
        return self._due is Due.NOW

    def _takes_over(self, event: Message) -> bool:
        """Whether a key that the screen takes now was typed after a pause behind keys that it holds back."""
        if self._due is not Due.LATER or not self._waiting or not isinstance(event, events.Key):
            return False
        held = self._due
        takes_over = event.time - self._waiting[0].time > _PAUSE_S and self._is_due(event)
        self._due = Due.NOW if takes_over else held
        return takes_over

    def _key_owner(self, event: Message) -> object | None:
        """The focused widget, if the event is a key that it handles locally."""
        focused: object = self._app.screen_stack[-1].focused if self._app.screen_stack else None
        is_local = (
            isinstance(focused, HandlesKeysLocally) and isinstance(event, events.Key) and focused.handles_locally(event)
        )
        return focused if is_local else None

    def _is_late(self) -> bool:
        """Whether the event has waited for ``PATIENCE_S``; time before the app runs does not count."""
        if not self._app.is_running:
            self._since_s = _loop().time()
        return _loop().time() - self._since_s > PATIENCE_S

    def _has_settled(self) -> bool:
        """Whether all effects of earlier events are done and laid out."""
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

    def _jump_queue(self, ctrl_c: Message) -> None:
        """Dispatch ctrl+c before all other queued events, and drop those."""
        if ctrl_c in self._waiting:
            self._keep()
            self._dispatch(ctrl_c)

    def _give_up_if_stuck(self, ctrl_c: Message) -> None:
        """Give up on an app that has not taken ctrl+c."""
        queue: Queue[Any] = self._app._message_queue
        if ctrl_c in queue.values:
            self._give_up()


class _Pictures:
    """Limits drawing while many events are handled.

    Args:
        app: The app that draws.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held = ExitStack()
        self._change_s = 0.0
        self._is_holding = False

    def hold_back(self, now_s: float) -> None:
        """Pause drawing, or allow it when it is due."""
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
        """Resume drawing, with the whole screen: Textual loses layouts made meanwhile."""
        if self._is_holding:
            self._is_holding = False
            self._change_s = 0.0
            self._held.close()
            self._app.screen.refresh()


def _is_ctrl_c(event: Message) -> bool:
    return isinstance(event, events.Key) and event.key == "ctrl+c"


def _is_idle(pump: MessagePump) -> bool:
    """Whether a widget has handled all its messages and waits for the next; false while it starts."""
    queue: Queue[Any] = pump._message_queue
    return pump._closing or (not queue.values and bool(queue.ready_event._waiters))


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
