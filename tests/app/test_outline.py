"""The outline: a line a turn, in which everything that finds a turn works, and Enter goes to it."""

from __future__ import annotations

import pytest

from tests.app.conftest import Open, Opened, body, said
from tests.app.test_find import find, place
from tui.core.layout import Layout


def line_of_current(opened: Opened) -> str:
    """The line of the current turn."""
    (line,) = [row for row in opened.body if row.startswith("▌")]
    return line.strip("▌ ")


@pytest.mark.parametrize(("size", "count"), [((80, 24), 20), ((120, 36), 29)])
async def test_each_turn_has_a_line_with_its_moments(open_app: Open, size: tuple[int, int], count: int) -> None:
    async with open_app("call_demo_silences", layout="outline", size=size) as opened:
        view = opened.view.region
        assert len([row for row in opened.rows[view.y : view.bottom] if row]) == count
        assert "0:08.2      user uh yeah i'm on the shoulder behind" in opened.text
        (row,) = [row for row in opened.body if "0:54.5" in row]
        assert row.endswith("  14.2 s silence")
        assert row.startswith("  0:54.5      user okay it says one one seven point four  ")
        assert "took 6.8 s" in opened.text


async def test_the_third_state_of_the_layout_is_the_outline(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(120, 36)) as opened:
        seen = []
        for _ in range(4):
            seen.append(opened.view.layout_shown)
            await opened.press("L")
        assert seen == [Layout.CHAT, Layout.SCRIPT, Layout.OUTLINE, Layout.CHAT]


@pytest.mark.parametrize(("size", "layout"), [((80, 24), Layout.SCRIPT), ((120, 36), Layout.CHAT)])
async def test_enter_goes_to_the_turn_in_the_layout_before(
    open_app: Open, size: tuple[int, int], layout: Layout
) -> None:
    async with open_app("call_demo_booking", layout="outline", size=size) as opened:
        await opened.press("ctrl+g", *"#30", "enter", "j", "enter")
        assert opened.view.layout_shown is layout
        assert place(opened) == 31
        assert any(row.startswith("▌") or row.startswith(" ▌") or row.endswith("▐") for row in opened.body[3:16])
        await opened.resize(200 - size[0], 24)
        assert opened.view.layout_shown is not layout


async def test_enter_comes_back_to_the_script_that_was_chosen(open_app: Open) -> None:
    async with open_app("call_demo_booking", layout="script", size=(120, 36)) as opened:
        await opened.press("L", "enter")
        assert opened.view.layout_shown is Layout.SCRIPT


LONG = body([said(f"{number} {'word ' * 60}needle {number}", start_ms=number * 1_000) for number in range(40)])


async def test_a_find_marks_hits_in_elided_text(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": LONG}, layout="outline") as opened:
        await find(opened, "needle 33")
        await opened.press("enter")
        assert "1/1" in opened.foot
        assert line_of_current(opened).startswith("0:33.0 user 33 word")
        marked = [
            segment.text
            for strip in opened.screen._compositor.render_strips()[2:-2]
            for segment in strip
            if segment.style is not None and segment.style.reverse
        ]
        assert marked == ["…"]
        await opened.press("enter")
        assert any("needle 33" in row for row in opened.body)


async def test_a_hit_in_a_folded_tool_call_unfolds_it(open_app: Open) -> None:
    call = {"name": "fill", "arguments": {f"field{number}": f"value{number:04}" for number in range(400)}}
    turns = [said("x"), said("y") | {"tool_calls": [call]}]
    async with open_app("c1", calls={"c1": body(turns)}, layout="outline") as opened:
        await find(opened, "value0333")
        await opened.press("enter", "enter")
        assert 'field333: "value0333"' in opened.text


async def test_moments_the_filter_and_places_work_in_it(open_app: Open) -> None:
    async with open_app("call_demo_silences", layout="outline") as opened:
        await opened.press("]", "]")
        assert line_of_current(opened).endswith("took 6.8 s")
        await opened.press("ctrl+g", *"2:01", "enter")
        assert "2:01.6" in line_of_current(opened)
        await find(opened, "patrol")
        await opened.press("enter", "ampersand")
        assert len([row for row in opened.body if row]) == 3
        await opened.press("enter")
        assert opened.view.layout_shown is Layout.SCRIPT


async def test_a_click_chooses_a_line_and_folds_nothing(open_app: Open) -> None:
    async with open_app("call_demo_tools", layout="outline") as opened:
        row = next(at for at, text in enumerate(opened.rows) if "dispute_charge {" in text)
        await opened.pilot.click(offset=(30, row))
        await opened.settle()
        assert "dispute_charge {" in line_of_current(opened)
        await opened.press("enter")
        assert "▸ dispute_charge {" in opened.text
