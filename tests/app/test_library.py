"""The search of the library by keystroke, over the calls of the demo."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from rich.color import Color
from rich.style import Style
from textual.events import Key
from textual.pilot import Pilot

from tui.app import AppOptions, OmniApp, sample_offers
from tui.core.clock import Clock
from tui.core.search import Query
from tui.screens.library import LibraryScreen
from tui.screens.transcript import TranscriptScreen
from tui.sources.calls import OmniCallSource, open_source
from tui.sources.connection import Connection
from tui.sources.library_search import CallHits, SearchBounds, SearchProgress
from tui.widgets.drawn_list import DrawnList
from tui.widgets.hit_list import HitList

BLACK, GOLD = Color.from_rgb(0, 0, 0), Color.from_rgb(255, 215, 0)
DEMO = Connection("https://api.pyai.com", demo=True)


@asynccontextmanager
async def demo(size: tuple[int, int] = (80, 24), connection: Connection = DEMO) -> AsyncIterator[Pilot[int]]:
    async with open_source(connection, store_patience_s=0.5) as source:
        app = OmniApp(source, AppOptions(), sample_offers(), Clock())
        async with app.run_test(size=size) as pilot:
            yield pilot


def on_screen(pilot: Pilot[int]) -> str:
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await pilot.pause()


async def until_shown(pilot: Pilot[int], text: str) -> None:
    await until(pilot, lambda: text in on_screen(pilot))


async def test_the_call_with_the_refund_takes_eight_keys() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"refund", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TranscriptScreen))
        await until_shown(pilot, "call_demo_booking")
        await until_shown(pilot, "refund  1/5")


@pytest.mark.parametrize("condition", ["label:dental", "after:2026-11-12", "role:user", "is:cut", "-is:error"])
async def test_a_query_with_a_condition_opens_at_its_hit(condition: str) -> None:
    async with demo((120, 36)) as pilot:
        await pilot.press("ctrl+f", *f"{condition} the")
        await until_shown(pilot, "call_demo_booking")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TranscriptScreen))
        await until(pilot, lambda: re.search(rf"{condition} the  \d+/\d+ ", on_screen(pilot)) is not None)


async def test_a_plain_text_opens_at_its_hit() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"margherita")
        await until_shown(pilot, "call_demo_legacy")
        assert "#1" not in on_screen(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "margherita  1/1")
        assert "leave out the place" not in on_screen(pilot)


async def test_what_no_line_of_the_list_has_is_sought_in_what_was_said() -> None:
    async with demo() as pilot:
        await until_shown(pilot, "ctrl+f search")
        await pilot.press("ctrl+o", *"refund")
        await until_shown(pilot, "none of the 11 calls loaded has this; ctrl+f searches what was said")
        await pilot.press("ctrl+f", "enter")
        await until_shown(pilot, "refund  1/5")


async def test_a_capital_letter_that_keeps_it_from_hits_is_told() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"Refund")
        await until_shown(pilot, "no hits, 5 without the capital – searched 9 calls")


async def test_the_demo_remembers_until_its_end_what_was_opened() -> None:
    async with demo((120, 36)) as pilot:
        await pilot.press("ctrl+o")
        await until_shown(pilot, "pizza-orders")
        assert "moments" not in on_screen(pilot)
        await pilot.press(*"dental", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TranscriptScreen))
        await until_shown(pilot, "turn 1 of 38")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: bool(re.search(r"call_demo_booking +\d moment", on_screen(pilot))))


async def test_hits_stand_below_their_calls_and_are_kept_for_the_way_back() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"refund")
        await until_shown(pilot, "5 hits in 1 call – searched 9 calls")
        assert "#9 " in on_screen(pilot)
        await pilot.press("down", "enter")
        await until_shown(pilot, "refund  2/5")
        await pilot.press("n")
        await until_shown(pilot, "refund  3/5")
        await pilot.press("ctrl+f")
        await until(pilot, lambda: isinstance(pilot.app.screen, LibraryScreen))
        assert "▌ #10" in on_screen(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LibraryScreen))


async def test_all_hits_in_the_words_on_a_line_are_marked() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"the")
        await until_shown(pilot, "searched 9 calls")
        await until(pilot, lambda: on_screen(pilot).count(" #") > 7)  # all rows that have room
        counts = set[int]()
        for line in pilot.app.screen._compositor.render_strips():
            said = "".join(segment.text for segment in line)
            marked = [segment.text.lower() for segment in line if segment.style and is_hit(segment.style)]
            if " #" in said[:4]:
                assert marked == ["the"] * said[10:].lower().count("the")
                counts.add(len(marked))
        assert max(counts) > 1


@pytest.mark.parametrize("environ", [{}, {"TERM": "xterm"}, {"NO_COLOR": "1"}], ids=["256", "sixteen", "none"])
async def test_hits_look_as_those_of_the_find_in_a_call(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    for name, value in ({"TERM": "xterm-256color"} | environ).items():
        monkeypatch.setenv(name, value)
    async with demo((100, 30)) as pilot:
        await pilot.press("ctrl+f", *"refund")
        await until_shown(pilot, "hits in")
        (hit,) = looks(pilot)
        assert is_hit(hit)
        assert {hit.reverse, hit.bold} <= {None, False}
        await pilot.press("down", "enter")
        await until_shown(pilot, "refund  2/5")
        assert {look for look in looks(pilot) if not look.reverse} == {hit}


def is_hit(style: Style) -> bool:
    return bool(style.underline) or (style.bgcolor, style.color) == (GOLD, BLACK)


def looks(pilot: Pilot[int]) -> set[Style]:
    """The styles of the hits between head and foot."""
    rows = pilot.app.screen._compositor.render_strips()[1:-1]
    return {segment.style for row in rows for segment in row if segment.text.lower() == "refund" and segment.style}


async def test_blanks_alone_are_not_sought() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", "space")
        await until_shown(pilot, "there are only blanks to find – type some words")
        await pilot.press(*"refund")
        await until_shown(pilot, "hits in 1 call – searched 9 calls")
        await pilot.press("ctrl+u", "ctrl+r", "space")
        await until_shown(pilot, "searched 9 calls")
        assert "#1 " in on_screen(pilot)


async def test_an_invalid_query_says_what_is_wrong() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"is:slo")
        await until_shown(pilot, "unknown is:slo")
        await pilot.press("w")
        await until_shown(pilot, "searched 9 calls")


async def test_an_expression_is_searched_and_stays_one() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", "ctrl+r", *"re.und")
        await until_shown(pilot, "5 hits in 1 call")
        await pilot.press("enter")
        await until_shown(pilot, "re.und  1/5")


async def test_without_a_library_it_says_why() -> None:
    async with demo(connection=Connection("https://api.pyai.com", environ={}, keeps=False)) as pilot:
        await pilot.press("ctrl+f", "a")
        await until_shown(pilot, "nothing is kept on this machine")


async def test_a_tiny_window_can_be_left() -> None:
    async with demo((20, 5)) as pilot:
        await pilot.press("ctrl+f", "a", "down", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LibraryScreen))


async def test_arrows_behind_typed_words_are_not_lost() -> None:
    async with demo() as pilot:
        for key in ("ctrl+f", *"refund", "down", "enter"):  # all in one piece
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until_shown(pilot, "refund  2/5")


async def test_a_click_chooses_a_hit_and_another_opens_it() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"refund")
        await until_shown(pilot, "#10 ")
        await pilot.click(HitList, offset=(12, 2))
        await pilot.click(HitList, offset=(12, 2))
        await until_shown(pilot, "refund  2/5")


async def test_a_hit_clicked_before_the_newest_letter_is_answered_stays_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    search, answers = OmniCallSource.search, asyncio.Event()

    async def held_up(
        source: OmniCallSource, query: Query, bounds: SearchBounds, progress: SearchProgress
    ) -> AsyncGenerator[list[CallHits], None]:
        found = [some async for some in search(source, query, bounds, progress)]
        await answers.wait()
        for some in found:
            yield some

    async with demo() as pilot:
        await pilot.press("ctrl+f", *"refun")
        await until_shown(pilot, "#10 ")
        await until_shown(pilot, "– searched 9 calls")
        monkeypatch.setattr(OmniCallSource, "search", held_up)
        await pilot.press("d")
        await pilot.click(HitList, offset=(12, 2))
        answers.set()
        await until_shown(pilot, "– searched 9 calls")
        await pilot.press("enter")
        await until_shown(pilot, "refund  2/5")


async def test_a_call_says_how_many_hits_are_not_shown() -> None:
    async with demo((120, 36)) as pilot:
        await pilot.press("ctrl+f", *"refund")
        await until_shown(pilot, "5 hits in 1 call – searched 9 calls")
        assert re.search(r"#\d+ [^\n]*\n +2 more *\n", on_screen(pilot))
        assert re.search(r"call_demo_booking  dental-front-desk  [^ ].*  5 hits", on_screen(pilot))
        await pilot.press("down", "down", "down", "enter")
        await until_shown(pilot, "refund  2/5")


async def test_a_click_on_hits_that_are_gone_does_nothing() -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *"refund")
        await until_shown(pilot, "call_demo_booking")
        screen = pilot.app.screen
        assert isinstance(screen, LibraryScreen)
        screen._hits.post_message(DrawnList.Clicked(1))  # a click that is still under way
        screen._show_none("nothing more")
        await pilot.pause()
        assert pilot.app._exception is None


async def test_calls_are_listed_while_the_search_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    search, more = OmniCallSource.search, asyncio.Event()

    async def slow(
        source: OmniCallSource, query: Query, bounds: SearchBounds, progress: SearchProgress
    ) -> AsyncGenerator[list[CallHits], None]:
        found = [one async for some in search(source, query, bounds, SearchProgress()) for one in some]
        progress.total = progress.hits = len(found)
        yield found[:1]
        await more.wait()
        yield found[1:]
        await asyncio.Event().wait()

    monkeypatch.setattr(OmniCallSource, "search", slow)
    async with demo(size=(120, 36)) as pilot:
        await pilot.press("ctrl+f", *"you")
        await until_shown(pilot, "14 hits")
        assert on_screen(pilot).count(" hits") == 2
        more.set()
        await until(pilot, lambda: on_screen(pilot).count(" hits") > 4)
        assert "searched 0 of" in on_screen(pilot)


@pytest.mark.parametrize(("typed", "is_hinted"), [("refund -nowhere", True), ('"nowhere" -refund', False)])
async def test_a_dash_within_a_phrase_is_explained_where_nothing_is_found(typed: str, is_hinted: bool) -> None:
    async with demo() as pilot:
        await pilot.press("ctrl+f", *typed)
        await until_shown(pilot, "no hits – searched")
        assert ('to exclude: "refund" -nowhere' in on_screen(pilot)) is is_hinted
