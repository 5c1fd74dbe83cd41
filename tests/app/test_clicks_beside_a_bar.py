"""A click beside an open line of text: the line keeps the keyboard."""

from __future__ import annotations

import pytest

from tests.app.conftest import Open
from tui.widgets.ask_bar import AskBar


@pytest.mark.parametrize("opener", ["slash", "ctrl+g"])
@pytest.mark.parametrize("beside", [(), ("i",), ("d",)], ids=["alone", "insights", "details"])
async def test_a_click_leaves_the_keyboard_to_an_open_line(
    open_app: Open, opener: str, beside: tuple[str, ...]
) -> None:
    async with open_app("call_demo_booking", size=(160, 30)) as opened:
        await opened.press(*beside)
        if beside:
            await opened.pilot.click("TranscriptView", offset=(5, 3))
        await opened.press(opener, *"#99")
        for x in (5, 150):
            await opened.pilot.click(offset=(x, 10))
            await opened.settle()
        await opened.press("9", "escape")
        assert not any(bar.display for bar in opened.screen.query(AskBar))
