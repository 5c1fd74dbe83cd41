"""The paging of the account's calls: all of them once, whatever cursors come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.core.errors import OmniError, OutputError, UnreachableError
from tui.core.record import Call, CallPage
from tui.core.secret import SecretStr
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.sources import call_pager
from tui.sources.call_pager import CallPager
from tui.sources.calls import OmniCallSource


def page(ids: str, next_cursor: str | None = None, *, is_cut_off: bool = False) -> CallPage:
    return CallPage(tuple(map(Call, ids)), next_cursor, is_cut_off)


class Pages:
    """A list whose pages are looked up by cursor.

    Attributes:
        asked: The cursors asked for, in order.
        faults: Errors that the next requests raise.
    """

    def __init__(self, pages: Mapping[str | None, CallPage] | Callable[[str | None], CallPage]) -> None:
        self._page = pages if callable(pages) else pages.__getitem__
        self.asked: list[str | None] = []
        self.faults: list[OmniError] = []
        self.answers = asyncio.Event()
        self.answers.set()

    async def list_calls(self, cursor: str | None = None, *_: object, **__: object) -> CallPage:
        self.asked.append(cursor)
        await self.answers.wait()
        if self.faults:
            raise self.faults.pop()
        return self._page(cursor)


async def all_of(pager: CallPager) -> str:
    ids = ""
    while calls := await pager.next_calls():
        ids += "".join(call.call_id for call in calls)
    return ids


async def test_pages_follow_each_other_to_the_end() -> None:
    pages = Pages({None: page("ab", "2"), "2": page("cd", "3"), "3": page("e")})
    pager = CallPager(pages)
    assert await all_of(pager) == "abcde"
    assert await pager.next_calls() == []
    assert (pages.asked, pager.ended_early) == ([None, "2", "3"], "")


async def test_a_page_is_loaded_only_on_demand() -> None:
    pages = Pages({None: page("ab", "2"), "2": page("c")})
    pager = CallPager(pages)
    assert (pages.asked, pager.has_more) == ([], True)
    await pager.next_calls()
    assert (pages.asked, pager.has_more) == ([None], True)


async def test_a_call_that_comes_again_is_left_out() -> None:
    pages = Pages({None: page("aab", "2"), "2": page("bc", "3"), "3": page("ad")})
    assert await all_of(CallPager(pages)) == "abcd"


async def test_records_without_an_id_all_count() -> None:
    pager = CallPager(Pages({None: CallPage((Call(""), Call("a"), Call("")))}))
    assert [call.call_id for call in await pager.next_calls()] == ["", "a", ""]


@pytest.mark.parametrize(
    "pages",
    [
        {None: page("ab", "1"), "1": page("c", "1")},
        {None: page("ab", "1"), "1": page("c", "2"), "2": page("a", "1")},
    ],
)
async def test_a_repeated_cursor_ends_the_list_with_all_its_calls(pages: Mapping[str | None, CallPage]) -> None:
    pager = CallPager(Pages(pages))
    assert await all_of(pager) == "abc"
    assert "here already" in pager.ended_early


async def test_a_missing_cursor_is_said() -> None:
    pager = CallPager(Pages({None: page("ab", is_cut_off=True)}))
    assert await all_of(pager) == "ab"
    assert "does not say where" in pager.ended_early


async def test_a_page_with_nothing_new_is_passed_over() -> None:
    pages = Pages({None: page("ab", "2"), "2": page("ab", "3"), "3": page("", "4"), "4": page("c")})
    assert await all_of(CallPager(pages)) == "abc"


async def test_an_endless_chain_without_new_calls_ends() -> None:
    pages = Pages(lambda cursor: page("ab", f"{cursor}x"))
    pager = CallPager(pages)
    assert await all_of(pager) == "ab"
    assert len(pages.asked) == 21
    assert "nothing new" in pager.ended_early


async def test_an_endless_chain_of_new_calls_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_pager, "MAX_CALLS", 50)
    count = iter(range(10**9))
    pages = Pages(lambda _: CallPage((Call(f"{(n := next(count))}"),), f"{n}"))
    pager = CallPager(pages)
    assert len((await all_of(pager)).removeprefix("0123456789")) == 80
    assert (len(pages.asked), pager.ended_early) == (50, "the list ends after 50 calls here")


async def test_after_an_error_the_next_try_goes_on_from_there() -> None:
    pages = Pages({None: page("ab", "2"), "2": page("c")})
    pager = CallPager(pages)
    await pager.next_calls()
    pages.faults = [UnreachableError("gone")] * 2
    for _ in range(2):
        with pytest.raises(UnreachableError):
            await pager.next_calls()
        assert pager.has_more
    assert [call.call_id for call in await pager.next_calls()] == ["c"]
    assert pages.asked == [None, "2", "2", "2"]


async def test_a_cancelled_page_is_loaded_again() -> None:
    pages = Pages({None: page("ab", "2"), "2": page("c")})
    pager = CallPager(pages)
    await pager.next_calls()
    pages.answers.clear()
    task = asyncio.create_task(pager.next_calls())
    await asyncio.sleep(0)
    assert len(pages.asked) == 2
    task.cancel()
    await asyncio.wait([task])
    pages.answers.set()
    assert [call.call_id for call in await pager.next_calls()] == ["c"]


async def test_two_readers_at_once_get_no_call_twice() -> None:
    pages = Pages({None: page("ab", "2"), "2": page("c")})
    pager = CallPager(pages)
    first, second, third = await asyncio.gather(*(pager.next_calls() for _ in range(3)))
    assert [[call.call_id for call in calls] for calls in (first, second, third)] == [["a", "b"], ["c"], []]


async def test_the_demo_is_listed_in_pages_of_any_size() -> None:
    with DemoServer() as server:
        async with OmniClient(ApiSettings(server.base_url, SecretStr(DEMO_KEY))) as client:
            source = OmniCallSource(lambda: client)
            whole = await all_of(CallPager(source))
            assert await all_of(CallPager(source, page_calls=3)) == whole
            label = await CallPager(source, "support-line").next_calls()
            assert {call.label for call in label} == {"support-line"}


async def test_with_neither_network_nor_library_there_is_no_list() -> None:
    source = OmniCallSource(lambda: pytest.fail("asked"), offline=True)
    with pytest.raises(OutputError, match="nothing is kept on this machine"):
        await CallPager(source).next_calls()
