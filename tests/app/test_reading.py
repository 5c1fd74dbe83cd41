"""Reading a call: moving, tall turns, window sizes, layouts, times, places."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from textual import events

from tests.app.conftest import Open, Opened, body, said
from tui.core.layout import Block, Layout, TranscriptLayout
from tui.widgets.ask_bar import AskBar

WORDS = " ".join(f"word{number:04}" for number in range(150))
TALL = body([said("before", "assistant", 0), said(WORDS, "user", 4200, 90_000), said("after", "assistant", 95_000)])
STEPS = body([said(f"turn number {number}", ("user", "assistant")[number % 2], 1000 * number) for number in range(60)])
SIZES = {"script": (80, 14), "chat": (120, 14)}


def has_mark(opened: Opened) -> bool:
    """Whether the current turn is in sight."""
    return any("▌" in row or "▐" in row for row in opened.body)


def layout_of(opened: Opened) -> Layout:
    return opened.view.layout_shown


async def test_j_and_k_move_by_turn_within_the_call(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": STEPS}) as opened:
        await opened.press("k")
        assert opened.rows[2].startswith("▌ 0:00.0")
        await opened.press("j", "j", "k")
        assert " turn 2 of 60 " in opened.foot
        assert sum(row.startswith("▌") for row in opened.rows) == 1
        await opened.press("G", "j")
        assert opened.body[-1].startswith("▌ 0:59.0")
        assert "   100 %" in opened.foot


async def test_a_page_at_the_end_selects_the_last_turn(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": STEPS}) as opened:
        await opened.press("space", "space", "space", "space", "space")
        assert " turn 60 of 60 " in opened.foot
        await opened.press("b", "b", "b", "b", "b")
        assert " turn 1 of 60 " in opened.foot


@pytest.mark.parametrize("layout", SIZES)
async def test_a_tall_turn_scrolls_by_line_below_its_heading(open_app: Open, layout: str) -> None:
    async with open_app("c1", calls={"c1": TALL}, size=SIZES[layout]) as opened:
        await opened.press("j")
        assert " turn 2 of 3 " in opened.foot
        seen = [opened.body]
        while "turn 2 of 3" in opened.foot:
            await opened.press("j")
            seen.append(opened.body)
            assert len(seen) < 200
        assert "turn 3 of 3" in opened.foot
        for before, after in pairwise(seen[:-1]):
            assert after[1:-1] == before[2:]
        for rows in seen[2:-1]:
            assert "user" in rows[0]
            assert "0:04.2" in rows[0]
        shown = {word for rows in seen for row in rows for word in row.split() if word.startswith("word")}
        assert shown == set(WORDS.split())


@pytest.mark.parametrize("layout", SIZES)
async def test_backwards_a_tall_turn_is_read_from_its_end(open_app: Open, layout: str) -> None:
    async with open_app("c1", calls={"c1": TALL}, size=SIZES[layout]) as opened:
        await opened.press("G", "k")
        assert " turn 2 of 3 " in opened.foot
        assert "word0149" in opened.text
        before = opened.body
        await opened.press("k")
        assert opened.body[2:] == before[1:-1]


@pytest.mark.parametrize("size", [(40, 10), (79, 24), (100, 24), (200, 60), (40, 6)])
async def test_a_resize_keeps_the_place(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("ctrl+g", "2", "0", "enter")
        for there_and_back in (size, (80, 24)):
            await opened.resize(*there_and_back)
            assert has_mark(opened)
            assert opened.view.current == 19


async def test_a_storm_of_resizes_ends_with_the_right_picture(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("G")
        for size in [(1, 1), (2, 3), (500, 200), (20, 5), (3, 50), (80, 24)]:
            await opened.resize(*size)
        assert has_mark(opened)
        assert " turn 38 of 38 " in opened.foot
        assert all(len(row) > 9 for row in [opened.rows[0], *opened.rows[2:-2], opened.rows[-1]])  # without the rules


async def test_the_layout_follows_the_width_until_it_is_chosen(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(99, 24)) as opened:
        assert layout_of(opened) is Layout.SCRIPT
        await opened.resize(100, 24)
        assert layout_of(opened) is Layout.CHAT
        await opened.press("L")
        assert layout_of(opened) is Layout.SCRIPT
        await opened.resize(160, 24)
        assert layout_of(opened) is Layout.SCRIPT


async def test_another_layout_keeps_the_turn_in_sight(open_app: Open) -> None:
    async with open_app("call_demo_booking", layout="chat") as opened:
        await opened.press("ctrl+g", "2", "0", "enter")
        current = [row for row in opened.body if row.startswith(" ▌") or row.endswith("▐")]
        await opened.press("L")
        assert layout_of(opened) is Layout.SCRIPT
        words = current[0].strip(" ▌▐").split()
        assert any(row.startswith("▌") and words[0] in row for row in opened.body)


async def go_to(opened: Opened, typed: str) -> None:
    await opened.press("ctrl+g")
    await opened.paste(typed)
    await opened.press("enter")


PLACES = {"#14": 14, "15": 15, "0:05": 6, "50%": 31, "6.9s": 7, "100 %": 60, "1": 1, "1:00": 60, "0%": 1}


async def test_go_to_moves_to_a_place(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": STEPS}) as opened:
        for typed, turn in PLACES.items():
            await go_to(opened, typed)
            assert f" turn {turn} of 60 " in opened.foot
            assert any(row.startswith("▌") and f"turn number {turn - 1}" in row for row in opened.body)


async def test_an_invalid_place_is_reported_beside_the_input(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": STEPS}, size=(160, 24)) as opened:
        await opened.press("j")
        bar = opened.screen.query_one("#go-to", AskBar)
        for typed in ("", "x", "#0", "1:99", "-1", "61", "9:59", "101%", "[red]\x1b[2J"):
            await go_to(opened, typed)
            assert bar.display
            assert " – " in opened.foot
            await opened.press("escape")
            assert " turn 2 of 60 " in opened.foot
            await opened.press("ctrl+g")
            assert " – " not in opened.foot
            assert bar.value == ""
            await opened.press("escape")


@pytest.mark.parametrize(("target", "turn"), [("c1#turn=14", 14), ("c1#turn=14..16", 14), ("c1#t=0:33", 34)])
async def test_a_deep_link_opens_at_its_place(open_app: Open, target: str, turn: int) -> None:
    async with open_app(target, calls={"c1": STEPS}) as opened:
        assert f" turn {turn} of 60 " in opened.foot
        assert any(row.startswith("▌") for row in opened.body)


@pytest.mark.parametrize(
    ("target", "call", "said_of_it"),
    [
        ("c1#turn=61", STEPS, "there is no turn 61 – this call has 60 turns"),
        ("c1#turn=9..61", STEPS, "there is no turn 61 – this call has 60 turns"),
        ("c1#t=9:59", STEPS, "there is no 9:59 – the last turn ends at 0:59"),
        ("c1#t=1:23", body([said("x"), said("y")]), "this call has no times – go to a turn by its number instead"),
        ("c1#turn=2", body(call_id="c1", transcript="one text"), "this transcript is one plain text, without turns"),
    ],
    ids=["turn", "range", "time", "untimed", "plain text"],
)
async def test_a_place_outside_of_the_call_is_reported(
    open_app: Open, target: str, call: bytes, said_of_it: str
) -> None:
    async with open_app(target, calls={"c1": call}, size=(160, 24)) as opened:
        assert said_of_it in opened.foot
        assert opened.view.current == 0


async def test_a_range_is_named_in_the_foot(open_app: Open) -> None:
    async with open_app("c1#turn=14..16", calls={"c1": STEPS}, size=(120, 24)) as opened:
        assert " turns 14 to 16 " in opened.foot


async def test_a_time_is_no_place_in_a_call_without_times(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body([said("x"), said("y")])}, size=(160, 24)) as opened:
        await go_to(opened, "1:23")
        assert "this call has no times" in opened.foot


async def test_the_wall_clock_is_offered_where_the_start_is_known(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        seen = [opened.body[0].split()[1]]
        for _ in range(5):
            await opened.press("t")
            seen.append(opened.body[0].split()[1])
        assert seen == ["0:00.3", "14:03:20.3", "14:03:20.3", "0:00.3", "assistant", "0:00.3"]


async def test_without_a_start_there_is_no_wall_clock(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": STEPS}) as opened:
        said_so = []
        for _ in range(3):
            await opened.press("t")
            said_so.append(opened.foot.split("  ")[0].strip())
        assert said_so == ["times: gap", "times: off", "times: offset"]


@pytest.mark.parametrize("where", ["the API", "a file"])
async def test_an_unknown_wall_clock_is_reported(open_app: Open, where: str, tmp_path: Path) -> None:
    file = tmp_path / "c1.json"
    file.write_bytes(STEPS)
    target = "c1" if where == "the API" else str(file)
    async with open_app(target, calls={"c1": STEPS}, time="utc", size=(120, 24)) as opened:
        assert "times are offsets, not utc: when the call started is not known" in opened.foot
    async with open_app("call_demo_booking", time="utc", size=(120, 24)) as opened:
        assert "not known" not in opened.foot


async def test_the_gap_is_the_silence_before_a_turn(open_app: Open) -> None:
    turns = [said("a", "user", 0, 1000), said("b", "assistant", 4200, 5000), said("c", "user", 4500)]
    async with open_app("c1", calls={"c1": body(turns)}, time="gap") as opened:
        gaps = [row.split()[:2] for row in opened.body if row.lstrip().startswith(("+", "-"))]
        assert gaps == [["+3.2", "s"], ["-0.5", "s"]]


async def test_a_call_without_times_says_so_once(open_app: Open) -> None:
    async with open_app("call_demo_untimed", size=(120, 30)) as opened:
        assert opened.text.count("no times") == 1
        assert opened.head.endswith("no times")


async def test_the_wheel_scrolls_and_a_click_chooses(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": STEPS}) as opened:
        await opened.pilot.click("TranscriptView", offset=(20, 5))
        assert " turn 6 of 60 " in opened.foot
        before = opened.body
        opened.view.post_message(events.MouseScrollDown(opened.view, 20, 5, 0, 1, 0, False, False, False))
        await opened.pilot.pause()
        await opened.settle()
        assert opened.body[:-3] == before[3:]


@pytest.mark.parametrize("style", ["offset", "local", "utc", "gap"])
async def test_a_time_as_it_is_displayed_leads_to_its_turn(open_app: Open, style: str) -> None:
    lengths = [1_449, 1_777, 2_051, 1_130, 1_999, 3_608]
    starts = [1_794_492_191_250 + sum(lengths[:turn]) for turn in range(6)]
    turns = [said("a", start_ms=start, end_ms=start + 700) for start in starts]
    async with open_app("c1", calls={"c1": body(turns)}, time=style) as opened:
        labels = [opened.view.time_shown(turn) for turn in range(6)]
        assert len(set(labels)) == 6
        for turn in (3, 0, 5, 1, 4, 2):
            await opened.press("ctrl+g")
            await opened.paste(labels[turn])
            await opened.press("enter")
            assert opened.view.current == turn
            assert opened.view.has_focus


async def test_clock_times_need_no_seconds_and_a_refusal_names_the_end(open_app: Open) -> None:
    starts = [1_794_492_191_250 + after for after in (0, 4_000, 60_000)]  # 14:03:11.2, UTC
    turns = [said("a", start_ms=start, end_ms=start + 700) for start in starts]
    async with open_app("c1", calls={"c1": body(turns)}, time="utc", size=(120, 24)) as opened:
        await go_to(opened, "14:04")
        assert opened.view.current == 1  # the one before the minute begins
        await go_to(opened, "14:09:00")
        assert "there is no 14:09:00 – the last turn ends at 14:04:11.9" in opened.foot


async def test_a_gap_may_be_typed_without_its_unit(open_app: Open) -> None:
    turns = [said("a", start_ms=start, end_ms=start + 700) for start in (0, 4_000, 6_000)]
    async with open_app("c1", calls={"c1": body(turns)}, time="gap") as opened:
        await go_to(opened, "+1.3")
        assert opened.view.current == 2


async def test_turns_are_laid_out_only_for_the_width_of_the_screen(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: set[int] = set()
    honest = TranscriptLayout.block

    def block(page: TranscriptLayout, index: int) -> Block:
        widths.add(page.layout.width)
        return honest(page, index)

    monkeypatch.setattr(TranscriptLayout, "block", block)
    async with open_app("c1", calls={"c1": TALL}, size=(110, 14)):
        assert widths == {110}


@pytest.mark.parametrize("opens", ["question_mark", "colon", "e"])
async def test_a_resize_below_a_screen_changes_no_key_of_the_foot(open_app: Open, opens: str) -> None:
    async with open_app("call_demo_booking", size=(100, 30)) as opened:
        before = opened.foot.split("   ")[-1]
        await opened.press(opens)
        await opened.pilot.resize_terminal(109, 25)
        await opened.settle()
        await opened.press("escape")
        assert opened.foot.split("   ")[-1] == before
