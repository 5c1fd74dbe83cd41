"""The palette over the lists: it offers what can be done there, and does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from tests.app.conftest import Open, Opened
from tests.canary import answering, told
from tui.screens.palette import Palette
from tui.sources.demo_library import demo_archive

STEPS = ["next", "previous", "page down", "page up", "first", "last"]
TERMINAL = ["help", "redraw", "mouse", "stop", "quit"]
CALLS = ["open", "one label", "list again", *STEPS, "search all", "back", *TERMINAL]


def offered(opened: Opened) -> list[str]:
    """The labels in the palette, a line each."""
    rows = opened.rows[1 : opened.rows.index("─" * 80)]
    return [row[1:].split("  ")[0] for row in rows]


async def choose(opened: Opened, name: str) -> None:
    """Find an action in the palette, and run it."""
    await opened.press("ctrl+p")
    await opened.paste(name)
    await opened.until(lambda: offered(opened)[:1] == [name])
    await opened.press("enter")
    await opened.until(lambda: not isinstance(opened.screen, Palette))
    await opened.settle()


@pytest.fixture
def resources() -> Iterator[ExitStack]:
    with ExitStack() as resources:
        yield resources


async def test_the_palette_offers_what_the_list_of_calls_can_do(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await opened.press("ctrl+o")
        await opened.until(lambda: "1 of 11" in opened.foot)
        await opened.press("ctrl+p")
        assert offered(opened) == CALLS


async def test_the_palette_asks_for_one_label_and_for_all_again(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await opened.press("ctrl+o")
        await choose(opened, "one label")
        assert "Calls of rebooking-line" in opened.head
        await choose(opened, "all labels")
        assert "rebooking-line" not in opened.head


async def test_the_palette_opens_a_call_lists_again_and_goes_back(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await opened.press("ctrl+o", "down")
        await choose(opened, "list again")
        assert "2 of 11" in opened.foot
        await choose(opened, "next")
        assert "3 of 11" in opened.foot
        await choose(opened, "open")
        assert type(opened.screen).__name__ == "TranscriptScreen"
        await opened.press("q")
        await choose(opened, "back")
        assert type(opened.screen).__name__ == "PromptScreen"


async def test_the_palette_leaves_out_what_no_call_of_the_list_can_do(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await opened.press("ctrl+o", *"zzz", "ctrl+p")
        assert offered(opened) == ["list again", "search all", "clear", *TERMINAL]
        assert "one label" not in opened.foot


async def test_a_call_without_a_label_offers_no_label(open_app: Open) -> None:
    with answering(lambda path: told({"data": [{"call_id": "c1"}], "has_more": False})) as url:
        async with open_app(base_url=url, size=(80, 40)) as opened:
            await opened.press("ctrl+o", "ctrl+p")
            assert offered(opened) == [name for name in CALLS if name != "one label"]
            await opened.press("escape", "tab")
            assert "this call has no label" in opened.foot


async def test_the_palette_offers_what_the_search_can_do(open_app: Open, resources: ExitStack) -> None:
    async with open_app(size=(80, 40)) as opened:
        opened.app._source.make_searchable = partial(demo_archive, resources)  # type: ignore[attr-defined]  # of this source
        await opened.press("ctrl+f", "ctrl+p")
        assert offered(opened) == ["calls", "regular expression", "back", *TERMINAL]
        await opened.press("escape", *"refund")
        await opened.until(lambda: "hits in" in opened.text)
        await opened.press("ctrl+p")
        assert offered(opened) == ["open", *STEPS, "calls", "regular expression", "back", *TERMINAL]
        await opened.press("escape")
        await choose(opened, "open")
        assert "/ refund  1/" in opened.foot
        await opened.press("q")
        await choose(opened, "regular expression")
        assert type(opened.screen).__name__ == "LibraryScreen"
        assert "Regex" in opened.head
        await choose(opened, "calls")
        assert type(opened.screen).__name__ == "CallsScreen"


async def test_the_keys_in_the_palette_stand_below_each_other(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await opened.press("ctrl+f", "ctrl+p")
        lines = [opened.rows[1 + offered(opened).index(name)] for name in ("calls", "regular expression", "help")]
        assert [line[21:].split()[0] for line in lines] == ["ctrl+o", "ctrl+r", "F1"]
        assert {line[20] for line in lines} == {" "}


async def test_the_palette_offers_only_actions_of_its_screen(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await opened.press("ctrl+p")
        assert offered(opened) == ["next", "previous", "calls", "search all", *TERMINAL]
        await opened.press(*"close", "enter", "escape")
        assert type(opened.screen).__name__ == "PromptScreen"


async def test_the_palette_of_the_prompt_opens_what_is_typed(open_app: Open) -> None:
    async with open_app(size=(80, 40)) as opened:
        await choose(opened, "next")
        await opened.press("ctrl+p")
        assert offered(opened) == ["open", "next", "previous", "calls", "search all", "clear", *TERMINAL]
        await opened.press("escape")
        await choose(opened, "open")
        assert "call_demo_trouble" in opened.head


async def test_the_palette_over_a_call_names_the_way_back_as_the_foot_does(open_app: Open) -> None:
    async with open_app(size=(80, 60)) as opened:
        await opened.press("ctrl+o", "enter")
        assert "q back" in opened.foot
        await opened.press("ctrl+p")
        assert offered(opened)[-2:] == ["back", "quit"]
    async with open_app("call_demo_booking", size=(80, 60)) as opened:
        assert "q quit" in opened.foot
        await opened.press("ctrl+p")
        assert offered(opened)[-2:] == ["quit", "quit"]


@pytest.mark.parametrize("call_id", ["call_unknown", "call_demo_failed"])
async def test_without_a_transcript_the_palette_offers_nothing_of_turns(open_app: Open, call_id: str) -> None:
    async with open_app(call_id, size=(80, 60)) as opened:
        await opened.press("ctrl+p")
        waits = ["wait for it"] if call_id == "call_unknown" else []
        of_call = ["details", "open", "calls", "fetch again", *waits]
        assert offered(opened) == [*of_call, "search all", "close", *TERMINAL[:-1], "quit", "quit"]


async def test_of_a_plain_text_the_palette_offers_nothing_that_needs_turns(open_app: Open) -> None:
    needing = {"next of role", "previous of role", "next moment", "previous moment", "next mark", "unfold"}
    needing |= {"unfold all", "insights", "next hit", "previous hit", "only hits", "next call", "previous call"}
    async with open_app("call_demo_legacy", size=(80, 60)) as opened:
        await opened.press("ctrl+p")
        assert needing.isdisjoint(offered(opened))
        assert {"next", "mark", "find", "export", "copy all"} <= {*offered(opened)}
        await opened.press("escape", "i")
        assert "a plain text has no turns, and so no insights" in opened.foot


async def test_the_palette_over_a_call_offers_what_has_become_possible(open_app: Open) -> None:
    late = {"next mark", "next hit", "previous hit", "only hits", "next call", "previous call"}
    always = {"next of role", "previous of role", "next moment", "previous moment", "unfold all", "insights"}
    async with open_app(size=(80, 60)) as opened:
        await opened.paste("call_demo_booking")
        await opened.press("enter", "ctrl+p")
        assert late.isdisjoint(offered(opened))
        assert always <= {*offered(opened)}
        await opened.press("escape", "q", "ctrl+o", "enter", "m", "slash", *"the", "enter", "ctrl+p")
        assert late <= {*offered(opened)}


async def test_the_palette_unfolds_what_the_turn_has_or_leaves_the_outline(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(80, 60)) as opened:
        await opened.press("ctrl+p")
        assert "unfold" not in offered(opened)
        await opened.press("escape", "L", "ctrl+p")
        assert "unfold" in offered(opened)


async def test_no_line_of_the_palette_is_cut_at_80_columns(open_app: Open) -> None:
    async with open_app("call_demo_trouble", size=(80, 70)) as opened:
        await opened.press("ctrl+p")
        assert len(offered(opened)) > 30
        assert "…" not in "\n".join(opened.rows[: opened.rows.index("─" * 80)])
