"""The list of the account's calls, by keystroke."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import PATIENCE_S, Open, Opened
from tests.canary import Answer, answering, canary, caught_in_text, shown, told
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.screens.calls import CallsScreen
from tui.sources.archive import Archive
from tui.sources.connection import Connection
from tui.store.library import Library
from tui.widgets.call_table import CallTable

MANY = 250
"""More than two pages; with the samples there are 11 more."""


@pytest.fixture
def many() -> Iterator[DemoServer]:
    with DemoServer(many=MANY) as server:
        yield server


def chosen(opened: Opened) -> str:
    """The row of the chosen call."""
    (row,) = [row for row in opened.rows if row.startswith("▌")]
    return row


async def test_the_prompt_leads_to_the_list_and_escape_back(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("ctrl+o")
        assert "call_demo_trouble" in chosen(opened)
        assert "11 loaded" not in opened.foot
        assert "1 of 11   all" in opened.foot
        await opened.press("escape")
        assert "omni-transcripts" in opened.text


async def test_a_call_leads_to_the_list_and_back(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("O")
        assert isinstance(opened.screen, CallsScreen)
        await opened.press("escape")
        assert "call_demo_booking" in opened.head
        assert opened.foot.endswith("q quit")
        await opened.press("O", "enter")
        assert opened.foot.endswith("q back")


async def test_enter_opens_and_back_comes_to_the_same_place(open_app: Open, many: DemoServer) -> None:
    async with open_app(base_url=many.base_url) as opened:
        await opened.press("ctrl+o", *["down"] * 40)
        before = opened.rows[1:]
        name = chosen(opened).split()[-1]
        await opened.press("enter")
        assert name in opened.head
        await opened.press("q")
        assert opened.rows[1:] == before


async def test_calls_are_loaded_before_the_user_is_at_the_end(open_app: Open, many: DemoServer) -> None:
    async with open_app(base_url=many.base_url) as opened:
        await opened.press("ctrl+o")
        assert many.requests == 1
        await opened.press(*["down"] * 60)
        assert many.requests == 1
        await opened.press(*["down"] * 25)
        assert many.requests == 2
        assert "86 of 200" in opened.foot
        await opened.press(*["ctrl+end"] * 4)
        assert (many.requests, "261 of 261   all" in opened.foot) == (3, True)


async def test_5000_calls_scroll_to_their_end_with_50_requests(open_app: Open) -> None:
    with DemoServer(many=4_989) as server:
        async with open_app(base_url=server.base_url, size=(120, 36)) as opened:
            await opened.press("ctrl+o")
            for _ in range(20):
                await opened.press(*["pagedown"] * 9)
            assert "5,000 of 5,000   all" in opened.foot
            assert "call_many_000001" in opened.text
            assert server.requests == 50


async def test_only_the_rows_on_the_screen_are_drawn(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, draw = list[int](), CallTable._draw

    def noted(table: CallTable, *rest: Any) -> Any:
        drawn.append(rest[-1])
        return draw(table, *rest)

    monkeypatch.setattr(CallTable, "_draw", noted)
    with DemoServer(many=90) as server:
        async with open_app(base_url=server.base_url) as opened:
            await opened.press("ctrl+o")
            assert set(drawn) == set(range(opened.only(CallTable).page))
            drawn.clear()
            await opened.press("down")
            assert set(drawn) == {0, 1}


async def test_what_is_typed_filters_what_is_loaded(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("ctrl+o", *"FAILED")
        assert "call_demo_failed" in chosen(opened)
        assert "1 of 1   1 of all 11" in opened.foot
        await opened.press(*" nothing")
        assert "none of the 11 calls loaded has this" in opened.text
        assert " 0 of all 11" in opened.foot
        await opened.press("escape")
        assert "5 of 11" in opened.foot
        await opened.press("escape")
        assert "omni-transcripts" in opened.text


async def test_with_a_filter_the_end_loads_one_more_page(open_app: Open, many: DemoServer) -> None:
    async with open_app(base_url=many.base_url) as opened:
        await opened.press("ctrl+o", *"many_000100")
        assert (many.requests, "none of the 100" in opened.text) == (1, True)
        await opened.press("down")
        assert (many.requests, "call_many_000100" in chosen(opened)) == (2, True)


async def test_tab_asks_the_server_for_the_label_of_the_call(open_app: Open, many: DemoServer) -> None:
    async with open_app(base_url=many.base_url) as opened:
        await opened.press("ctrl+o", *"pizza")
        await opened.press("tab")
        assert opened.head.startswith("  Calls of pizza-orders")
        assert many.requests == 2
        labels = {listed.call.label for listed in calls(opened)._browser.shown}
        assert labels == {"pizza-orders"}
        await opened.press("tab")
        assert many.requests == 2
        assert "call_demo_trouble" in opened.text


async def test_a_typed_label_that_no_loaded_call_has_is_asked_for(open_app: Open) -> None:
    with DemoServer(many=110) as server:
        async with open_app(base_url=server.base_url) as opened:
            await opened.press("ctrl+o", *"label:pizza-orders", "tab")
            assert "Calls of pizza-orders" in opened.head
            await opened.press("tab", *"label:nobodys", "enter")
            assert "there are no calls with this label" in opened.text
            await opened.press("tab")
            assert "call_demo_trouble" in opened.text


async def test_tab_without_a_call_says_how_the_server_is_asked_for_a_label(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("ctrl+o", *"nobodys", "tab")
        assert "no call fits – label: before a label asks the server" in opened.foot


def calls(opened: Opened) -> CallsScreen:
    assert isinstance(opened.screen, CallsScreen)
    return opened.screen


async def test_parentheses_go_through_the_list(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("ctrl+o", "down", "enter", "right_parenthesis")
        assert "call_demo_late" in opened.head
        await opened.press("left_parenthesis", "left_parenthesis")
        assert "call_demo_trouble" in opened.head
        await opened.press("left_parenthesis")
        assert "this is the first call of the list" in opened.foot
        await opened.press("q")
        assert "call_demo_trouble" in chosen(opened)
        await opened.press("escape")
        assert len(opened.app.screen_stack) == 1


async def test_beyond_the_last_loaded_call_more_is_loaded(open_app: Open) -> None:
    with DemoServer(many=100) as server:
        async with open_app(base_url=server.base_url, size=(80, 50)) as opened:
            await opened.press("ctrl+o")
            browser = calls(opened)._browser
            browser.chosen = 99
            await opened.press("enter", "right_parenthesis")
            assert len(browser.loaded) == 111
            assert browser.shown[100].call.call_id in opened.head
            browser.chosen = 110
            await opened.press("right_parenthesis")
            assert "this is the last call of the list" in opened.foot


async def test_without_a_list_parentheses_tell_how_to_get_one(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("right_parenthesis")
        assert ") and ( go through the list of calls: O opens it" in opened.foot


async def test_the_list_above_a_call_of_the_list_is_the_same(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("ctrl+o", "down", "enter", "O")
        assert "call_demo_booking" in chosen(opened)
        assert len(opened.app.screen_stack) == 2


class Faulty:
    """A list whose second page fails as often as told.

    Attributes:
        failures: How often it still fails.
        asked: How many pages were asked for.
    """

    def __init__(self, failures: int) -> None:
        self.failures, self.asked = failures, 0

    def __call__(self, path: str) -> Answer:
        self.asked += 1
        page = {"data": [{"call_id": f"c{number}", "session_label": "x"} for number in range(50)]}
        if "cursor=" not in path:
            return told(page | {"has_more": True, "next_cursor": "2"})
        self.failures -= 1
        if self.failures >= 0:
            return told({}, 403)
        return told({"data": [{"call_id": "c50"}], "has_more": False})


async def test_after_an_error_the_end_tries_again_from_there(open_app: Open) -> None:
    faulty = Faulty(failures=1)
    with answering(faulty) as url:
        async with open_app(base_url=url) as opened:
            await opened.press("ctrl+o", "ctrl+end")
            assert "ctrl+End tries again: the key may not read calls (403)" in opened.words
            assert "c49" in chosen(opened)
            await opened.press("up", "down")
            assert faulty.asked == 2
            await opened.press("ctrl+end")
            await opened.press("ctrl+end")
            assert "c50" in opened.text
            assert faulty.asked == 3


async def test_an_error_of_the_first_page_is_told_with_a_way_out(open_app: Open) -> None:
    async with open_app(has_key=False) as opened:
        await opened.press("ctrl+o")
        assert "there is no API key" in opened.text
        assert "ctrl+r tries again" in opened.text


async def test_the_list_is_fetched_again_on_request(open_app: Open, many: DemoServer) -> None:
    async with open_app(base_url=many.base_url) as opened:
        await opened.press("ctrl+o", *["down"] * 5, "ctrl+r")
        assert (many.requests, "6 of 100" in opened.foot) == (2, True)


def page_of(*records: dict[str, Any], **more: Any) -> Callable[[str], Answer]:
    return lambda _: told({"data": list(records), "has_more": False} | more)


async def test_a_list_that_ends_early_says_why(open_app: Open) -> None:
    with answering(page_of({"call_id": "c1"}, has_more=True)) as url:
        async with open_app(base_url=url, size=(120, 24)) as opened:
            await opened.press("ctrl+o")
            assert "the server has more calls, but does not say where" in opened.foot


async def test_a_call_without_an_id_cannot_be_opened(open_app: Open) -> None:
    with answering(page_of({"session_label": "x"})) as url:
        async with open_app(base_url=url, size=(120, 24)) as opened:
            await opened.press("ctrl+o", "enter")
            assert "sent no id" in opened.foot
            assert isinstance(opened.screen, CallsScreen)


async def test_an_account_without_calls_says_so(open_app: Open) -> None:
    with answering(page_of()) as url:
        async with open_app(base_url=url) as opened:
            await opened.press("ctrl+o", "down", "up", "enter", "tab")
            assert "the account has no calls yet" in opened.text


async def test_what_the_server_sends_is_safe(open_app: Open) -> None:
    record = {name: canary(name) for name in ("call_id", "session_label", "status", "error")}
    with answering(page_of(record)) as url:
        async with open_app(base_url=url, size=(200, 24)) as opened:
            await opened.press("ctrl+o")
            assert shown("error")[:12] in opened.text
            assert caught_in_text(opened.text) == []
            await opened.press("tab")
            assert caught_in_text(opened.text) == []


async def test_calls_that_were_opened_tell_their_moments(open_app: Open, demo: DemoServer, tmp_path: Path) -> None:
    connection = Connection(demo.base_url, environ={"PYAI_API_KEY": DEMO_KEY})
    archive = Archive(connection, None, lambda: 1, Library(tmp_path / "library.db"))
    async with open_app(archive=archive, size=(120, 36)) as opened:
        await opened.press("ctrl+o")
        assert "moments" not in opened.text
        await opened.press("enter")
        await opened.press("right_parenthesis")
        await opened.press("q")
        await opened.until(lambda: sum("moments" in row for row in opened.rows) == 2)
        assert "moments" in chosen(opened)


async def test_a_click_chooses_and_opens(open_app: Open) -> None:
    async with open_app() as opened:
        await opened.press("ctrl+o")
        await opened.pilot.click(CallTable, offset=(10, 3))
        await opened.settle()
        assert "call_demo_late" in chosen(opened)
        await opened.pilot.click(CallTable, offset=(10, 3))
        await opened.settle()
        assert "call_demo_late" in opened.head


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (80, 24), (200, 50)])
async def test_the_chosen_call_stays_on_the_screen(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(size=size) as opened:
        await opened.press("ctrl+o", *["down"] * 9)
        assert chosen(opened)
        await opened.pilot.resize_terminal(30, 7)
        await opened.settle()
        assert chosen(opened)


@asynccontextmanager
async def slow_list(open_app: Open, *, status: int = 200) -> AsyncIterator[tuple[Opened, threading.Event, list[str]]]:
    """The list while its first page is awaited, what lets it come, and the paths that were asked for."""
    may_come, asked = threading.Event(), list[str]()

    def late(path: str) -> Answer:
        asked.append(path)
        assert may_come.wait(PATIENCE_S)
        data = [{"call_id": f"c{number}", "session_label": "x"} for number in range(5)]
        return told({"data": data, "has_more": False}, status)

    with answering(late) as url:
        try:
            async with open_app(base_url=url, settled=False, size=(120, 24)) as opened:
                await opened.pilot.press("ctrl+o")
                await opened.until(lambda: "fetching the list" in opened.text)
                yield opened, may_come, asked
        finally:
            may_come.set()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys do not wait for the first page."""
    monkeypatch.setattr("tui.screens.calls_loading._FIRST_PAGE_S", 0.001)


WAITS = "the list is still being fetched, and keys wait for it"


@pytest.mark.usefixtures("impatient")
async def test_enter_before_the_first_page_opens_what_the_filter_chooses(open_app: Open) -> None:
    async with slow_list(open_app) as (opened, may_come, asked):
        await opened.pilot.press("enter")
        await opened.until(lambda: WAITS in opened.foot)
        await opened.pilot.press("c", "3")
        assert WAITS in opened.foot
        may_come.set()
        await opened.until(lambda: any("/c3" in path for path in asked))


@pytest.mark.usefixtures("impatient")
async def test_keys_before_the_first_page_act_in_their_order(open_app: Open) -> None:
    async with slow_list(open_app) as (opened, may_come, asked):
        await opened.pilot.press("down", "down", "enter")
        may_come.set()
        await opened.until(lambda: any("/c2" in path for path in asked))


@pytest.mark.usefixtures("impatient")
async def test_tab_before_the_first_page_waits_for_a_label(open_app: Open) -> None:
    async with slow_list(open_app) as (opened, may_come, _):
        await opened.pilot.press("tab")
        await opened.until(lambda: WAITS in opened.foot)
        may_come.set()
        await opened.until(lambda: "Calls of x" in opened.head)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("keys", [("c", "enter", "escape"), ("enter", "f1", "escape"), ("enter", "ctrl+r")])
async def test_a_waiting_enter_can_be_taken_back(open_app: Open, keys: tuple[str, ...]) -> None:
    async with slow_list(open_app) as (opened, may_come, _):
        await opened.pilot.press(*keys)
        await opened.until(lambda: isinstance(opened.screen, CallsScreen) and WAITS not in opened.foot)
        may_come.set()
        await opened.until(lambda: "1 of 5   all" in opened.foot)


@pytest.mark.usefixtures("impatient")
async def test_an_error_drops_the_keys_that_waited(open_app: Open) -> None:
    async with slow_list(open_app, status=403) as (opened, may_come, _):
        await opened.pilot.press("enter")
        await opened.until(lambda: WAITS in opened.foot)
        may_come.set()
        await opened.until(lambda: "the key may not read calls (403)" in opened.text)
        assert WAITS not in opened.text


@pytest.mark.parametrize(("key", "opened_next"), [("right_parenthesis", "c3"), ("left_parenthesis", "c1")])
async def test_a_list_that_comes_again_keeps_the_place_of_the_open_call(
    open_app: Open, key: str, opened_next: str
) -> None:
    lists, may_come = [["c1", "c2", "c3"], ["new", "c1", "c2", "c3"]], threading.Event()

    def answer(path: str) -> Answer:
        if not path.startswith("/v1/omni/calls?"):
            return told({"transcript": {"turns": [{"role": "user", "text": path.split("/")[4]}]}})
        if len(lists) == 1:
            may_come.wait(PATIENCE_S)
        return told({"data": [{"call_id": name} for name in lists.pop(0)]})

    with answering(answer) as url:
        async with open_app(base_url=url, size=(120, 24)) as opened:
            await opened.press("ctrl+o", "down")
            await opened.pilot.press("ctrl+r", "enter")
            await opened.until(lambda: opened.head.startswith(" c2"))
            may_come.set()
            await opened.until(lambda: not lists)
            await opened.settle()
            await opened.press(key)
            assert opened.head.startswith(f" {opened_next}")
            await opened.press("q")
            assert opened_next in chosen(opened)


async def test_a_call_beyond_the_first_page_keeps_its_neighbours_while_the_list_comes_again(
    open_app: Open, many: DemoServer
) -> None:
    async with open_app(base_url=many.base_url, size=(120, 36)) as opened:
        await opened.press("ctrl+o", *["pagedown"] * 5)
        number = int(opened.foot.split(" of ")[0].split()[-1])
        names = [row.split("call_many_")[1][:6] for row in opened.rows if "call_many_" in row]
        at = next(index for index, row in enumerate(opened.rows) if row.startswith("▌"))
        own = opened.rows[at].split("call_many_")[1][:6]
        following = names[names.index(own) - 1]
        assert number > 100
        await opened.pilot.press("ctrl+r", "enter")
        await opened.until(lambda: f"call_many_{own}" in opened.head)
        await opened.settle()
        await opened.press("left_parenthesis")
        assert f"call_many_{following}" in opened.head


async def test_a_failed_new_fetch_keeps_the_calls(open_app: Open) -> None:
    asked = list[str]()

    def answer(path: str) -> Answer:
        asked.append(path)
        names = ["c9", "c1"] if len(asked) > 2 else ["c1", "c2"]
        return told({"data": [{"call_id": name} for name in names]}, 403 if len(asked) == 2 else 200)

    with answering(answer) as url:
        async with open_app(base_url=url, size=(120, 24)) as opened:
            await opened.press("ctrl+o", "down", "ctrl+r")
            assert "c2" in chosen(opened)
            assert "ctrl+r tries again: the key may not read calls (403)" in opened.words
            await opened.press("ctrl+r")
            assert "c1" in chosen(opened)  # in the place of the one that is gone
            assert "c9" in opened.text
            assert "tries again" not in opened.foot
            assert len(asked) == 3


async def test_without_calls_the_foot_offers_what_can_be_done(open_app: Open) -> None:
    async with open_app(has_key=False) as opened:
        await opened.press("ctrl+o")
        assert "ctrl+r list again  Esc back  F1 help" in opened.foot
        assert not any(word in opened.foot for word in ("below", "open", "label"))


async def test_the_foot_says_what_esc_does_to_a_filter(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("O", *"card")
        assert "Esc clear" in opened.foot
        await opened.press("escape")
        assert "Esc back" in opened.foot
