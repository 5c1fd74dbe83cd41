"""The prompt: it accepts many forms of input, and reports errors beside it without a request."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import ExitStack, closing
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.app.conftest import NOW_MS, PATIENCE_S, Open, Opened, body, said
from tests.faults import FaultServer, answer, says
from tui.api.records import Identity
from tui.app import Offers, recent_offers
from tui.core.clock import Clock
from tui.core.errors import UnreachableError
from tui.core.record import Call
from tui.core.transcript import Transcript, Turn
from tui.demo.calls import SAMPLES
from tui.screens.prompt import PromptScreen
from tui.sources.archive import Archive
from tui.sources.calls import OmniCallSource
from tui.sources.connection import Connection
from tui.store.library import Library
from tui.widgets.call_picker import CallPicker, Offer
from tui.widgets.safe_input import SafeInput

TROUBLE = 6
"""The row below the input."""
SPOKEN = "user said: my pin is 4711"


def offering(*offers: Offer) -> Offers:
    """Offers some calls as those that were fetched before."""

    async def list_them() -> list[Offer]:
        return list(offers)

    return Offers("Recent calls", list_them)


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
        ("call_demo_booking#turn=9..14", 9),
        ("call_demo_booking.", 1),
        ("2026-11-12T14:03:11Z ERROR call_id=call_demo_booking status=500", 1),
        ('{"level":"error","call_id":"call_demo_booking#turn=14","status":500}', 14),
        ("'call_demo_booking#t=0:21'", 4),
    ],
)
async def test_it_forgives_how_a_call_is_named(open_app: Open, pasted: str, turn: int) -> None:
    async with open_app(host="api.pyai.com") as opened:
        await opened.paste(pasted)
        await opened.press("enter")
        assert opened.head.startswith(" call_demo_booking  dental-front-desk")
        assert f" turn {turn} of 38 " in opened.foot


@pytest.mark.parametrize(("environ", "is_bold"), [({"NO_COLOR": "1"}, True), ({"TERM": "xterm-256color"}, False)])
async def test_without_colours_trouble_is_bold(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], is_bold: bool
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    async with open_app() as opened:
        await opened.press("full_stop", "full_stop", "enter")
        strips = opened.screen._compositor.render_strips()
        said = [style for text, style, _ in strips[TROUBLE] if text.strip()]
        assert said
        assert all(style and bool(style.bold) is is_bold for style in said)


async def test_invalid_input_is_reported_without_a_request(open_app: Open) -> None:
    async with FaultServer.following(says(b"")) as server, open_app(base_url=server.base_url) as opened:
        for pasted in (
            "",
            "..",
            "https://api.pyai.com/v1/omni",
            "call#turn=x",
            "call#t=",
            "x" * 300,
            SPOKEN,
            "pyai_live_Zq4",
        ):
            await opened.paste(pasted)
            await opened.press("enter")
            assert " – " in opened.rows[TROUBLE]
            assert isinstance(opened.screen, PromptScreen)
            assert typed(opened) == pasted
            await opened.press("x")
            assert opened.rows[TROUBLE] == ""
            await opened.press("escape")
        assert server.requests == []


TWO_CALLS = "moved from call_demo_untimed to call_demo_booking#turn=14"


@pytest.mark.parametrize("named", ["pasted", "on the command line"])
async def test_of_two_calls_the_user_chooses(open_app: Open, named: str) -> None:
    async with open_app(typed=TWO_CALLS if named != "pasted" else "") as opened:
        if named == "pasted":
            await opened.paste(TWO_CALLS)
            await opened.press("enter")
        assert isinstance(opened.screen, PromptScreen)
        assert "2 calls are named there" in opened.rows[TROUBLE]
        assert [row.split()[0] for row in opened.rows if "call_demo" in row][-2:] == [
            "call_demo_untimed",
            "call_demo_booking",
        ]
        await opened.press("down", "down")
        assert typed(opened) == "call_demo_booking"
        await opened.press("up", "up")
        assert typed(opened) == TWO_CALLS
        await opened.press("down", "down", "enter")
        assert opened.head.startswith(" call_demo_booking ")
        assert " turn 14 of 38 " in opened.foot


async def test_typing_after_two_calls_ends_the_choice(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.paste(TWO_CALLS)
        await opened.press("enter", "x")
        assert opened.rows[TROUBLE] == ""
        assert "Sample calls: none has this" in opened.text
        await opened.press("ctrl+u")
        assert "call_demo_tools" in opened.text


async def test_the_calls_offered_are_those_that_fit_what_is_typed(open_app: Open) -> None:
    async with open_app() as opened:
        before = opened.rows
        await opened.press(*"DEMO_TOOL")
        assert [row.split()[0] for row in opened.rows if "call_demo" in row] == ["call_demo_tools"]
        await opened.press(*"zz")
        assert "Sample calls: none has this" in opened.text
        await opened.press("down")
        assert opened.only(SafeInput).value == "DEMO_TOOLzz"
        await opened.press("ctrl+u", *"demo_ booking", "down")
        assert opened.only(SafeInput).value.startswith("call_demo_")
        await opened.press("escape")
        assert opened.rows == before


@pytest.mark.parametrize("named", ["pasted", "on the command line"])
async def test_an_address_of_another_host_is_asked_about(open_app: Open, named: str) -> None:
    address = "https://staging.example/v1/omni/calls/c1"
    async with FaultServer.following(says(answer(body([said("x")])))) as server:
        typed = address if named != "pasted" else ""
        async with open_app(typed=typed, base_url=server.base_url, host="api.pyai.com", size=(120, 24)) as opened:
            if named == "pasted":
                await opened.paste(address)
                await opened.press("enter")
            assert opened.rows[TROUBLE].strip() == (
                "this is an address of staging.example – Enter asks api.pyai.com for c1 all the same"
            )
            await opened.press("x", "backspace", "enter")  # what is typed anew is asked about anew
            assert "this is an address of staging.example" in opened.rows[TROUBLE]
            assert server.requests == []
            await opened.press("enter")
            assert opened.head.startswith(" c1 ")


async def test_a_choice_of_another_host_is_asked_about_as_well(open_app: Open) -> None:
    async with open_app(host="api.pyai.com", size=(120, 24)) as opened:
        await opened.paste("https://staging.example/v1/omni/calls/call_demo_booking call_demo_long call_id=x")
        await opened.press("enter", "down", "down", "enter")
        assert typed(opened) == "call_demo_booking"
        assert "this is an address of staging.example" in opened.rows[TROUBLE]


@pytest.mark.parametrize("path", ["~/typo", "./x", "x.json", "file:///home/nobody/x.json"])
async def test_a_missing_file_causes_no_request(open_app: Open, path: str) -> None:
    async with FaultServer.following(says(b"")) as server, open_app(base_url=server.base_url) as opened:
        await opened.paste(path)
        await opened.press("enter")
        assert opened.rows[TROUBLE].strip().startswith("no such file: ")
        assert isinstance(opened.screen, PromptScreen)
        assert server.requests == []


async def test_up_and_down_choose_an_offer_or_the_typed_text(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("c", "down")
        assert typed(opened) == "call_demo_trouble"
        assert any(row.strip().startswith("▌ call_demo_trouble") for row in opened.rows)
        await opened.press("down", "up", "up")
        assert typed(opened) == "c"
        assert "▌" not in opened.text
        await opened.press(*["down"] * 12, "enter")
        assert opened.head.startswith(" call_demo_failed")


async def test_the_chosen_offer_is_in_sight_on_a_small_screen(open_app: Open) -> None:
    async with open_app(size=(60, 10)) as opened:
        assert "call_demo_hebrew" not in opened.text
        await opened.press(*["down"] * 7)
        assert "▌ call_demo_hebrew" in opened.text


async def test_typing_leaves_the_offer(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("down", "x")
        assert typed(opened) == "call_demo_troublex"
        assert "▌" not in opened.text
        await opened.press("up")
        assert typed(opened) == "call_demo_troublex"


async def test_without_offers_up_and_down_do_nothing(open_app: Open) -> None:
    offers = offering()
    async with open_app(offers=offers) as opened:
        await opened.press("c", "down", "up")
        assert typed(opened) == "c"
        assert "↑" not in opened.foot


async def test_all_keys_of_the_prompt_have_room_in_80_columns(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("o")
        for words in ("↑↓ Enter open", "ctrl+o calls", "ctrl+f search", "Esc back", "F1 help", "ctrl+c quit"):
            assert words in opened.foot


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


async def test_an_end_marker_within_a_paste_is_data(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.paste("\ncall\x1b[201~q\x1b]0;x\x07\r")
        assert isinstance(opened.screen, PromptScreen)
        assert typed(opened) == "call␛q␛"
        assert "\x1b" not in opened.text
        await opened.press("enter")
        assert "There is no call “call␛q␛”" in opened.text


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
    offers = offering(Offer(hostile, "about it"))
    async with open_app(offers=offers, size=(100, 24)) as opened:
        assert "[red]x[/x]␛[@click=app.quit…  about it" in opened.text
        await opened.press("down")
        assert "\x1b" not in opened.text


async def test_a_click_chooses_an_offer_and_another_opens_it(open_app: Open) -> None:
    async with open_app() as opened:
        row = next(at for at, text in enumerate(opened.rows) if SAMPLES[2].call_id in text)
        await opened.pilot.click(offset=(10, row))
        await opened.settle()
        assert typed(opened) == SAMPLES[2].call_id
        assert opened.rows[row].startswith(" ▌")
        await opened.pilot.click(offset=(10, row))
        await opened.settle()
        assert SAMPLES[2].call_id in opened.head


async def test_a_click_on_an_offer_that_has_scrolled_chooses_it(open_app: Open) -> None:
    async with open_app(size=(80, 12)) as opened:
        await opened.press(*["down"] * 8)
        await opened.pilot.click(offset=(10, 8))
        await opened.settle()
        assert typed(opened) in opened.rows[8]
        assert typed(opened) != SAMPLES[0].call_id


async def test_the_wheel_goes_through_the_offers(open_app: Open) -> None:
    async with open_app() as opened:
        opened.only(CallPicker).post_message(CallPicker.Wheeled(3))
        await opened.settle()
        assert typed(opened) == SAMPLES[2].call_id
        opened.only(CallPicker).post_message(CallPicker.Wheeled(-3))
        await opened.settle()
        assert typed(opened) == ""


@pytest.mark.parametrize("target", [None, "call_demo_booking"])
async def test_a_drag_selects_nothing_that_ctrl_c_would_not_copy(open_app: Open, target: str | None) -> None:
    async with open_app(target) as opened:
        pilot = opened.pilot
        await pilot.mouse_down(offset=(4, 7))
        await pilot.hover(offset=(14, 8))
        await pilot.mouse_up(offset=(14, 8))
        await opened.settle()
        assert not opened.screen.selections


KEYS = {"somebody": "pyai_live_of_somebody", "stranger": "pyai_live_of_a_stranger"}


def archive(path: Path, whose: str = "somebody", url: str = "https://api.pyai.com") -> Archive:
    """Keeps calls for one of two people, of whom the API tells nothing."""

    async def nobody() -> Identity:
        raise UnreachableError("gone")

    return Archive(Connection(url, environ={"PYAI_API_KEY": KEYS[whose]}), nobody, lambda: NOW_MS, Library(path))


CLOCK = Clock(UTC, lambda: NOW_MS)


async def test_recent_calls_are_offered_with_their_facts(tmp_path: Path) -> None:
    kept, offers = archive(tmp_path / "library.db"), recent_offers(archive(tmp_path / "library.db").recent, CLOCK)
    assert list(await offers.list()) == []
    await kept.keep(Transcript("c1", plain="legacy", source=b"1"), None)
    kept._now_ms = lambda: NOW_MS + 1
    record = Call("c2", label="[red]\x1b[2Jx", started_at_ms=NOW_MS)
    await kept.keep(Transcript("c2", [Turn(0, "user", "x")], source=b"2"), record)
    assert [offer.call_id for offer in await offers.list()] == ["c2", "c1"]
    assert [offer.about.split() for offer in await offers.list()] == [
        ["12", "Nov", "16:13", "1", "turn", "[red]␛x"],
        ["plain", "text"],
    ]


async def test_another_account_is_offered_nothing_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    await archive(path).keep(Transcript("c1", plain="secret", source=b"1"), Call("c1", label="secret label"))
    strangers = archive(path, "stranger"), archive(path, url="https://elsewhere.example")
    assert [await recent_offers(stranger.recent, CLOCK).list() for stranger in strangers] == [[], []]
    assert len(await recent_offers(archive(path).recent, CLOCK).list()) == 1


@pytest.mark.parametrize("spoilt", ["no library", "newer", "no key", "no key, nothing is kept", "nothing is kept"])
async def test_where_nothing_can_be_looked_up_nothing_is_offered(open_app: Open, tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "library.db"
    await archive(path).keep(Transcript("c1", plain="x", source=b"1"), None)
    if spoilt == "no library":
        await asyncio.to_thread(path.write_bytes, b"no library" * 500)
    elif spoilt == "newer":
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA user_version = 99")
    keyless = Archive(Connection("https://api.pyai.com", environ={}), None, lambda: 0, Library(path))
    access = [Connection("https://api.pyai.com", environ=environ) for environ in ({"PYAI_API_KEY": "k" * 40}, {})]
    nothing_kept, neither = (OmniCallSource(partial(each.connect, ExitStack())) for each in access)
    recents = {
        "no key": keyless.recent,
        "no key, nothing is kept": neither.recent,
        "nothing is kept": nothing_kept.recent,
    }
    async with open_app(offers=recent_offers(recents.get(spoilt, archive(path).recent), CLOCK)) as opened:
        assert ("there is no API key" if "no key" in spoilt else "no recent calls") in opened.text
        assert "Recent calls" not in opened.text
        assert "c1" not in opened.text
        await opened.press("down", "c", "2")
        assert typed(opened) == "c2"


@pytest.mark.parametrize(("longest", "column"), [(6, 11), (28, 33), (60, 33)])
async def test_descriptions_begin_behind_the_longest_id(open_app: Open, longest: int, column: int) -> None:
    async with open_app(offers=offering(Offer("c1", "about it"), Offer("c" * longest, "and this"))) as opened:
        await opened.until(lambda: "and this" in opened.text)
        assert {row.find(what) for row in opened.rows for what in ("about it", "and this")} == {-1, column}


async def test_a_call_that_was_opened_is_offered_next(open_app: Open, tmp_path: Path) -> None:
    kept = archive(tmp_path / "library.db")
    async with open_app("call_demo_untimed", offers=recent_offers(kept.recent, CLOCK), archive=kept) as opened:
        while not await kept.recent():  # the archive alone does not wait for what is about to be stored
            await opened.pilot.pause(0.01)
        await opened.press("o")
        await opened.until(lambda: "call_demo_untimed" in opened.text)
        row = next(row for row in opened.rows if "call_demo_untimed" in row)
        assert "turns" in row
        assert "Recent calls" in opened.text


@pytest.mark.parametrize("target", ["-", "a file"])
async def test_files_and_standard_input_are_offered_nowhere(open_app: Open, tmp_path: Path, target: str) -> None:
    kept = archive(tmp_path / "state" / "library.db")
    saved = tmp_path / "saved.json"
    saved.write_bytes(body([said("from a file")], call_id="call_saved"))
    named = str(saved) if target == "a file" else target
    offers = recent_offers(kept.recent, CLOCK)
    async with open_app(named, stdin=saved.read_bytes(), offers=offers, archive=kept, size=(120, 24)) as opened:
        assert "from a file" in opened.text
        await opened.press("o")
        assert "no recent calls" in opened.text
        assert "call_saved" not in opened.text
    assert not await asyncio.to_thread((tmp_path / "state").exists)


async def test_a_disk_that_is_slow_holds_nothing_up(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer, connect = threading.Event(), threading.Event(), sqlite3.connect
    kept = archive(tmp_path / "library.db")
    await kept.keep(Transcript("call_late", plain="x", source=b"1"), None)

    def connect_late(*arguments: Any, **named: Any) -> Any:
        asked.set()
        assert may_answer.wait(PATIENCE_S)
        return connect(*arguments, **named)

    monkeypatch.setattr(sqlite3, "connect", connect_late)
    try:
        async with open_app(offers=recent_offers(kept.recent, CLOCK), settled=False) as opened:
            await opened.until(asked.is_set)
            begun = time.monotonic()
            await opened.pilot.press("c", "1")
            assert time.monotonic() - begun < 1
            assert typed(opened) == "c1"
            begun = time.monotonic()
            await opened.pilot.press("down", "escape")
            await opened.until(lambda: typed(opened) == "")
            assert time.monotonic() - begun < 1
            may_answer.set()
            await opened.until(lambda: "call_late" in opened.text)
            await opened.press("down")
            assert typed(opened) == "call_late"
    finally:
        may_answer.set()


async def test_an_offer_chosen_at_once_is_waited_for(open_app: Open) -> None:
    async with open_app(settled=False) as opened:
        await opened.press("down", "down")
        assert typed(opened) == SAMPLES[1].call_id


async def test_a_missing_key_is_said_before_the_first_try(open_app: Open, tmp_path: Path) -> None:
    keyless = Archive(Connection("https://api.pyai.com", environ={}), None, lambda: 0, Library(tmp_path / "library.db"))
    async with open_app(offers=recent_offers(keyless.recent, CLOCK)) as opened:
        assert "there is no API key – set PYAI_API_KEY, or run omni-transcripts auth login" in opened.text
        assert "without an account: omni-transcripts --demo opens sample calls" in opened.text
        await opened.press("c")
        assert "there is no API key" in opened.text


async def test_a_part_of_the_only_recent_id_that_fits_is_no_dead_end(open_app: Open) -> None:
    offers = offering(Offer("call_demo_trouble", "12 Nov"), Offer("call_demo_tools", "11 Nov"))
    async with open_app(offers=offers, size=(120, 24)) as opened:
        await opened.press(*"trou", "enter")
        assert "There is no call" in opened.text
        assert "did you mean call_demo_trouble?" in opened.text
        await opened.press("o", "ctrl+u", *"demo", "enter")
        assert "did you mean" not in opened.text
