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
from tui.screens.insights_panel import Analysis, InsightList, insight_lines
from tui.screens.line_panel import PanelScreen
from tui.screens.transcript import TranscriptScreen

WIDE, NARROW = (160, 40), (80, 24)


def has_panel(opened: Opened) -> bool:
    return bool(opened.screen.query(InsightList))


def listed(opened: Opened) -> str:
    """All lines, seen or not."""
    return "\n".join(str(option.prompt) for option in opened.only(InsightList).options)


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


async def test_tab_goes_from_part_to_part(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=NARROW) as opened:
        await opened.press("i", "tab", "enter")
        assert place(opened) == 4  # of the first moment
        await opened.press("i", "tab", "tab")
        assert opened.rows[0].startswith(" the call ")
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
    known = Analysis(CallDocument(Transcript("c1", turns)), timing, MomentWalk(timing.moments))
    lines = [str(line.content) for line in insight_lines(known, Keymap())]
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
