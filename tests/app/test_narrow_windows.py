"""A call in a narrow window, as on a phone: the words have the width."""

from __future__ import annotations

import pytest

from tests.app.conftest import Open
from tui.screens.transcript import TranscriptScreen


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
        assert opened.rows[-2] == " transcript sent to the clipboard, 4.0"
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


@pytest.mark.parametrize(("widths", "words"), [((62, 50), 26), ((50, 62), 26), ((50, 80), 26), ((80, 120), 24)])
async def test_a_notice_is_wrapped_anew_in_another_width(open_app: Open, widths: tuple[int, int], words: int) -> None:
    notice = "word " * words + "end"
    async with open_app("call_demo_trouble", size=(widths[0], 24)) as opened:
        screen = opened.screen
        assert isinstance(screen, TranscriptScreen)
        screen.say(notice)
        for width in (*widths, widths[0]):
            await opened.resize(width, 24)
            assert notice in opened.words
            foot = next(row for row in opened.rows[2:] if row.startswith(" word"))
            assert len(foot) > width - 7


@pytest.mark.parametrize("size", [(62, 18), (50, 15), (80, 24)])
async def test_a_tall_notice_leaves_the_current_turn_in_sight(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("call_demo_trouble", size=size) as opened:
        screen = opened.screen
        assert isinstance(screen, TranscriptScreen)
        for _ in range(14):
            await opened.press("j")
            screen.say("word " * (size[0] // 2) + "end")
            await opened.settle()
            assert "end" in opened.foot
            assert any(row.startswith("▌") for row in opened.rows), opened.text
            await opened.press("escape")
            assert "end" not in opened.foot


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
