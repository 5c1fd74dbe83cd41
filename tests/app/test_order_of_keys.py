"""The order of keys is the order of effects: all at once they do what they do one after the other.

Every pair of actions of the registry is tried, and every action behind what opens something, is typed in and closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual import events
from textual.app import App

from tests.app.conftest import Open, Opened
from tui.core.errors import ExitStatus
from tui.keys import ACTIONS, TOGETHER, key_word
from tui.screens.session import ViewOptions
from tui.screens.transcript import TranscriptScreen
from tui.terminal import typeahead
from tui.widgets.ask_bar import AskBar

pytestmark = pytest.mark.exhaustive
KEYS = {action.name: action.keys[0] for action in ACTIONS if TOGETHER["in a call"].intersection(action.places)}
LEAVING = ("back", "copy_or_quit")
FIRST = [name for name in KEYS if name not in {*LEAVING, "refresh_call"}]  # an answer comes when it comes
TYPED = {
    "a find": ("slash", *"the", "enter"),
    "a find that is given up": ("slash", *"the", "escape"),
    "a place": ("ctrl+g", *"#20", "enter"),
    "no place": ("ctrl+g", *"nowhere", "enter"),
    "a place that is given up": ("ctrl+g", *"#20", "escape"),
    "an action": ("colon", *"layout", "enter"),
    "an action that opens": ("colon", *"help", "enter"),
    "an action that asks": ("colon", *"go to", "enter"),
    "no action": ("colon", "escape"),
    "no other call": ("o", "escape"),
    "no file": ("e", "down", "escape"),
    "the outline": ("L", "j", "j"),
    "a turn of the outline": ("L", "j", "enter"),
    "the help": ("question_mark", "space", "q"),
}
BEHIND = ("j", "n", "slash", "ctrl+g", "question_mark", "y", "q", "ctrl+c", "enter", "escape")


class Seen(NamedTuple):
    """All that keys can have changed."""

    rows: list[str]
    screens: list[str]
    focused: str
    sent: list[str]
    left: list[object]

    def other_than(self, other: Seen) -> list[object]:
        """What is not the same."""
        mine, theirs = [*self.rows, *self[1:]], [*other.rows, *other[1:]]
        return [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]


def _forget_what_was_exported() -> None:
    Path("call_demo_booking.txt").unlink(missing_ok=True)


class Session:
    """An app in which sequences of keys are tried, from the same state each time."""

    def __init__(self, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
        self._opened = opened
        self._left: list[object] = []
        monkeypatch.setattr(opened.app, "exit", self._left.append)
        self._home = opened.rows
        opened.app._source.marks._has_told = True  # that marks cannot be kept is said once, by whichever comes first

    async def after(self, keys: Sequence[str], *, at_once: bool) -> Seen:
        """What there is after some keys."""
        for key in keys:
            press_at_once(self._opened.app, key)
            if not at_once:
                await self._rest()
        if at_once:
            await self._rest()
        app = self._opened.app
        app.screen._on_timer_update()
        sent = [text for text in self._opened.sent if not text.startswith("\x1b]22")]  # the shape of the pointer
        return Seen(
            self._opened.rows,
            [type(screen).__name__ for screen in app.screen_stack],
            f"{type(app.focused).__name__} {app.focused and app.focused.id}",
            sent,
            list(self._left),
        )

    async def go_home(self) -> None:
        """Bring back the state of the beginning, by shorter ways than keys."""
        await self._close_what_is_open()
        reading = self._opened.screen
        assert isinstance(reading, TranscriptScreen)
        reading._session.view = ViewOptions()
        reading._show_marks(set())
        reading._view.show_as(reading.labels, None)
        reading._view.action_first_turn()
        await reading.action_dismiss()
        await self._rest()
        self._opened.sent.clear()
        self._left.clear()
        _forget_what_was_exported()

    async def _close_what_is_open(self) -> None:
        app = self._opened.app
        while len(app.screen_stack) > 1:
            app.pop_screen()
            await self._rest()
        for bar in app.screen.query(AskBar):
            if bar.display:
                bar.action_dismiss()
                await self._rest()

    def is_home(self) -> bool:
        """Whether the screen is that of the beginning."""
        self._opened.screen._on_timer_update()
        return self._opened.rows == self._home

    async def _rest(self) -> None:
        """Wait until nothing is under way: neither keys, nor workers, nor what comes of them."""
        app = self._opened.app
        async with asyncio.timeout(20):
            calm = 0
            while calm < 3:
                is_calm = not len(app._typed) and app._typed._has_settled()
                is_calm = is_calm and not any(worker.is_running for worker in app.workers)
                calm = calm + 1 if is_calm else 0
                await asyncio.sleep(0.001)


async def compare(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, first: Sequence[str], seconds: Iterable[str] = KEYS.values()
) -> None:
    """Press the keys of actions behind the first ones, at once and one after the other."""
    monkeypatch.setattr(typeahead, "CTRL_C_PATIENCE_S", 60.0)  # on a slow machine, ctrl+c would not wait for its turn
    session = Session(opened, monkeypatch)
    for second in seconds:
        slowly = await session.after((*first, second), at_once=False)
        await session.go_home()
        at_once = await session.after((*first, second), at_once=True)
        assert at_once == slowly, f"{second}: {at_once.other_than(slowly)}"
        await session.go_home()
    assert session.is_home()


@pytest.mark.parametrize("name", FIRST)
async def test_any_two_actions_at_once(open_app: Open, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async with open_app("call_demo_booking", size=(70, 12)) as opened:
        await opened.press(KEYS["details"], "escape")  # what these report is asked for once, and stays in the chat
        await compare(opened, monkeypatch, [KEYS[name]])


@pytest.mark.parametrize("what", TYPED)
async def test_any_action_behind_what_is_typed_at_once(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with open_app("call_demo_booking", size=(70, 12)) as opened:
        await compare(opened, monkeypatch, TYPED[what], BEHIND)


async def test_any_key_behind_an_export_acts_behind_it(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = ("escape", "ctrl+c")  # these give up what is written
    async with open_app("call_demo_booking", size=(70, 12)) as opened:
        await opened.press(KEYS["details"], "escape")
        await compare(opened, monkeypatch, ("e", "enter"), [key for key in BEHIND if key not in at_once])


@pytest.mark.parametrize("name", ["next_hit", "previous_hit", "next_mark", "cycle_time", "next_moment", "copy_turn"])
async def test_a_move_behind_a_notice_that_takes_rows(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async with open_app("call_demo_booking", size=(36, 12)) as opened:
        await opened.press(KEYS["details"], "escape")
        await compare(
            opened, monkeypatch, ["ctrl+g", *"#20", "enter", KEYS[name]], ("j", "pagedown", "ctrl+u", "G", "n")
        )


@pytest.mark.parametrize("leaving", LEAVING)
async def test_keys_after_the_exit_are_dropped(open_app: Open, leaving: str) -> None:
    for second in KEYS.values():
        async with open_app("call_demo_booking") as opened:
            press_at_once(opened.app, KEYS[leaving], second)
            await opened.until(partial(has_left, opened.app))
            assert len(opened.app._typed) == 0
            assert opened.screen.query_one(AskBar).display is False


def has_left(app: App[Any]) -> bool:
    return app.return_value == ExitStatus.DONE


def press_at_once(app: App[Any], *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key_word(key) if len(key_word(key)) == 1 else None))
