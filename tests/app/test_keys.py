"""Every key runs the action of the registry; help and palette list all actions."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import pytest
from textual.events import Key, MouseDown, MouseUp
from textual.strip import Strip
from textual.widgets import Input, OptionList

from tests.app.conftest import Open, Opened
from tui.core.layout import Layout
from tui.keys import ACTIONS, BY_NAME, TOGETHER, Action, Place, key_word
from tui.screens.calls import CallsScreen
from tui.screens.details_panel import DetailList
from tui.screens.dialog import Dialog
from tui.screens.export_dialog import ExportDialog
from tui.screens.find_bar import FindBar
from tui.screens.help import HelpScreen
from tui.screens.library import LibraryScreen
from tui.screens.line_panel import PanelScreen
from tui.screens.palette import Palette
from tui.screens.prompt import PromptScreen
from tui.widgets.ask_bar import AskBar
from tui.widgets.call_table import CallTable

FIND = ("slash", *"ref", "enter")


@dataclass(frozen=True)
class Case:
    """How to see that a key has done its work.

    Attributes:
        done: Whether it has, by what is seen now and by the rows of turns that were seen before.
        before: Keys to press first.
        target: The call that is open.
    """

    done: Callable[[Opened, list[str]], object]
    before: tuple[str, ...] = ()
    target: str = "call_demo_booking"


def current(turn: int) -> Callable[[Opened, list[str]], bool]:
    """The turn is the current one, by the foot of the screen."""
    return lambda opened, _: f" turn {turn} of 38 " in opened.foot


def moved(lines: int) -> Callable[[Opened, list[str]], bool]:
    """The rows have moved up by some lines; the first row, which may name its turn anew, is not looked at."""

    def is_so(opened: Opened, before: list[str]) -> bool:
        now, was = [row[1:] for row in opened.body], [row[1:] for row in before]
        return now[1 : len(now) - lines] == was[1 + lines :] if lines > 0 else now[1 - lines :] == was[1:lines]

    return is_so


def other_rows() -> Callable[[Opened, list[str]], bool]:
    """The list has been fetched since the first look; it shows the same calls, and the same one is chosen."""
    seen = list[object]()

    def is_so(opened: Opened, before: list[str]) -> bool:
        seen.append(opened.only(CallTable).on_screen_rows()[0])
        return seen[-1] is not seen[0] and opened.body == before

    return is_so


def is_unfolded(opened: Opened, _: list[str]) -> bool:
    return any(row.endswith("  ▾ list_charges") for row in opened.body)


def shows_around(count: int) -> Callable[[Opened, list[str]], bool]:
    """So many turns stand around each hit, by the foot of the screen."""
    return lambda opened, _: (f" turns, {count} around" if count else " turns  ") in opened.foot


def typed(opened: Opened) -> str:
    """What stands in the input that has the keyboard; nothing in any other widget."""
    return opened.app.focused.value if isinstance(opened.app.focused, Input) else ""


def focused(opened: Opened) -> str | None:
    return None if opened.app.focused is None else opened.app.focused.id


def highlighted(opened: Opened) -> int:
    """The line of the palette; -1 without one."""
    lists = opened.screen.query(OptionList)
    return -1 if not lists or lists.first().highlighted is None else lists.first().highlighted or 0


CASES = {
    "next_turn": Case(current(2)),
    "previous_turn": Case(current(2), ("j", "j")),
    "next_same_role": Case(current(4), ("j",)),
    "previous_same_role": Case(current(2), ("j", "j", "j")),
    "next_moment": Case(current(6)),
    "previous_moment": Case(current(21)),
    "line_down": Case(moved(1)),
    "line_up": Case(moved(-1), ("G",)),
    "page_down": Case(moved(18)),
    "page_up": Case(moved(-18), ("G",)),
    "half_page_down": Case(moved(10)),
    "half_page_up": Case(moved(-10), ("G",)),
    "first_turn": Case(current(1), ("G",)),
    "last_turn": Case(current(38)),
    "unfold": Case(is_unfolded, ("j", "j", "j"), "call_demo_tools"),
    "unfold_all": Case(is_unfolded, (), "call_demo_tools"),
    "toggle_mark": Case(lambda opened, _: any(" marked" in row for row in opened.body)),
    "next_mark": Case(current(2), ("j", "m", "g")),
    "go_to": Case(lambda opened, _: opened.screen.query_one("#go-to", AskBar).display),
    "cycle_time": Case(lambda opened, _: "times: local" in opened.foot),
    "toggle_layout": Case(lambda opened, _: opened.view.layout_shown is Layout.OUTLINE),
    "find": Case(lambda opened, _: opened.only(FindBar).display),
    "library": Case(lambda opened, _: isinstance(opened.screen, LibraryScreen)),
    "next_hit": Case(lambda opened, _: "/ ref  2/" in opened.foot, FIND),
    "previous_hit": Case(lambda opened, _: "/ ref  1/" in opened.foot, (*FIND, "n")),
    "toggle_filter": Case(lambda opened, _: "Thank you for calling" not in opened.text, (*FIND, "g")),
    **{
        f"around_{count}": Case(shows_around(count), (*FIND, "ampersand", "2" if count == 1 else "1"))
        for count in range(4)
    },
    "dismiss": Case(lambda opened, _: "/ ref" not in opened.foot, FIND),
    "insights": Case(lambda opened, _: isinstance(opened.screen, PanelScreen)),
    "details": Case(lambda opened, _: bool(opened.screen.query(DetailList))),
    "recording_link": Case(lambda opened, _: "it is kept nowhere" in opened.text, ("d", "tab", "tab")),
    "play_recording": Case(lambda opened, _: "no player is set" in opened.text, ("d", "tab", "tab")),
    "export": Case(lambda opened, _: isinstance(opened.screen, ExportDialog)),
    "copy_turn": Case(lambda opened, _: opened.sent),
    "copy_command": Case(lambda opened, _: "command sent to the clipboard" in opened.foot),
    "copy_transcript": Case(lambda opened, _: opened.sent),
    "open_call": Case(lambda opened, _: isinstance(opened.screen, PromptScreen)),
    "calls": Case(lambda opened, _: isinstance(opened.screen, CallsScreen)),
    "next_call": Case(lambda opened, _: "call_demo_booking" in opened.head, ("O", "enter")),
    "previous_call": Case(lambda opened, _: "call_demo_trouble" in opened.head, ("O", "down", "enter")),
    "one_label": Case(lambda opened, _: "Calls of rebooking-line" in opened.head, ("O",)),
    "list_again": Case(other_rows(), ("O", "down")),
    "refresh_call": Case(lambda opened, _: "fetched again: 38 turns" in opened.foot),
    "wait_for_transcript": Case(
        lambda opened, _: "Waiting for the transcript of call_unknown" in opened.text, target="call_unknown"
    ),
    "help": Case(lambda opened, _: isinstance(opened.screen, HelpScreen)),
    "command_palette": Case(lambda opened, _: isinstance(opened.screen, Palette)),
    "redraw": Case(lambda opened, _: opened.sent == ["redraw"]),
    "toggle_mouse": Case(lambda opened, _: opened.sent == ["mouse"] and "mouse off: drag selects" in opened.foot),
    "suspend_process": Case(lambda opened, _: opened.sent == [f"signal {signal.SIGTSTP:d}"]),
    "back": Case(lambda opened, _: opened.app.return_value == 0),
    "copy_or_quit": Case(lambda opened, _: opened.app.return_value == 0),
    "toggle_regex": Case(lambda opened, _: "/ regex" in opened.foot, ("slash",)),
    "choose_next": Case(lambda opened, _: typed(opened) == "call_demo_trouble", ("o",)),
    "choose_previous": Case(lambda opened, _: typed(opened) == "call_demo_trouble", ("o", "down", "down")),
    "choose_page_down": Case(lambda opened, _: highlighted(opened) > 5, ("colon",)),
    "choose_page_up": Case(lambda opened, _: highlighted(opened) == 0, ("colon", "pagedown")),
    "choose_first": Case(lambda opened, _: highlighted(opened) == 0, ("colon", "ctrl+end")),
    "choose_last": Case(lambda opened, _: highlighted(opened) > 20, ("colon",)),
    "accept": Case(lambda opened, _: "call_demo_untimed" in opened.head, ("o", *"call_demo_untimed")),
    "next_part": Case(lambda opened, _: focused(opened) == "turns", ("e",)),
    "previous_part": Case(lambda opened, _: focused(opened) == "file", ("e", "tab")),
    "toggle_option": Case(lambda opened, _: "[x] one cue per turn" in opened.text, ("e", *("down",) * 4, "tab", "tab")),
}


@pytest.mark.parametrize(
    ("action", "key"),
    [pytest.param(action, key, id=f"{action.name}-{key}") for action in ACTIONS for key in action.keys],
)
async def test_a_key_does_what_its_action_says(open_app: Open, action: Action, key: str) -> None:
    case = CASES[action.name]
    async with open_app(case.target) as opened:
        await opened.press(*case.before)
        before = opened.body
        assert not case.done(opened, before)
        await opened.pilot.press(key)
        await opened.until(lambda: case.done(opened, before))


BELOW = {
    "the prompt": ("o",),
    "the list": ("O",),
    "the library": ("ctrl+f",),
    "the find": ("slash",),
    "the export": ("e",),
    "an option of the export": ("e", *("down",) * 4, "tab", "tab"),
    "the help": ("question_mark",),
    "the palette": ("colon",),
    "the insights": ("i",),
    "the details": ("d",),
}
"""The keys that lead to each screen over a call, in a window that has no room for a panel beside it."""


@pytest.mark.parametrize("keys", BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("name", ["redraw", "toggle_mouse", "suspend_process", "help", "copy_or_quit"])
async def test_what_holds_everywhere_holds_over_any_screen(open_app: Open, name: str, keys: tuple[str, ...]) -> None:
    wanted = {"redraw": "redraw", "toggle_mouse": "mouse", "suspend_process": f"signal {signal.SIGTSTP:d}"}
    async with open_app("call_demo_booking") as opened:
        await opened.press(*keys)
        opened.sent.clear()
        was_help = isinstance(opened.screen, HelpScreen)
        await opened.press(BY_NAME[name].keys[-1])
        if name in wanted:
            assert opened.sent == [wanted[name]]
        elif name == "help":
            assert isinstance(opened.screen, HelpScreen) is not was_help
        else:
            assert opened.app.return_value == 0


def test_the_cases_are_the_actions() -> None:
    assert CASES.keys() == BY_NAME.keys()
    assert len(BY_NAME) == len(ACTIONS)


@pytest.mark.parametrize("places", TOGETHER.values(), ids=TOGETHER)
def test_no_key_has_two_actions_in_one_place(places: frozenset[Place]) -> None:
    keys = list(chain.from_iterable(action.keys for action in ACTIONS if places.intersection(action.places)))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", ["tab", "shift+tab", "ctrl+q", "x", "left"])
async def test_other_keys_do_nothing(open_app: Open, key: str) -> None:
    async with open_app("call_demo_booking") as opened:
        before = opened.rows
        await opened.press(key)
        assert opened.rows == before
        assert opened.app.return_value is None


async def test_the_help_names_every_key_and_closes(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(100, 90)) as opened:
        before = opened.rows
        await opened.press("question_mark")
        for action in ACTIONS:
            keys = " ".join(map(key_word, action.keys))
            assert any(keys in row and action.help in row for row in opened.rows), action
        await opened.press("escape")
        assert opened.rows == before


async def test_the_help_ends_with_the_signs_on_the_screen(open_app: Open) -> None:
    async with open_app("call_demo_trouble") as opened:
        await opened.press("question_mark", "G")
        assert ["On", "the", "screen"] in [row.split() for row in opened.rows]
        assert "!             on the timeline: a moment where something went wrong" in opened.text


async def test_the_help_scrolls_on_a_small_screen(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(80, 12)) as opened:
        await opened.press("f1")
        top = opened.rows
        await opened.press("G")
        await opened.until(lambda: "on the timeline: what is on the screen" in opened.text)
        await opened.press("g")
        await opened.until(lambda: opened.rows == top)
        await opened.press("j")
        await opened.until(lambda: "next turn;" in opened.rows[1])
        await opened.press("k", "space")
        await opened.until(lambda: "Reading" not in opened.text)
        await opened.press("b")
        await opened.until(lambda: opened.rows == top)
        await opened.press("q")
        assert opened.view.has_focus


async def test_the_help_is_there_over_the_prompt(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("f1")
        assert isinstance(opened.screen, HelpScreen)
        await opened.press("f1")
        assert isinstance(opened.screen, PromptScreen)


@pytest.mark.parametrize("keys", [(), ("ctrl+o",), ("ctrl+f",)])
async def test_help_and_palette_name_no_key_that_types_where_one_types(open_app: Open, keys: tuple[str, ...]) -> None:
    async with open_app(size=(100, 90)) as opened:
        await opened.press(*keys, "f1")
        begun = opened.rows[: next(at for at, row in enumerate(opened.rows) if row.strip() == "Reading")]
        words = [row.split() for row in begun]
        assert ["F1", "this", "help"] in words
        assert ["ctrl+p", "find", "an", "action", "by", "its", "name"] in words
        assert sum(row[:1] == ["Esc"] for row in words) == 1
        assert not [row for row in words if row and row[0] in {"?", ":", "q", "/", "n", "space"}]
        await opened.press("escape", "ctrl+p")
        assert any(row.split() == ["help", "F1", "this", "help"] for row in opened.rows)
        assert not any("O ctrl+o" in row for row in opened.rows)


@pytest.mark.parametrize(
    ("keys", "sections"),
    [
        ((), ["Lists and lines of text", "Everywhere", "Reading", "Finding", "What to find", "The call"]),
        (("ctrl+o",), ["Lists and lines of text", "Everywhere", "Reading", "Finding", "What to find", "The call"]),
        (("ctrl+f",), ["Finding", "What to find", "Lists and lines of text", "Everywhere", "Reading", "The call"]),
        (("enter",), ["Reading", "Finding", "What to find", "The call", "Lists and lines of text", "Everywhere"]),
    ],
    ids=["prompt", "calls", "library", "call"],
)
async def test_the_help_begins_with_what_holds_on_the_screen(
    open_app: Open, keys: tuple[str, ...], sections: list[str]
) -> None:
    async with open_app(size=(100, 90)) as opened:
        await opened.paste("call_demo_booking" if keys == ("enter",) else "")
        await opened.press(*keys, "f1")
        assert [row.strip() for row in opened.rows if row.strip() in sections] == sections
        assert opened.rows[1].strip() == sections[0]


async def test_the_palette_runs_an_action(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("colon")
        await opened.paste("chat, script")
        await opened.until(lambda: "layout            L " in opened.text)
        await opened.press("enter")
        await opened.until(lambda: not isinstance(opened.screen, Palette))
        await opened.until(lambda: opened.view.layout_shown is Layout.OUTLINE)


@pytest.mark.parametrize("environ", [{}, {"TERM": "xterm"}, {"NO_COLOR": "1"}], ids=["256", "sixteen", "none"])
async def test_the_palette_has_a_line_per_action_one_reversed(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    for name, value in ({"TERM": "xterm-256color"} | environ).items():
        monkeypatch.setenv(name, value)
    async with open_app("call_demo_booking", size=(80, 24)) as opened:
        await opened.press("colon", "down", "down")
        reversed_rows = [row for row in map(reversed_text, opened.screen._compositor.render_strips()) if len(row) > 1]
        assert [row.split()[:2] for row in reversed_rows] == [["export", "e"]]
        below = opened.rows[1:]
        assert all(row[1] != " " for row in below if row.strip(" ─▁▔▂▃▄▅▆▇█▌▐"))
        assert not any("…" in row for row in below)


def reversed_text(strip: Strip) -> str:
    return "".join(text for text, style, _ in strip if style and style.reverse and text.strip())


async def test_the_palette_runs_an_action_of_the_turns(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("colon")
        await opened.paste("last turn")
        await opened.until(lambda: "last              G End " in opened.text)
        await opened.press("enter")
        await opened.until(lambda: not isinstance(opened.screen, Palette) and " turn 38 of 38 " in opened.foot)


@pytest.mark.parametrize(("key", "typed"), [("colon", ":"), ("o", "o"), ("e", "call_demo_booking.txte")])
async def test_the_second_of_two_keys_acts_on_the_new_screen(open_app: Open, key: str, typed: str) -> None:
    async with open_app("call_demo_booking") as opened:
        for _ in range(2):
            opened.app.post_message(Key(key, key_word(key)))
        await opened.until(lambda: len(opened.app.screen_stack) == 2 and first_input(opened) == [typed])


def first_input(opened: Opened) -> list[str]:
    """What stands in the first input of the screen, as soon as there is one."""
    return [field.value for field in opened.screen.query(Input)][:1]


async def test_a_palette_opens_while_the_last_one_closes(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        for key in ("colon", "escape", "colon"):
            opened.app.post_message(Key(key, None))
        await opened.until(lambda: len(opened.app._typed) == 0)
        await opened.until(lambda: isinstance(opened.screen, Palette))


async def test_the_palette_offers_only_available_actions(open_app: Open) -> None:
    async with open_app("call_unknown", size=(80, 100)) as opened:
        await opened.press("ctrl+p")
        await opened.until(lambda: "fetch again       r " in opened.text)
        assert "wait for it       w " in opened.text
        assert "copy turn" not in opened.text
        assert "palette           :" not in opened.text
        await opened.press("escape")
        assert not isinstance(opened.screen, Palette)


async def test_a_click_runs_an_action_or_closes_the_palette(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(100, 60)) as opened:
        await opened.press("colon", *"layout")
        at = next(y for y, row in enumerate(opened.rows) if "chat, script" in row)
        click(opened, 3, at, times=2)
        await opened.until(lambda: len(opened.app.screen_stack) == 1)
        await opened.until(lambda: opened.view.layout_shown is Layout.SCRIPT)
        await opened.press("colon")
        click(opened, 50, 58, times=2)
        await opened.until(lambda: len(opened.app.screen_stack) == 1)
        await opened.settle()
        assert opened.view.layout_shown is Layout.SCRIPT


def click(opened: Opened, x: int, y: int, *, times: int) -> None:
    """Click at once, as a terminal sends it that was not read for a while."""
    for kind in (MouseDown, MouseUp) * times:
        opened.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))


async def test_no_dialog_ends_twice_or_ends_another(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        for key in ("question_mark", "colon", "e"):
            await opened.press(key)
            dialog = opened.screen
            assert isinstance(dialog, Dialog)
            for _ in range(2):
                dialog.dismiss(None)
            await opened.settle()
            assert len(opened.app.screen_stack) == 1
            await opened.press("colon")
            dialog.dismiss(None)
            await opened.settle()
            assert isinstance(opened.screen, Palette)
            await opened.press("escape")


@pytest.mark.parametrize("key", ["i", "d"])
async def test_a_panel_under_another_dialog_ends_once_that_is_closed(open_app: Open, key: str) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press(key)
        panel = opened.screen
        assert isinstance(panel, Dialog)
        await opened.press("question_mark")
        covering = opened.screen
        assert isinstance(covering, HelpScreen)
        for _ in range(2):
            panel.dismiss(None)
        await opened.settle()
        assert opened.screen is covering
        await opened.press("escape")
        assert len(opened.app.screen_stack) == 1
        await opened.press("escape", "j")
        assert opened.app.is_running


async def test_actions_on_turns_do_nothing_without_turns(open_app: Open) -> None:
    async with open_app("call_demo_failed") as opened:
        before = opened.rows
        assert "/ find" not in opened.foot
        await opened.press(
            "j", "k", "G", "g", "space", "b", "slash", "n", "ampersand", "e", "y", "Y", "t", "L", "ctrl+g"
        )
        assert opened.rows == before
        assert opened.sent == []


async def test_q_leads_back_through_the_screens(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.paste("call_demo_untimed")
        await opened.press("enter")
        assert "call_demo_untimed" in opened.head
        await opened.press("question_mark", "q")
        assert "call_demo_untimed" in opened.head
        await opened.press("q")
        assert isinstance(opened.screen, PromptScreen)
        await opened.press("q")
        assert opened.app.return_value is None  # here it is a letter
        await opened.press("ctrl+c")
        assert opened.app.return_value == 0


async def test_another_call_takes_the_place_of_the_question(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("j", "o")
        await opened.paste("call_demo_untimed")
        await opened.press("enter")
        assert "call_demo_untimed" in opened.head
        await opened.press("q")
        assert "call_demo_booking" in opened.head
        assert " turn 2 of 38 " in opened.foot


async def test_ctrl_c_copies_the_selection_of_an_input(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.paste("call_7")
        await opened.press("shift+home", "ctrl+c")
        assert opened.sent == ["\x1b]52;c;Y2FsbF83\x07"]
        assert opened.app.return_value is None
        await opened.press("ctrl+c")  # nothing is selected any more
        assert opened.app.return_value == 0
