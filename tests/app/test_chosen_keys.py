"""Keys that the user chose: they work everywhere, the old ones nowhere, and every hint shows them."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from tests.app.conftest import Open
from tui.screens.export_dialog import ExportDialog
from tui.screens.find_bar import FindBar
from tui.screens.help import HelpScreen
from tui.screens.line_panel import PanelScreen
from tui.screens.palette import Palette
from tui.screens.prompt import PromptScreen

WIDE = (160, 40)


async def test_a_chosen_key_moves_in_the_chat_and_the_old_one_does_not(open_app: Open) -> None:
    async with open_app("call_demo_booking", keys={"next_turn": ("ctrl+n", "x")}) as opened:
        await opened.press("ctrl+n", "x")
        assert " turn 3 of 38 " in opened.foot
        await opened.press("j", "down")
        assert " turn 3 of 38 " in opened.foot


async def test_two_actions_swap_their_keys(open_app: Open) -> None:
    keys = {"next_moment": ("left_square_bracket",), "previous_moment": ("right_square_bracket",)}
    async with open_app("call_demo_booking", keys=keys) as opened:
        await opened.press("left_square_bracket")
        assert " turn 6 of 38 " in opened.foot
        await opened.press("right_square_bracket")
        assert " turn 21 of 38 " in opened.foot


async def test_a_key_is_taken_over_from_another_action(open_app: Open) -> None:
    async with open_app("call_demo_booking", keys={"insights": ("e",), "export": ("i",)}) as opened:
        await opened.press("e")
        assert isinstance(opened.screen, PanelScreen)
        await opened.press("i")
        assert isinstance(opened.screen, PanelScreen)
        await opened.press("e")
        assert opened.view.has_focus


async def test_chosen_keys_work_in_the_line_of_the_find(open_app: Open) -> None:
    keys = {"dismiss": ("ctrl+q",), "toggle_regex": ("ctrl+o",), "choose_next": ("ctrl+n",), "accept": ("ctrl+s",)}
    async with open_app("call_demo_booking", keys=keys) as opened:
        await opened.press("slash", *"the", "ctrl+n")
        assert "2/" in opened.foot
        await opened.press("down", "ctrl+r", "escape")
        assert "2/" in opened.foot
        assert "/ the" in opened.foot
        await opened.press("ctrl+o")
        assert "/ regex" in opened.foot
        await opened.press("ctrl+s")
        assert not opened.only(FindBar).display
        await opened.press("escape")
        assert "/ regex the" in opened.foot
        await opened.press("ctrl+q")
        assert "/ the" not in opened.foot


async def test_chosen_letters_are_text_in_a_line(open_app: Open) -> None:
    keys = {"find": ("f",), "next_turn": ("t",), "cycle_time": ("T",), "help": ("h",), "back": ("Q",)}
    async with open_app("call_demo_booking", keys=keys) as opened:
        await opened.press("f", *"fthTQ")
        assert opened.only(FindBar).value == "fthTQ"


async def test_chosen_keys_work_in_the_help_and_are_in_it(open_app: Open) -> None:
    keys = {"next_turn": ("x",), "last_turn": ("X",), "help": ("h", "f1"), "back": ("Q",), "dismiss": ("ctrl+q",)}
    async with open_app("call_demo_booking", size=(100, 20), keys=keys) as opened:
        assert "h help" in opened.foot
        assert "Q quit" in opened.foot
        await opened.press("h")
        top = opened.rows
        assert any(row.split()[:3] == ["x", "next", "turn;"] for row in top)
        await opened.press("j", "down", "G", "end", "pagedown", "question_mark", "q", "escape")
        assert isinstance(opened.screen, HelpScreen)
        await opened.press("b", "x")
        assert opened.rows != top
        await opened.press("X")
        assert "h F1" in opened.text
        assert "? F1" not in opened.text
        for key in ("Q", "h", "ctrl+q"):
            await opened.press(key)
            assert opened.view.has_focus
            await opened.press("h")


async def test_chosen_keys_work_in_the_palette_and_are_in_it(open_app: Open) -> None:
    keys = {"command_palette": ("P",), "choose_next": ("ctrl+n",), "accept": ("ctrl+s",), "copy_turn": ("C",)}
    async with open_app("call_demo_booking", size=WIDE, keys=keys) as opened:
        await opened.press("colon")
        assert not isinstance(opened.screen, Palette)
        await opened.press("P")
        await opened.until(lambda: "copy turn         C " in opened.text)
        await opened.press("ctrl+n", "ctrl+n", "down", "enter")
        assert isinstance(opened.screen, Palette)
        await opened.press("ctrl+s")
        await opened.until(lambda: bool(opened.sent))


async def test_chosen_keys_work_at_the_prompt_and_are_in_its_foot(open_app: Open) -> None:
    keys = {"choose_next": ("ctrl+n",), "choose_previous": ("ctrl+y",), "accept": ("ctrl+s",), "help": ("h",)}
    async with open_app(keys=keys | {"copy_or_quit": ("ctrl+x",)}, size=(100, 24)) as opened:
        await opened.until(lambda: "ctrl+s open" in opened.foot)
        assert "ctrl+yctrl+n ctrl+s open" in opened.foot
        assert "ctrl+x quit" in opened.foot
        assert "help" not in opened.foot
        await opened.press("down", "h")
        assert opened.only(Input).value == "h"
        await opened.press("backspace", "ctrl+n", "enter")
        assert isinstance(opened.screen, PromptScreen)
        await opened.press("ctrl+s")
        assert "call_demo_trouble" in opened.head
        await opened.press("ctrl+c")
        assert opened.app.return_value is None
        await opened.press("ctrl+x")
        assert opened.app.return_value == 0


async def test_chosen_keys_work_in_the_export_dialog(open_app: Open, tmp_path: Path) -> None:
    keys = {"accept": ("ctrl+s",), "choose_next": ("ctrl+n",), "next_part": ("ctrl+t",), "toggle_option": ("x",)}
    async with open_app("call_demo_booking", size=WIDE, keys=keys) as opened:
        await opened.press("e")
        assert "ctrl+s write   Esc back   ↑ctrl+n format   ctrl+t turns" in opened.text
        await opened.press("down", "tab")
        assert opened.app.focused is opened.screen.query_one("#file")
        await opened.press("ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+t", "ctrl+t", "space")
        assert "[ ] one cue per turn" in opened.text
        assert "ctrl+s write   Esc back   ↑ctrl+n format   ctrl+t options   x on, off" in opened.text
        await opened.press("x")
        assert "[x] one cue per turn" in opened.text
        await opened.press("enter")
        assert isinstance(opened.screen, ExportDialog)


async def test_chosen_keys_work_in_the_insights(open_app: Open) -> None:
    keys = {"next_turn": ("x",), "accept": ("ctrl+s",), "next_part": ("ctrl+t",), "dismiss": ("ctrl+q",)}
    async with open_app("call_demo_booking", keys=keys) as opened:
        await opened.press("i", "ctrl+t", "x")
        before = opened.rows
        await opened.press("j", "down", "tab", "escape", "enter")
        assert opened.rows == before
        await opened.press("ctrl+s")
        assert opened.view.has_focus


async def test_the_states_of_a_fetch_name_the_chosen_keys(open_app: Open) -> None:
    async with open_app("call_unknown", keys={"refresh_call": ("R",), "wait_for_transcript": ("W",)}) as opened:
        assert "R     try again" in opened.text
        assert any(row.strip().startswith("W ") for row in opened.rows)
