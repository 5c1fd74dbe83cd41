"""Tool calls and other structures of turns on the screen: shown, found and copied."""

from __future__ import annotations

import pytest

from tests.app.conftest import Open, body, said
from tests.app.test_copy import copied
from tests.app.test_find import find, place

TURNS = [
    said("Is parcel B-22 on its way?", start_ms=0),
    said("One moment.", "assistant", 1_000) | {"tool_calls": [{"name": "track", "arguments": {"parcel": "B-22"}}]},
    {"role": "tool", "name": "track", "text": "", "is_error": True, "result": {"error": "carrier offline"}},
    said("I will call you ba", "assistant", 4_000) | {"interrupted": True},
    said("ok", start_ms=5_000) | {"final": False},
]
CALLS = {"c1": body(TURNS)}


@pytest.fixture(autouse=True)
def bare_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_structures_are_shown_below_the_words_of_a_turn(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("c1", calls=CALLS, size=size) as opened:
        lines = [row.strip(" │▌▐") for row in opened.body]
        for line in (
            '▸ track {"parcel": "B-22"}',
            '▸ track → failed: {"error": "carrier offline"}',
            "· interrupted",
            "· not final",
        ):
            assert any(row.endswith(line) for row in lines)


@pytest.mark.parametrize(
    ("pattern", "count", "turn"),
    [("track", "1/2", 2), ("B-22", "1/2", 1), ("carrier offline", "1/1", 3), ("interrupted", "1/1", 4)],
)
async def test_a_find_searches_structures(open_app: Open, pattern: str, count: str, turn: int) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, pattern)
        assert opened.foot.endswith(count)
        assert place(opened) == turn


async def test_a_hit_is_marked_where_the_words_stand(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "offline")
        marked = [
            segment.text
            for strip in opened.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.bgcolor is not None and "offline" in segment.text
        ]
        assert marked[0] == "offline"


ARGUMENTS = {f"field{number}": f"value{number:04}" for number in range(400)}
LONG = {"c1": body([said("x"), said("y") | {"tool_calls": [{"name": "fill", "arguments": ARGUMENTS}]}, said("z")])}


async def test_a_hit_in_a_long_tool_call_becomes_visible(open_app: Open) -> None:
    async with open_app("c1", calls=LONG) as opened:
        await find(opened, "value0333")
        assert any('field333: "value0333"' in row for row in opened.body)


async def test_a_cancelled_find_folds_tool_calls_again(open_app: Open) -> None:
    async with open_app("c1", calls=LONG) as opened:
        before = opened.rows
        await opened.press("slash", *"value0333")
        assert "▾ fill" in opened.text or 'field333: "value0333"' in opened.text
        await opened.press("escape")
        assert opened.rows == before


async def test_enter_unfolds_and_folds_a_tool_call(open_app: Open) -> None:
    async with open_app("c1", calls=LONG) as opened:
        await opened.press("j")
        folded = opened.rows
        row = next(at for at, text in enumerate(folded) if "▸ fill {" in text)
        assert folded[row].endswith("…")
        await opened.press("enter")
        assert opened.rows[row].endswith("▾ fill")
        assert opened.rows[row + 1].endswith('  field0: "value0000"')
        assert opened.rows[:row] == folded[:row]
        await opened.press("enter")
        assert opened.rows == folded


async def test_enter_on_a_turn_of_words_says_that_there_is_nothing_to_unfold(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        before = opened.body
        await opened.press("enter")
        assert opened.body == before
        assert "nothing to unfold in this turn" in opened.foot


async def test_z_unfolds_and_folds_all(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=(80, 36)) as opened:
        folded = opened.rows
        await opened.press("z")
        assert [row.split()[-1] for row in opened.body if "▾" in row] == ["track", "track"]
        assert "▸" not in opened.text
        await opened.press("z")
        assert opened.rows == folded


async def test_a_triangle_stands_before_what_can_be_unfolded_alone(open_app: Open) -> None:
    simple = {"name": "ping", "result": "ok"}, {"name": "hang_up", "error": "busy"}
    turns = [said("Bye.", "assistant") | {"tool_calls": [*simple, {"name": "track", "arguments": {"n": 1}}]}]
    async with open_app("c1", calls={"c1": body(turns)}) as opened:
        rows = [row.strip("│▌ ") for row in opened.body]
        assert rows[2:5] == ["· ping → ok", "· hang_up → failed: busy", '▸ track {"n": 1}']
        await opened.pilot.click(offset=(30, 4))
        await opened.settle()
        assert "▾" not in opened.text  # a click there unfolds nothing
        await opened.press("z")
        rows = [row.strip("│▌ ") for row in opened.body]
        assert rows[2:6] == ["· ping → ok", "· hang_up → failed: busy", "▾ track", "n: 1"]
        await opened.press("y")
        assert "▸ ping → ok" in copied(opened)


async def test_folds_stay_after_another_fetch(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await opened.press("z")
        before = opened.body
        await opened.press("r")
        assert opened.body == before


async def test_a_click_on_a_folded_tool_call_unfolds_it(open_app: Open) -> None:
    async with open_app("c1", calls=LONG) as opened:
        row = next(at for at, text in enumerate(opened.rows) if "▸ fill {" in text)
        await opened.pilot.click(offset=(30, row))
        await opened.settle()
        assert opened.rows[row].endswith("▾ fill")


async def test_failures_have_the_colour_of_trouble(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        trouble = opened.view.get_component_rich_style("turn--note", partial=True).color
        told = [
            segment.text
            for strip in opened.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.color == trouble and "→" in segment.text
        ]
        assert [text.strip() for text in told] == ['→ failed: {"error": "carrier offline"}']


async def test_a_copy_holds_the_shown_text(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await opened.press("j", "y")
        assert copied(opened) == 'assistant  0:01.0\nOne moment.\n▸ track {"parcel": "B-22"}\nc1#turn=2'
        opened.sent.clear()
        await opened.press("Y")
        assert copied(opened).endswith(
            "[0:01.0] assistant: One moment.\n"
            '  ▸ track {"parcel": "B-22"}\n'
            "[error] tool:\n"
            '  ▸ track → failed: {"error": "carrier offline"}\n'
            "[0:04.0] assistant: I will call you ba\n"
            "  · interrupted\n"
            "[0:05.0] user: ok\n"
            "  · not final\n"
        )
