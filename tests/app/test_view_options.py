"""How calls are shown outlives a call: what was chosen in one holds in the next."""

from __future__ import annotations

from tests.app.conftest import Open, Opened
from tui.core.layout import Layout
from tui.screens.prompt import PromptScreen

TROUBLE, TOOLS, BOOKING = "call_demo_trouble", "call_demo_tools", "call_demo_booking"


async def open_next(opened: Opened, call_id: str) -> None:
    """Open a call from the prompt, or, where a call is on show, from the question for another."""
    if not isinstance(opened.screen, PromptScreen):
        await opened.press("o")
    await opened.paste(call_id)
    await opened.press("enter")
    assert call_id in opened.head


async def test_layout_and_times_hold_in_the_next_call(open_app: Open) -> None:
    async with open_app(BOOKING) as opened:
        await opened.press("L", "t", "t")
        assert opened.view.layout_shown is Layout.OUTLINE
        await open_next(opened, TROUBLE)
        assert opened.view.layout_shown is Layout.OUTLINE
        assert "times:" not in opened.foot
        await opened.press("t")
        assert "times: gap" in opened.foot  # which follows UTC


async def test_enter_leads_out_of_the_outline_of_the_next_call_too(open_app: Open) -> None:
    async with open_app(BOOKING, layout="chat") as opened:
        await opened.press("L", "L")
        await open_next(opened, TROUBLE)
        await opened.press("j", "enter")
        assert opened.view.layout_shown is Layout.SCRIPT
        await open_next(opened, BOOKING)
        assert opened.view.layout_shown is Layout.SCRIPT


async def test_choices_survive_the_way_through_the_prompt(open_app: Open) -> None:
    async with open_app() as opened:
        await open_next(opened, BOOKING)
        await opened.press("t", "L", "z", "q")
        assert isinstance(opened.screen, PromptScreen)
        await opened.press("ctrl+u")
        await open_next(opened, TOOLS)
        await opened.press("t", "L")
        assert "times: utc" in opened.foot
        assert opened.view.layout_shown is Layout.CHAT
        assert "▾ list_charges" in opened.text


async def test_unfolded_structures_are_unfolded_in_the_next_call(open_app: Open) -> None:
    async with open_app(TROUBLE) as opened:
        await opened.press("z")
        await open_next(opened, TOOLS)
        assert "▾ list_charges" in opened.text
        await opened.press("z")
        assert "▾" not in opened.text
        await open_next(opened, TROUBLE)
        assert "▾" not in opened.text


async def test_one_unfolded_turn_stays_in_its_call(open_app: Open) -> None:
    async with open_app(TOOLS) as opened:
        await opened.press("j", "j", "j", "enter")
        assert "▾ list_charges" in opened.text
        await opened.press("r")
        assert "▾ list_charges" in opened.text
        await open_next(opened, TOOLS)
        assert "▾ list_charges" not in opened.text


async def test_the_filter_shows_as_many_turns_around_in_the_next_call(open_app: Open) -> None:
    async with open_app(BOOKING) as opened:
        await opened.press("slash", *"ref", "enter", "ampersand", "2", "ampersand", "ampersand")
        assert " turns, 2 around" in opened.foot
        await open_next(opened, TROUBLE)
        await opened.press("slash", *"the", "enter", "ampersand")
        assert " turns, 2 around" in opened.foot
        await opened.press("0", "ampersand", "ampersand")
        assert " turns " in opened.foot
        assert "around" not in opened.foot


async def test_the_next_call_begins_at_its_start_without_a_find(open_app: Open) -> None:
    async with open_app(BOOKING) as opened:
        await opened.press("slash", *"ref", "enter", "ampersand", "n")
        await open_next(opened, TROUBLE)
        assert " turn 1 of " in opened.foot
        assert "/ ref" not in opened.foot
