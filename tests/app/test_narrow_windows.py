"""A call in a narrow window, as on a phone: the words have the width."""

from __future__ import annotations

import pytest

from tests.app.conftest import Open


async def test_words_stand_under_role_and_time_in_a_narrow_window(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(30, 24)) as opened:
        assert opened.body[:6] == [
            "▌ assistant  0:00.4",
            "▌   Skylark Air, rebooking",
            "▌   desk, this is Juno. How",
            "▌   can I help?",
            "  user  0:05.1",
            "    hi yeah my flight to",
        ]
        await opened.press("j", "m")
        assert "▌ user  0:05.1  marked" in opened.body
        await opened.press("slash", *"lisbon", "enter")
        assert "/ lisbon" in opened.foot
        await opened.resize(60, 24)
        assert any(row.startswith("▌ 0:05.1      user ") for row in opened.body)


async def test_a_notice_is_whole_in_every_window(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(40, 12)) as opened:
        before = opened.rows
        await opened.press("Y")
        assert opened.rows[-2] == " transcript sent to the clipboard, 3.9"
        assert opened.foot.startswith(" kB  ")
        await opened.press("escape")
        await opened.until(lambda: opened.rows == before)
        await opened.press("slash", *"/after:2026"[1:], "enter")
        await opened.until(lambda: "after" in opened.text)
        words = " ".join(" ".join(opened.rows[-4:]).split())
        assert "looks like 2026-11-01, 2026-11-01T14:30, today, yesterday, 36h or 7d" in words
        await opened.resize(80, 24)
        assert opened.rows[-2].startswith(" no date: after:2026 – ")
        assert opened.foot.startswith(" yesterday, 36h or 7d  ")
        assert "turn 1 of 37" in opened.foot
        await opened.resize(140, 24)
        assert opened.foot.startswith(" no date: after:2026 – ")


async def test_the_search_says_that_it_takes_an_expression_in_a_narrow_window(open_app: Open) -> None:
    async with open_app(size=(40, 12)) as opened:
        await opened.press("ctrl+f", *"ok", "ctrl+r")
        assert opened.head == " Regex, all calls  ok"


@pytest.mark.parametrize("keys", [("j",), ("space",), ("G", "b"), ("ctrl+e", "ctrl+e"), ("z", "G"), ("t", "G")])
async def test_no_row_of_a_narrow_window_is_wider_than_it(open_app: Open, keys: tuple[str, ...]) -> None:
    async with open_app("call_demo_tools", size=(30, 24)) as opened:
        await opened.press(*keys)
        assert all(len(row) <= 30 for row in opened.rows)
        assert any(len(row.strip()) > 20 for row in opened.body)


async def test_a_turn_of_a_run_at_the_top_is_named(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(30, 24)) as opened:
        at = opened.body.index("  user  0:18.3  cuts in")
        await opened.press(*["ctrl+e"] * (at + 4))
        assert opened.body[0] == "▌ user  0:26.2"
