"""The insights in the app: beside the chat or over it, and the way from a line to its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event, current_thread, main_thread

import pytest
from textual.events import Key

from tests.app.conftest import Open, Opened, body, said
from tests.app.test_find import place
from tests.app.test_moments import CALLS
from tests.canary import Answer, answering, told
from tests.faults import FaultServer, answer, says
from tui.core.call import CallDocument
from tui.core.moment_walk import MomentWalk
from tui.core.timing import figures, measure, words
from tui.core.transcript import Role, Transcript, Turn
from tui.keys import Keymap
from tui.screens.insights_panel import InsightList, insight_lines
from tui.screens.line_panel import LinePanel, PanelScreen
from tui.screens.transcript import TranscriptScreen

WIDE, NARROW = (160, 40), (80, 24)


def has_panel(opened: Opened) -> bool:
    return bool(opened.screen.query(InsightList))


def listed(opened: Opened) -> str:
    """All lines, seen or not."""
    return "\n".join(str(option.prompt) for option in opened.only(InsightList).options)


def chosen(opened: Opened) -> str:
    """The chosen line; empty while there is no panel."""
    panels = opened.screen.query(LinePanel)
    option = panels.first().highlighted_option if panels else None
    return "" if option is None else str(option.prompt)


async def test_in_a_narrow_window_a_line_goes_to_its_turn(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=NARROW) as opened:
        await opened.press("i")
        assert has_panel(opened)
        assert "response, median" in opened.text
        await opened.press("G", "enter")
        assert not has_panel(opened)
        assert place(opened) == 8


@pytest.mark.parametrize("key", ["escape", "q", "i"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_they_are_closed_again_and_nothing_has_moved(open_app: Open, size: tuple[int, int], key: str) -> None:
    async with open_app("c1", calls=CALLS, size=size) as opened:
        before = opened.rows
        await opened.press("i")
        assert has_panel(opened)
        await opened.press(key)
        assert opened.rows == before
        await opened.press("j")
        assert place(opened) == 2


async def test_in_a_wide_window_they_stay_beside_the_chat(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=WIDE) as opened:
        await opened.press("i", "G", "enter")
        assert has_panel(opened)
        assert place(opened) == 8
        assert "Is my parcel on its way?" in opened.text
        assert "user cuts in, cut off after 0.5 s" in opened.text
        await opened.press("k", "enter")
        assert place(opened) == 6
        await opened.press("]")
        assert place(opened) == 8


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_two_keys_lead_to_the_slowest_answer(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("call_demo_trouble", size=size) as opened:
        await opened.press("i")
        assert "9.13 s" in opened.text
        assert "response, median" in opened.text
        await opened.press("enter")
        assert place(opened) == 17


@pytest.mark.parametrize("key", ["i", "d"])
async def test_the_cursor_passes_the_blank_row_above_each_heading(open_app: Open, key: str) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press(key)
        lines = [str(option.prompt) for option in opened.only(LinePanel).options]
        assert lines.count("") >= 2
        assert lines[0]
        seen = [chosen(opened)]
        for step in ("g", *["j"] * len(lines)):
            await opened.press(step)
            seen.append(chosen(opened))
        assert [line for line in seen if not line] == []
        assert set(seen) == {*lines} - {""}


async def test_in_a_long_call_no_key_waits_for_figures(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    honest = words.words_per_minute

    def observed(turns: Sequence[Turn]) -> int | None:
        threads.append(current_thread())
        return honest(turns)

    monkeypatch.setattr(figures, "words_per_minute", observed)
    turns = [said("so it is", start_ms=place * 1_000, end_ms=place * 1_000 + 900) for place in range(1_500)]
    async with open_app("c1", calls={"c1": body(turns)}, size=WIDE) as opened:
        await opened.press("i")
        assert "200 words a minute" in listed(opened)
    assert len(threads) == 2
    assert main_thread() not in threads


async def test_over_the_chat_it_says_whose_it_is_and_its_keys(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press("i")
        assert opened.rows[0] == " Insights   call_demo_trouble  rebooking-line"
        assert opened.rows[-1].split("   ")[-1].strip() == "Enter go to the turn  Tab next part  Esc close  d details"
        await opened.press("G")
        assert opened.rows[-1].endswith("d details")
        await opened.press("d")
        assert opened.rows[0].startswith(" Details   call_demo_trouble")
        assert opened.rows[-1].endswith("Esc close  i insights")


async def test_beside_the_chat_the_foot_has_its_keys_first(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=WIDE) as opened:
        before = opened.foot
        await opened.press("i")
        assert "Enter go to the turn  Tab next part  Esc close  ? help" in opened.foot
        assert "q quit" in before
        assert "q quit" not in opened.foot  # which closes the panel, as Esc does
        await opened.press("escape")
        assert opened.foot == before


async def test_tab_goes_from_part_to_part(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press("i", "tab", "enter")
        assert place(opened) == 4  # of the first moment
        await opened.press("i", "tab", "tab")
        assert opened.rows[2].startswith(" the call ")
        await opened.press("tab", "tab", "tab", "enter")
        assert place(opened) == 17


async def test_they_follow_the_width_of_the_window(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=WIDE) as opened:
        await opened.press("i")
        await opened.pilot.resize_terminal(100, 30)
        await opened.until(lambda: isinstance(opened.screen, PanelScreen))
        await opened.settle()
        assert "9.13 s" in opened.text
        await opened.pilot.resize_terminal(*WIDE)
        await opened.until(lambda: not isinstance(opened.screen, PanelScreen) and has_panel(opened))
        assert "Skylark Air" in opened.text


async def test_a_resize_before_a_newer_transcript_is_analyzed_is_harmless(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=WIDE) as opened:
        await opened.press("i")
        reading = opened.screen
        assert isinstance(reading, TranscriptScreen)
        analyzed, reading._analyzed = reading._analyzed, None  # as while a long transcript is looked at
        await opened.resize(100, 30)
        assert not has_panel(opened)
        assert "still looking for moments" in opened.foot
        reading._analyzed = analyzed
        await opened.press("i")
        reading._analyzed = None
        await opened.pilot.resize_terminal(*WIDE)
        await opened.until(lambda: opened.screen is reading)
        await opened.until(lambda: "still looking for moments" in opened.foot)


async def test_a_newer_transcript_that_comes_while_figures_are_worked_out_is_harmless(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, may_end = Event(), Event()
    complete = figures.Timing.complete

    def slowly(timing: figures.Timing) -> None:
        has_begun.set()
        may_end.wait(10)
        complete(timing)

    monkeypatch.setattr(figures.Timing, "complete", slowly)
    calls = {"c1": body([said(f"turn {number}") for number in range(1_200)])}
    async with open_app("c1", calls=calls, size=WIDE) as opened:
        screen = opened.screen
        assert isinstance(screen, TranscriptScreen)
        await opened.until(lambda: screen._analyzed is not None)
        opened.app.post_message(Key("i", "i"))
        await asyncio.to_thread(has_begun.wait, 10)  # the pilot would wait until the app is idle
        screen._analyzed = None  # as while a newer transcript is analyzed
        may_end.set()
        await opened.until(lambda: "still looking for moments" in opened.foot)


async def test_they_tell_what_the_header_has_no_room_for(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        assert "talked over" not in opened.head
        await opened.press("i", "g")
        assert "2 errors · 4 slow · 3 silences · 4 cut-offs · 1 talked over" in opened.text


async def test_long_lines_are_indented_and_the_scroll_bar_has_a_blank(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=WIDE) as opened:
        await opened.press("d", "i", "tab", "tab")
        rows = [row[102:] for row in opened.rows]
        assert "  from the end of the other side's turn; below 0 it" in rows
        assert "  began before that" in rows
        await opened.press("tab", "tab", "tab")
        rows = [row[102:] for row in opened.rows]
        assert "   4 × slow answer: the assistant takes the floor after" in rows
        assert "       more than 1.5 s" in rows
        assert any(row.endswith(" by noon (Recap)") and row.startswith(" " * 16) for row in rows)
        panel = opened.only(InsightList)
        assert panel.show_vertical_scrollbar
        assert all(panel.render_line(y).text.endswith(" ") for y in range(panel.size.height))


async def test_turns_and_measured_times_stand_in_columns(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press("d", "i")
        lines = listed(opened).splitlines()
        assert "  9.13 s  turn 17  tool 8.00 s  measured ttfb 8.71 s" in lines
        assert "  6.42 s  turn  7  tool 4.90 s  measured ttfb 6.18 s" in lines
        assert "  4.31 s  turn 31               measured ttfb 4.02 s" in lines
        assert " 0:18.3 turn  4  user cuts in, cut off after 0.9 s" in lines


async def test_the_chosen_line_has_one_tone(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press("i", "g")
        panel = opened.only(InsightList)
        for _ in range(12):
            top = panel.highlighted
            chosen = [segment.style for y in range(panel.size.height) for segment in panel.render_line(y)]
            tones = {(style.color, style.bgcolor, style.dim or False) for style in chosen if style and style.reverse}
            assert len(tones) == 1, top
            assert not next(iter(tones))[-1]
            await opened.press("j")


async def test_a_plain_text_has_none(open_app: Open) -> None:
    async with open_app("call_demo_legacy", size=NARROW) as opened:
        await opened.press("i")
        assert "a plain text has no turns" in opened.foot


async def test_a_line_without_a_turn_leads_nowhere(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=NARROW) as opened:
        await opened.press("j", "i", "g", "enter")
        assert isinstance(opened.screen, PanelScreen)
        await opened.press("i")
        assert place(opened) == 2


async def test_a_call_without_times_says_so(open_app: Open) -> None:
    async with open_app("c2", calls=CALLS, size=WIDE) as opened:
        await opened.press("i")
        assert "there are no figures of time" in listed(opened)
        assert "0 moments" in listed(opened)
        assert "response" not in listed(opened)


async def test_another_transcript_brings_its_own(open_app: Open) -> None:
    hi = said("Hi.", start_ms=0, end_ms=900)
    slow, quick = ([hi, said("Hello.", "assistant", start_ms, 6000)] for start_ms in (5000, 950))
    async with (
        FaultServer.following(says(answer(body(slow))), says(answer(body(quick)))) as server,
        open_app("c1", base_url=server.base_url, has_record=False, size=WIDE) as opened,
    ):
        await opened.press("i")
        assert "slow answer 4.1 s" in listed(opened)
        await opened.press("r")
        assert "slow answer" not in listed(opened)
        assert "0.05 s, good" in listed(opened)


def test_of_many_answers_and_moments_the_first_are_listed() -> None:
    turns = [
        Turn(i, ("user", "assistant")[i % 2], "x", start_ms=5_000 * i, end_ms=5_000 * i + 1_000 + i % 7)
        for i in range(5_000)
    ]
    timing = measure(turns)
    assert timing.assistant.role is Role.ASSISTANT
    document, walk = CallDocument(Transcript("c1", turns)), MomentWalk(timing.moments)
    lines = [str(line.content) for line in insight_lines(document, timing, walk, Keymap())]
    assert len(lines) < 1_200
    assert "… and 2,400 more; each quicker than these" in lines
    assert "… and 3,999 more; ] and [ walk through all" in lines
    first = lines.index("the slowest answers first") + 1
    listed = [float(line.split(" s ")[0]) for line in lines[first : first + 100]]
    assert listed == sorted(listed, reverse=True)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_newer_transcript_renews_open_insights(open_app: Open, size: tuple[int, int]) -> None:
    hi = said("Hi.", start_ms=0, end_ms=900)
    answers = [body([hi, said("Hello.", "assistant", start_ms, 6000)]) for start_ms in (5000, 950)]

    def answer_to(path: str) -> Answer:
        if path.endswith("/transcript"):
            return told({})._replace(body=answers.pop(0))
        return told({"call_id": "c1", "status": "completed"})  # comes right behind the newer turns

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, size=size) as opened:
            reading = opened.screen
            assert isinstance(reading, TranscriptScreen)
            await opened.press("i")
            assert "slow answer 4.1 s" in listed(opened)
            reading.action_refresh_call()
            await opened.until(lambda: "0.05 s, good" in listed(opened))
            assert "slow answer" not in listed(opened)


async def test_quiet_text_in_the_panel_is_grey_with_256_colours(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    async with open_app("call_demo_trouble", size=(160, 40)) as opened:
        await opened.press("i")
        strips = opened.screen._compositor.render_strips()
        styles = [
            style for strip in strips for text, style, _ in strip if "from 15 s of talk" in text or text == "0:05.1"
        ]
        assert [(style.color and style.color.name, bool(style.dim)) for style in styles if style] == [
            ("#767676", False)
        ] * 2


async def test_behind_a_find_esc_clears_it_and_then_closes_the_panel(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=WIDE) as opened:
        await opened.press("i", "slash", *"seat", "enter")
        assert "Esc close  ? help" in opened.foot
        assert "go to the turn" not in opened.foot
        await opened.press("escape")
        assert has_panel(opened)
        await opened.press("tab")
        assert "Enter go to the turn" in opened.foot
        await opened.press("slash", "escape", "escape")
        assert not has_panel(opened)


@pytest.mark.parametrize("key", ["slash", "ctrl+g"])
async def test_an_input_that_is_given_up_returns_the_keyboard(open_app: Open, key: str) -> None:
    async with open_app("call_demo_trouble", size=WIDE) as opened:
        await opened.press("i")
        before = opened.foot
        await opened.press(key, "2", "escape")
        assert opened.foot == before
        assert opened.only(InsightList).has_focus
        await opened.press("j", key, "2", "enter")
        assert opened.view.has_focus
        await opened.press(key, "escape")
        assert opened.view.has_focus


async def test_a_resize_keeps_the_chosen_line_on_the_screen(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(120, 36)) as opened:
        await opened.press("i", "tab", "tab", *["down"] * 11)
        for size in [(40, 12), (120, 36), (30, 10)]:
            await opened.pilot.resize_terminal(*size)
            await opened.settle()
            await opened.until(lambda: chosen(opened).split("  ")[0] in opened.text)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_turn_that_the_filter_leaves_out_is_named(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("call_demo_trouble", size=size) as opened:
        await opened.press("slash", *"window", "enter", "ampersand", "i", "enter")
        assert "turn 17 is left out by the filter; & shows all turns" in opened.foot
        assert place(opened) == 13


@pytest.mark.parametrize(("size", "other"), [((139, 30), (150, 30)), ((150, 30), (139, 30))])
@pytest.mark.parametrize("key", ["i", "d"])
async def test_its_line_stays_chosen_where_it_moves(
    open_app: Open, key: str, size: tuple[int, int], other: tuple[int, int]
) -> None:
    async with open_app("call_demo_trouble", size=size) as opened:
        await opened.press(key, "tab", "tab", "j", "j")
        at = chosen(opened)
        assert at
        for now in (other, size):
            await opened.pilot.resize_terminal(*now)
            await opened.until(lambda: isinstance(opened.screen, PanelScreen) is (opened.app.size.width < 140))
            await opened.until(lambda: chosen(opened) == at)
        await opened.pilot.resize_terminal(*other)
        await opened.pilot.resize_terminal(*size)  # before it has begun there
        await opened.settle()
        await opened.until(lambda: chosen(opened) == at)


async def test_the_palette_over_a_panel_offers_what_it_can_do(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press("i", "ctrl+p")
        names = [row.split("  ")[0].strip() for row in opened.rows if row.strip()]
        assert names[1:4] == ["go to the turn", "next part", "previous part"]
        assert {"close", "details", "help"} <= set(names)
        assert {"insights", "next"}.isdisjoint(names)
        await opened.press(*"details", "enter")
        assert opened.rows[0].startswith(" Details   call_demo_trouble")
        await opened.press("f1")
        assert next(row for row in opened.rows if row).strip() == "Lists and lines of text"


SUPERVISED = body(
    [
        {"role": "user", "text": "a", "start_ms": 0, "end_ms": 1_000},
        {"role": "supervisor", "text": "b", "start_ms": 2_000, "end_ms": 11_000},
        {"role": "assistant", "text": "c", "start_ms": 14_500, "end_ms": 15_000},
        {"role": "user", "text": "d"},
        {"role": "user", "text": "e", "start_ms": 16_000},
    ]
)


async def test_a_supervisor_is_no_tool_and_untimed_turns_are_counted_once(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": SUPERVISED}, size=WIDE) as opened:
        assert "took 13.5 s, of which others 9.0 s" in opened.text
        await opened.press("i")
        lines = listed(opened)
        assert " 13.50 s  turn 3  others 9.00 s" in lines.splitlines()
        assert "slow answer 13.5 s, of which others 9.0 s" in lines
        assert lines.count("2 turns have no start and later end") == 1


async def test_enter_on_lines_that_were_replaced_leads_nowhere(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(140, 40)) as opened:
        await opened.press("i")
        panel = opened.only(LinePanel)
        panel.action_select()  # its message is still under way
        panel.show_instead("still looking")
        await opened.settle()
        assert opened.app._exception is None


async def test_what_recap_reports_has_whole_seconds(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(160, 60)) as opened:
        await opened.press("d")
        await opened.press("i")
        await opened.press("tab")
        assert "   0:05 turn  2  request" in opened.text
        assert "0:05.0 turn" not in opened.text
