"""Every key of every panel, dialog and bar in a window without room for them: nothing fails."""

from __future__ import annotations

import pytest
from textual.events import Key

from tests.app.conftest import Open, Opened
from tui.keys import ACTIONS, key_word
from tui.widgets.ask_bar import AskBar

pytestmark = pytest.mark.exhaustive
OPENERS = {
    "insights": ("i",), "details": ("d",), "outline": ("L", "L"), "palette": ("colon",), "help": ("question_mark",),
    "export": ("e",), "find": ("slash", *"a"), "place": ("ctrl+g", *"#2"), "prompt": ("o",), "calls": ("O",),
    "library": ("ctrl+f", *"flight"),
}  # fmt: skip
KEYS = list(dict.fromkeys(key for action in ACTIONS for key in action.keys if action.name != "suspend_process"))


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (100, 1), (1, 40)])
@pytest.mark.parametrize("what", OPENERS)
async def test_no_key_fails_where_nothing_has_room(open_app: Open, what: str, size: tuple[int, int]) -> None:
    async with open_app("call_demo_trouble", size=size) as opened:
        left: list[object] = []
        opened.app.exit = left.append  # type: ignore[method-assign, assignment]  # the keys of all go on
        open_places: object = None
        for key in KEYS:
            if open_places is None or _places(opened) != open_places:
                await _close_all(opened)
                await _press(opened, *OPENERS[what])
                open_places = _places(opened)
            await _press(opened, key)
        assert opened.app.is_running


def _places(opened: Opened) -> object:
    """Which screens, panels and bars are open, and where the keyboard is."""
    app = opened.app
    shown = [id(widget) for widget in app.screen.walk_children() if widget.display]
    return [id(screen) for screen in app.screen_stack], id(app.focused), shown


async def _press(opened: Opened, *keys: str) -> None:
    for key in keys:
        opened.app.post_message(Key(key, key_word(key) if len(key_word(key)) == 1 else None))
    await opened.settle()


async def _close_all(opened: Opened) -> None:
    while len(opened.app.screen_stack) > 1:
        opened.app.pop_screen()
        await opened.settle()
    for bar in opened.screen.query(AskBar):
        if bar.display:
            bar.action_dismiss()
            await opened.settle()
