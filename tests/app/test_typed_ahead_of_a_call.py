"""Keys typed together with the id of a call act on the call, not on the screen that fetches it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from textual import events

from tests.app.conftest import Open, Opened, body, said
from tests.app.test_fetch import MISSING, by_path
from tests.app.test_order_of_keys import press_at_once
from tests.faults import FaultServer, Peer, answer, says
from tui.core.progress import OnProgress
from tui.core.record import Call
from tui.core.target import Target
from tui.core.transcript import Transcript
from tui.demo.server import DemoServer
from tui.screens.prompt import PromptScreen
from tui.screens.transcript import TranscriptScreen
from tui.sources.calls import OmniCallSource
from tui.terminal import typeahead

CALL = (*"call_demo_trouble", "enter")
TURNS = body([said("one"), said("two"), said("three")])


@pytest.fixture(scope="module")
def slow() -> Iterator[DemoServer]:
    """A server that takes its time."""
    with DemoServer(delay_s=0.2) as server:
        yield server


@pytest.fixture
def _record_with_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the turns come with the record: an answer comes when it comes, and the times that there are depend on it."""
    call, transcript = OmniCallSource.call, OmniCallSource.transcript
    there = defaultdict[OmniCallSource, asyncio.Event](asyncio.Event)

    async def noted_call(self: OmniCallSource, target: Target) -> Call | None:
        try:
            return await call(self, target)
        finally:
            there[self].set()

    async def late_transcript(
        self: OmniCallSource, target: Target, on_progress: OnProgress | None = None
    ) -> Transcript:
        found = await transcript(self, target, on_progress)
        await there[self].wait()
        return found

    monkeypatch.setattr(OmniCallSource, "call", noted_call)
    monkeypatch.setattr(OmniCallSource, "transcript", late_transcript)


class Gate:
    """A server that answers once it may."""

    def __init__(self, transcript: bytes) -> None:
        self.is_open = asyncio.Event()
        self._transcript = transcript

    async def _answer(self, peer: Peer) -> None:
        await self.is_open.wait()
        await says(self._transcript)(peer)

    def serving(self) -> FaultServer:
        return FaultServer.following(by_path(self._answer, says(MISSING)))


def seen(opened: Opened) -> tuple[Any, ...]:
    opened.screen._on_timer_update()  # the last picture may still be due
    screens = [type(screen).__name__ for screen in opened.app.screen_stack]
    return opened.rows, screens, f"{opened.app.focused and opened.app.focused.id}", opened.sent


def press_later(opened: Opened, key: str, later_s: float) -> None:
    """Press a key so much later than the first of those that wait."""
    event = events.Key(key, key if len(key) == 1 else None)
    event.time = opened.app._typed._waiting[0].time + later_s
    opened.app.post_message(event)


def say_nothing_of_marks(opened: Opened) -> None:
    """That marks cannot be kept is said once, when the library was asked: before or after what the next key says."""
    opened.app._source.marks._has_told = True


@pytest.mark.usefixtures("_record_with_turns")
@pytest.mark.parametrize(
    "keys",
    [
        ["slash", *"the", "enter", "n"],
        ["slash", *"is:slow", "enter", "n", "N"],
        ["slash", *"quote", "escape", "j"],
        ["right_square_bracket", "right_square_bracket", "G"],
        ["ctrl+g", *"#7", "enter", "k"],
        ["colon", *"layout", "enter", "j"],
        ["question_mark", "q", "j"],
        ["i", "tab", "q", "j"],
        ["d", "escape", "g"],
        ["enter", "j"],
        ["m", "j", "apostrophe"],
        ["o", "x", "escape", "escape", "j"],
        ["e", "escape", "G"],
        ["j", "q"],
        ["L", "t", "Y"],
    ],
    ids="".join,
)
async def test_keys_typed_with_the_id_do_what_they_do_typed_slowly(
    open_app: Open, slow: DemoServer, keys: list[str]
) -> None:
    async with open_app(base_url=slow.base_url) as opened:
        say_nothing_of_marks(opened)
        for key in (*CALL, *keys):
            press_at_once(opened.app, key)
            await opened.settle()
        expected = seen(opened)
    async with open_app(base_url=slow.base_url) as opened:
        say_nothing_of_marks(opened)
        press_at_once(opened.app, *CALL, *keys)
        await opened.settle()
        with suppress(TimeoutError):
            await opened.until(lambda: seen(opened) == expected)
        mine, theirs = seen(opened), expected
        assert [pair for pair in zip(mine[0], theirs[0], strict=True) if pair[0] != pair[1]] == []
        assert mine == theirs


async def test_the_fetch_is_drawn_while_keys_wait_for_its_end(open_app: Open) -> None:
    gate = Gate(answer(TURNS))
    async with gate.serving() as server, open_app(base_url=server.base_url) as opened:
        press_at_once(opened.app, *"c1", "enter", "j", "j")
        await opened.until(lambda: "Fetching c1" in opened.text)
        assert len(opened.app._typed) == 2
        gate.is_open.set()
        await opened.until(lambda: "turn 3 of 3" in opened.foot)


@pytest.mark.parametrize(("key", "shows"), [("q", "Sample calls"), ("escape", "ave up"), ("r", "Fetching c1")])
async def test_keys_of_the_fetch_act_on_it_at_once(open_app: Open, key: str, shows: str) -> None:
    gate = Gate(answer(TURNS))
    async with gate.serving() as server, open_app(base_url=server.base_url) as opened:
        press_at_once(opened.app, *"c1", "enter", key)
        await opened.until(lambda: shows in opened.text and not len(opened.app._typed))
        assert not gate.is_open.is_set()
        gate.is_open.set()


@pytest.mark.parametrize(("key", "screen"), [("q", PromptScreen), ("escape", TranscriptScreen)])
async def test_behind_a_pause_a_key_of_the_fetch_takes_the_place_of_those_that_wait(
    open_app: Open, key: str, screen: type[object]
) -> None:
    gate = Gate(answer(TURNS))
    async with gate.serving() as server, open_app(base_url=server.base_url) as opened:
        press_at_once(opened.app, *"c1", "enter", "slash", *"quo")
        await opened.until(lambda: "Fetching c1" in opened.text)
        press_later(opened, "q", 0.1)  # belongs to what is sought
        await opened.pilot.pause()
        assert len(opened.app._typed) == 5
        press_later(opened, key, 1)
        await opened.until(lambda: not len(opened.app._typed))
        await opened.until(lambda: isinstance(opened.screen, screen))
        gate.is_open.set()
        await opened.settle()
        assert "turn 1 of" not in opened.text


async def test_keys_for_a_call_that_is_not_there_are_dropped(open_app: Open, slow: DemoServer) -> None:
    async with open_app(base_url=slow.base_url) as opened:
        press_at_once(opened.app, *"call_demo_failed", "enter", "slash", *"foo", "enter", "n")
        await opened.settle()
        assert [type(screen) for screen in opened.app.screen_stack] == [PromptScreen, TranscriptScreen]
        press_at_once(opened.app, "question_mark")
        await opened.settle()
        assert len(opened.app.screen_stack) == 3


async def test_ctrl_c_behind_keys_that_are_dropped_is_not(
    open_app: Open, slow: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeahead, "CTRL_C_PATIENCE_S", 60.0)  # else it jumps the queue on a slow machine
    async with open_app(base_url=slow.base_url) as opened:
        press_at_once(opened.app, *"call_demo_failed", "enter", "slash", *"foo", "ctrl+c")
        await opened.until(lambda: opened.app.return_value == 0)


async def test_keys_that_wait_for_a_call_are_never_late(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(answer(TURNS))
    async with gate.serving() as server, open_app(base_url=server.base_url) as opened:
        press_at_once(opened.app, *"c1", "enter", "slash", *"tw")
        await opened.until(lambda: "Fetching c1" in opened.text)
        with monkeypatch.context() as busy:
            busy.setattr(typeahead, "PATIENCE_S", 0.02)
            busy.setattr(opened.app._typed, "_has_settled", lambda: False)  # as where a handler takes long
            await asyncio.sleep(0.1)
        assert len(opened.app._typed) == 3
        gate.is_open.set()
        await opened.until(lambda: "turn 2 of 3" in opened.foot or "1/1" in opened.text)


async def test_a_key_pressed_again_and_again_gives_the_fetch_up(open_app: Open) -> None:
    gate = Gate(answer(TURNS))
    async with gate.serving() as server, open_app(base_url=server.base_url) as opened:
        press_at_once(opened.app, *"c1", "enter", "j")
        await opened.until(lambda: "Fetching c1" in opened.text)
        for later_s in (0.3, 0.6):
            press_later(opened, "escape", later_s)
        await opened.until(lambda: not len(opened.app._typed))
        await opened.until(lambda: "Fetching" not in opened.text)
        gate.is_open.set()


async def test_the_wheel_behind_keys_that_wait_moves_nothing(open_app: Open) -> None:
    gate = Gate(answer(TURNS))
    async with gate.serving() as server, open_app(base_url=server.base_url, size=(80, 9)) as opened:
        press_at_once(opened.app, *"c1", "enter", "t")
        await opened.until(lambda: "Fetching c1" in opened.text)
        for _ in range(3):
            opened.app.post_message(events.MouseScrollDown(opened.view, 5, 5, 0, 1, 0, False, False, False))
        assert len(opened.app._typed) == 1
        gate.is_open.set()
        await opened.until(lambda: "turn 1 of 3" in opened.foot)
