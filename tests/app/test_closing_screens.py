"""What arrives while a screen is closed finds its widgets gone, and fails nothing."""

from __future__ import annotations

import asyncio
import gc

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.events import Key
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.app.conftest import Open
from tui.screens.palette import Palette
from tui.widgets.ask_bar import AskBar


@pytest.mark.parametrize("rounds", range(6))
async def test_a_bar_opens_while_its_screen_is_closed(open_app: Open, rounds: int) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("o", *"call_demo_tools", "enter")
        bar = opened.screen.query(AskBar).first()
        opening = asyncio.create_task(bar.open("flight"))
        for _ in range(rounds):
            await asyncio.sleep(0)
        opened.app.pop_screen()
        await opening
        bar.remark("gone")
        bar.prefix("gone")
        assert bar.value == "flight"
        await opened.settle()


@pytest.mark.parametrize("action", ["insights", "details", "find", "go_to", "export", "help", "command_palette"])
@pytest.mark.parametrize("rounds", range(4))
async def test_an_action_is_under_way_while_its_screen_is_closed(open_app: Open, action: str, rounds: int) -> None:
    async with open_app("call_demo_booking", size=(150, 40)) as opened:
        await opened.press("o", *"call_demo_tools", "enter")
        await opened.settle()
        call = opened.screen
        under_way = asyncio.create_task(call.run_action(action))
        for _ in range(rounds):
            await asyncio.sleep(0)
        if opened.screen is call:
            opened.app.pop_screen()
        await under_way
        await opened.settle()
        assert opened.app.is_running


async def test_keys_reach_a_palette_that_is_closed(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("colon")
        palette = opened.screen
        assert isinstance(palette, Palette)
        await opened.app.pop_screen()
        palette._show("find")
        palette.action_step("page_down")
        opened.app.post_message(Key("j", "j"))
        await opened.settle()


def alive(kind: type[object]) -> int:
    return sum(isinstance(each, kind) for each in gc.get_objects())


async def test_closed_screens_leave_no_pictures_in_memory(open_app: Open) -> None:
    def outliving() -> int:
        gc.collect()
        return alive(StylesCache) - alive(Widget)  # each widget has one

    async with open_app("call_demo_booking") as opened:
        await opened.press("question_mark", "escape")
        before = outliving()
        for _ in range(3):
            await opened.press("question_mark", "escape", "e", "escape", "o", "escape")
        assert outliving() <= before


async def test_places_of_text_are_forgotten_as_the_screen_changes(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        for width in range(2_000):
            Region(0, 0, width, 9).intersection(Region(0, 0, 9, 9))
            Strip.render_ansi(Style(meta={"offset": (width, 0)}), ColorSystem.TRUECOLOR)
        await opened.press("question_mark", "escape")
        assert Region.intersection.cache_info().currsize < 1_000
        assert Strip.render_ansi.cache_info().currsize < 1_000
