"""The first screen: it forgives, says beside the input what is wrong, and asks nobody before that."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.app.conftest import Open, Opened, body, said
from tests.faults import FaultServer, says
from tui.access import Access
from tui.app import Offers, recent_offers
from tui.core.clock import Clock
from tui.core.transcript import Call, Transcript, Turn
from tui.screens.prompt import PromptScreen
from tui.store import recents
from tui.widgets.offer_list import Offer

TROUBLE = 6
"""The row below the input."""


def typed(opened: Opened) -> str:
    return opened.only(Input).value


@pytest.mark.parametrize(
    ("pasted", "turn"),
    [
        ("  call_demo_booking  ", 1),
        ('"call_demo_booking"', 1),
        ("<call_demo_booking>,", 1),
        ("https://api.pyai.com/v1/omni/calls/call_demo_booking/transcript", 1),
        ("call_demo_booking#turn=14", 14),
        ("'call_demo_booking#t=0:21'", 4),
    ],
)
async def test_it_forgives_how_a_call_is_named(open_app: Open, pasted: str, turn: int) -> None:
    async with open_app() as opened:
        await opened.paste(pasted)
        await opened.press("enter")
        assert opened.head.startswith(" call_demo_booking  dental-front-desk")
        assert f" turn {turn} of 38 " in opened.foot


async def test_bad_input_is_said_beside_it_and_nothing_is_asked(open_app: Open) -> None:
    async with FaultServer.following(says(b"")) as server, open_app(base_url=server.base_url) as opened:
        for pasted in ("", "..", "https://api.pyai.com/v1/omni", "call#turn=x", "call#t=", "x" * 300):
            await opened.paste(pasted)
            await opened.press("enter")
            assert " – " in opened.rows[TROUBLE]
            assert isinstance(opened.screen, PromptScreen)
            assert typed(opened) == pasted
            await opened.press("x")
            assert opened.rows[TROUBLE] == ""
            await opened.press("escape")
        assert server.requests == []


async def test_up_and_down_choose_an_offer_and_lead_back_to_what_was_typed(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("c", "down")
        assert typed(opened) == "call_demo_booking"
        assert any(row.strip().startswith("▌ call_demo_booking") for row in opened.rows)
        await opened.press("down", "up", "up")
        assert typed(opened) == "c"
        assert "▌" not in opened.text
        await opened.press(*["down"] * 12, "enter")
        assert opened.head.startswith(" call_demo_failed")


async def test_the_chosen_offer_is_in_sight_on_a_small_screen(open_app: Open) -> None:
    async with open_app(size=(60, 10)) as opened:
        assert "call_demo_hebrew" not in opened.text
        await opened.press(*["down"] * 6)
        assert "▌ call_demo_hebrew" in opened.text


async def test_typing_leaves_the_offer(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("down", "x")
        assert typed(opened) == "call_demo_bookingx"
        assert "▌" not in opened.text
        await opened.press("up")
        assert typed(opened) == "call_demo_bookingx"


async def test_without_offers_up_and_down_do_nothing(open_app: Open) -> None:
    offers = Offers("Recent calls", list, lambda transcript, call: None)
    async with open_app(offers=offers) as opened:
        await opened.press("c", "down", "up")
        assert typed(opened) == "c"
        assert "choose" not in opened.foot


async def test_escape_empties_the_input_and_never_quits(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("c", "escape")
        assert typed(opened) == ""
        await opened.press("escape")
        assert opened.app.return_value is None


async def test_escape_leads_back_to_the_call_below(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("o")
        assert "Esc back" in opened.foot
        await opened.press("x", "escape")
        assert isinstance(opened.screen, PromptScreen)
        await opened.press("escape")
        assert opened.view.has_focus


async def test_a_paste_of_ten_megabytes_is_bounded(open_app: Open) -> None:
    async with open_app() as opened:
        begun = time.process_time()
        await opened.paste("call_" + "x" * 10_000_000)
        assert time.process_time() - begun < 2
        assert len(typed(opened)) <= 4_096
        await opened.press("enter")
        assert " – " in opened.rows[TROUBLE]


async def test_the_end_of_a_bracketed_paste_within_a_paste_is_data(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.paste("\ncall\x1b[201~q\x1b]0;x\x07\r")
        assert isinstance(opened.screen, PromptScreen)
        assert typed(opened) == "call␛q␛"
        assert "\x1b" not in opened.text
        await opened.press("enter")
        assert "there is no such call" in opened.text


async def test_a_file_is_opened(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(body([said("from a file")], call_id="c1"))
    async with open_app(size=(120, 24)) as opened:
        await opened.paste(str(file))
        await opened.press("enter")
        assert opened.head.startswith(" c1 ")
        assert "from a file" in opened.text


async def test_offers_are_shown_as_they_are(open_app: Open) -> None:
    hostile = "[red]x[/x]\x1b[2J[@click=app.quit]y"
    offers = Offers("Recent calls", lambda: [Offer(hostile, "about it")], lambda transcript, call: None)
    async with open_app(offers=offers, size=(100, 24)) as opened:
        assert "[red]x[/x]␛[@click=app.quit…  about it" in opened.text
        await opened.press("down")
        assert "\x1b" not in opened.text


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui.store.files.state_dir", lambda: tmp_path)
    return tmp_path


def test_the_calls_opened_before_are_offered_with_what_is_known_of_them(state: Path) -> None:
    offers = recent_offers(Access("https://api.pyai.com"), Clock(now_ms=lambda: 1_794_500_000_000))
    assert list(offers.list()) == []
    offers.remember(Transcript("c1", plain="legacy"), None)
    offers.remember(Transcript("c2", [Turn(0, "user", "x")]), Call("c2", label="[red]\x1b[2Jx"))
    assert [offer.call_id for offer in offers.list()] == ["c2", "c1"]
    assert [offer.about.split() for offer in offers.list()] == [["1", "turn", "[red]␛x"], ["plain", "text"]]
    assert recent_offers(Access("http://127.0.0.1:1"), Clock()).list() == []
    assert recents.load(state)[0].opened_ms == 1_794_500_000_000


def test_where_nothing_is_kept_nothing_is_offered_either(state: Path) -> None:
    kept, not_kept = (recent_offers(Access("https://api.pyai.com", keeps=keeps), Clock()) for keeps in (True, False))
    not_kept.remember(Transcript("c1", plain="x"), None)
    assert kept.list() == []
    kept.remember(Transcript("c1", plain="x"), None)
    assert len(kept.list()) == 1
    assert not_kept.list() == []


async def test_a_call_that_was_opened_is_offered_next(open_app: Open, state: Path) -> None:
    from datetime import UTC

    offers = recent_offers(Access("https://api.pyai.com"), Clock(UTC, lambda: 1_794_500_000_000))
    async with open_app("call_demo_untimed", offers=offers) as opened:
        await opened.press("o")
        await opened.until(lambda: "call_demo_untimed" in opened.text)
        row = next(row for row in opened.rows if "call_demo_untimed" in row)
        assert "turns" in row
        assert "Recent calls" in opened.text
    assert len(await asyncio.to_thread(recents.load, state)) == 1
