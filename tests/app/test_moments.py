"""Moments by keyboard: counts, steps from one to the next, and the notice in the foot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from textual import events
from textual._context import active_app

from tests.app.conftest import Open, body, said
from tests.app.test_find import find, place
from tests.app.test_order_of_keys import press_at_once
from tui.core.layout import Layout, Remarks
from tui.core.layout.block import NO_REMARKS
from tui.core.timing import Timing
from tui.core.transcript import Turn
from tui.screens import analysis, find_bar
from tui.widgets.call_header import CallHeader

TURNS = [
    said("Is my parcel on its way?", start_ms=0, end_ms=2_000),
    said("Let me look: it is in Rome, and", "assistant", 5_200, 9_000),
    said("nothing happens here", start_ms=9_100, end_ms=9_900),
    said("In Rome?", start_ms=10_000, end_ms=11_000) | {"role": "assistant"},
    said("Hello?", start_ms=15_000, end_ms=16_000),
    {"role": "tool", "name": "track", "text": "no", "is_error": True, "start_ms": 16_100, "end_ms": 16_500},
    said("It is lost.", "assistant", 16_600, 18_000),
    said("What?", start_ms=17_500, end_ms=18_500),
]
CALLS = {
    "c1": body(TURNS),
    "c2": body([said("a"), said("b", "assistant")], "c2"),
    "c3": body([said("a", start_ms=1)], "c3"),
}
WALK = [
    (2, "1/4 slow answer 3.2 s"),
    (5, "2/4 silence 4.0 s"),
    (6, "3/4 error"),
    (8, "4/4 user cuts in, cut off after 0.5 s"),
]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_foot_names_each_visited_moment(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("c1", calls=CALLS, size=size) as opened:
        for turn, words in [*WALK, WALK[0]]:
            await opened.press("]")
            assert place(opened) == turn
            assert opened.foot.startswith(f" {words} ")
        for turn, words in [WALK[3], WALK[2]]:
            await opened.press("[")
            assert place(opened) == turn
            assert words in opened.foot


async def test_the_walk_leads_down_the_screen(open_app: Open) -> None:
    async with open_app("call_demo_trouble") as opened:
        walked = []
        for _ in range(14):
            await opened.press("]")
            walked.append(place(opened))
        assert walked == sorted(walked)
        assert {16, 17} <= set(walked)  # the failed tool, and the answer that waited for it from before its start
        await opened.press("[")
        assert place(opened) == walked[-2]


async def test_the_settings_decide_which_silences_are_moments(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=(120, 24), silence_ms=4_100) as opened:
        assert "silence" not in opened.head
    async with open_app("c1", calls=CALLS, size=(120, 24), silence_ms=4_000) as opened:
        assert "1 silence" in opened.head
        await opened.press("slash", *"is:silence")
        assert opened.foot.endswith("1/1")
        await opened.press("escape", "Y")
        assert opened.sent
    async with open_app("c1", calls=CALLS, size=(120, 40), silence_ms=500) as opened:
        assert "2 silences" in opened.head
        assert "·· 0.6 s silence, of which tool 0.4 s ··" in opened.text  # shorter than the two seconds of other lines


async def test_late_notes_do_not_change_the_effect_of_keys(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = analysis._measured
    keys = [events.Key("j", "j"), events.Key("j", "j"), events.Key("j", "j"), events.Key("space", " ")]

    async def typed_at_meanwhile(turns: Sequence[Turn], silence_ms: int) -> Timing:
        for key in keys:
            active_app.get().post_message(key)
        await asyncio.sleep(0.2)  # as long as a slow machine takes, in which the keys could overtake the notes
        return await measured(turns, silence_ms)

    async with open_app("call_demo_booking", size=(80, 24)) as opened:
        await opened.press("j", "j", "j", "space")
        expected = place(opened)
    monkeypatch.setattr(analysis, "_measured", typed_at_meanwhile)
    async with open_app("call_demo_booking", size=(80, 24)) as opened:
        await opened.until(lambda: place(opened) > 4)
        assert place(opened) == expected


@pytest.mark.parametrize("size", [(80, 24), (160, 40)])
@pytest.mark.parametrize(
    "keys",
    [
        ["right_square_bracket"],
        [*["right_square_bracket"] * 2, "G"],
        ["G", "left_square_bracket", "k"],
        ["i", "G", "enter"],
        ["slash", *"is:slow", "enter", "j"],
        ["slash", *"is:cut", "enter", "n", "j"],
        ["slash", *"is:slow", "down", "enter", "k"],
        ["slash", *"is:slow", "enter", "ampersand"],
        ["slash", *"is:slow", "enter", "right_square_bracket", "N"],
    ],
)
async def test_keys_that_need_the_analysis_of_a_long_call_wait_for_it(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, keys: list[str], size: tuple[int, int]
) -> None:
    measured = analysis._measured

    async def slowly(turns: Sequence[Turn], silence_ms: int) -> Timing:
        await asyncio.sleep(0.2)  # as long as 100,000 turns take
        return await measured(turns, silence_ms)

    monkeypatch.setattr(analysis, "MOST_TURNS_AT_ONCE", 0)
    async with open_app("c1", calls=CALLS, size=size) as opened:
        await opened.press(*keys)
        expected = opened.rows
    monkeypatch.setattr(analysis, "_measured", slowly)
    async with open_app("c1", calls=CALLS, size=size, settled=False) as opened:
        await opened.until(lambda: "turn 1 of 8" in opened.foot)
        press_at_once(opened.app, *keys)
        await opened.settle()
        assert opened.rows == expected


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["right_square_bracket"] * 20, "still looking for moments"),
        (["i"], "still looking for moments"),
        (["slash", *"is:slow", "enter", "n"], "still looking"),
    ],
)
async def test_keys_wait_no_longer_than_their_patience_and_say_so(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, keys: list[str], words: str
) -> None:
    has_been_told = asyncio.Event()

    async def endlessly(turns: Sequence[Turn], silence_ms: int) -> Timing:
        await has_been_told.wait()
        return await _measured(turns, silence_ms)

    _measured = analysis._measured
    monkeypatch.setattr(analysis, "_measured", endlessly)
    monkeypatch.setattr(analysis, "MOST_TURNS_AT_ONCE", 0)
    monkeypatch.setattr(analysis, "PATIENCE_S", 0.05)
    monkeypatch.setattr(find_bar, "PATIENCE_S", 0.05)
    async with open_app("c1", calls=CALLS, settled=False) as opened:
        await opened.until(lambda: "turn 1 of 8" in opened.foot)
        press_at_once(opened.app, *keys)
        await opened.until(lambda: words in opened.foot)
        has_been_told.set()
        await opened.settle()
        await opened.press("n" if "slash" in keys else "]")
        assert place(opened) == 2
        assert "still looking" not in opened.foot


async def test_the_foot_names_a_moment_only_at_its_turn(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await opened.press("j")
        assert place(opened) == WALK[0][0]
        assert "slow answer" not in opened.foot
        await opened.press("k", "]")
        assert "1/4 slow answer" in opened.foot
        await opened.press("j")
        assert "slow answer" not in opened.foot
        await opened.press("k", "]")
        assert "2/4 silence" in opened.foot


async def test_the_header_counts_the_moments_by_kind(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await opened.until(lambda: "slow" in opened.head)
        assert opened.head.endswith("1 error · 1 slow · 1 silence · 1 cut-off")


@pytest.mark.parametrize(("environ", "is_bold"), [({"NO_COLOR": "1"}, True), ({"TERM": "xterm-256color"}, False)])
async def test_without_colours_notes_of_trouble_are_bold(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], is_bold: bool
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    async with open_app("c1", calls=CALLS, size=(120, 36)) as opened:
        await opened.until(lambda: "took" in opened.text)
        await opened.press("]")
        strips = opened.screen._compositor.render_strips()
        notes = [style for strip in strips for text, style, _ in strip if "took" in text or "slow answer" in text]
        assert [bool(style and style.bold) for style in notes] == [is_bold] * 2


@pytest.mark.parametrize("layout", [Layout.CHAT, Layout.SCRIPT])  # the outline has words of its own for them
async def test_turns_show_their_remarks(open_app: Open, layout: Layout) -> None:
    async with open_app("c1", calls=CALLS, size=(120, 36), layout=layout) as opened:
        await opened.until(lambda: "took" in opened.text)
        for words in ("took 3.2 s", "·· 3.2 s silence ··", "·· 4.0 s silence ··", "cut off after 0.5 s", "cuts in"):
            assert opened.text.count(words) == 1
        rows = [row.strip(" ▌│▐") for row in opened.body]
        silence = rows.index("·· 3.2 s silence ··")
        assert "assistant" in rows[silence + 1]
        assert rows[silence + 1].endswith("took 3.2 s")


async def test_late_remarks_do_not_move_the_view(open_app: Open) -> None:
    call = body([*TURNS, *(said(f"line {number}") for number in range(60))])
    async with open_app("c1#turn=12", calls={"c1": call}) as opened:
        await opened.until(lambda: "slow" in opened.head)
        row = next(row for row in opened.body if row.startswith("▌"))
        place = opened.body.index(row)
        opened.view.remark(lambda turn: NO_REMARKS)
        await opened.settle()
        assert opened.body.index(row) == place
        opened.view.remark(lambda turn: Remarks(("so",), "so long"))
        await opened.settle()
        assert opened.body[place].endswith(row.split()[-1])


async def test_a_find_and_a_moment_stand_side_by_side(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=(120, 36)) as opened:
        await opened.press("]")
        await find(opened, "rome")
        await opened.press("enter")
        assert opened.foot.startswith(" / rome  1/2   1/4 slow answer 3.2 s")


async def test_turns_that_the_filter_leaves_out_are_passed_over(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "what")
        await opened.press("enter", "ampersand", "]", "]")
        assert place(opened) == 8
        await opened.press("escape")
        await find(opened, "happens")
        await opened.press("enter", "ampersand", "]")
        assert "no moment in the turns on show" in opened.foot


@pytest.mark.parametrize(("call", "remark"), [("c2", "no times"), ("c3", "no turn has a start and a later end")])
async def test_a_call_without_times_says_so_once(open_app: Open, call: str, remark: str) -> None:
    async with open_app(call, calls=CALLS, size=(120, 36)) as opened:
        await opened.until(lambda: opened.head.endswith(remark))
        assert opened.text.count(remark) == 1
        await opened.press("]")
        assert opened.foot.startswith(" no moments: no turn has a start and a later end")
        assert place(opened) == 1


async def test_the_header_counts_all_kinds_where_there_is_room(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(120, 36)) as opened:
        await opened.until(lambda: "slow" in opened.head)
        assert "  ●  12 Nov 14:33  3:03  " in opened.head
        assert opened.head.endswith("2 errors · 4 slow · 3 silences · 4 cut-offs · 1 talked over")


async def test_a_narrow_header_keeps_errors_and_leaves_out_whole_counts(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(80, 24)) as opened:
        await opened.until(lambda: "slow" in opened.head)
        assert opened.head.startswith(" call_demo_trouble  ●  ")
        assert opened.head.endswith("  2 errors · 4 slow · 3 silences · 4 cut-offs · +1")


async def test_notes_without_room_in_the_header_are_no_number(open_app: Open) -> None:
    turns = [said("a", start_ms=1000 * number, end_ms=1000 * number + 1000) for number in range(4)]
    async with open_app("c1", calls={"c1": body(turns)}, size=(120, 36)) as opened:
        await opened.until(lambda: opened.head.endswith("± 1 s"))
        await opened.resize(30, 12)
        await opened.until(lambda: opened.head.endswith("…"))
        assert "+" not in opened.head


@pytest.mark.parametrize("width", range(40, 130, 6))
async def test_the_header_drops_the_label_before_a_count(open_app: Open, width: int) -> None:
    async with open_app("call_demo_trouble", size=(width, 24)) as opened:
        await opened.until(lambda: "error" in opened.head)
        label = str(opened.only(CallHeader).shown.label)
        assert label
        assert label not in opened.head or opened.head.endswith("1 talked over")
        assert "…" not in opened.head


async def test_times_in_whole_seconds_are_noted_in_the_header(open_app: Open) -> None:
    call = body([said("a", start_ms=0, end_ms=2_000), said("b", "assistant", 5_000, 6_000)])
    async with open_app("c1", calls={"c1": call}, size=(120, 36)) as opened:
        await opened.until(lambda: "slow" in opened.head)
        assert opened.head.endswith("1 slow · times in whole seconds, ± 1 s")


async def test_a_call_that_is_fetched_again_is_measured_again(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await opened.press("]", "r")
        assert "1 cut-off" in opened.head
        await opened.press("]")
        assert "2/4 silence" in opened.foot
