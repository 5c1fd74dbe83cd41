"""The timeline above the turns, by keystroke."""

from __future__ import annotations

import pytest

from tests.app.conftest import Open, body, said
from tests.app.test_find import find
from tui.widgets import call_timeline
from tui.widgets.call_timeline import CallTimeline

TURNS = [
    said(f"word{place} " + "more words " * 20, ("assistant", "user")[place % 2], place * 5_000, place * 5_000 + 4_900)
    for place in range(40)
]
CALLS = {"c1": body(TURNS), "c2": body([said("a"), said("b", "assistant")], "c2")}
LARGE = (120, 36)


def bracketed(row: str) -> tuple[int, int]:
    return row.index("["), row.index("]")


async def test_two_rows_tell_who_spoke_when_and_what_is_on_the_screen(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=LARGE) as opened:
        await opened.until(lambda: "[" in opened.rows[2])
        user, assistant = opened.rows[1:3]
        assert user.startswith(" user      ")
        assert assistant.startswith(" assistant [")
        assert not opened.rows[3].strip()
        for column in range(50, 100):
            assert not (user[column] == "▆" and assistant[column] == "▆")
        first = bracketed(assistant)
        await opened.press("space")
        left, right = bracketed(opened.rows[2])
        assert first[0] < left < right
        assert opened.rows[1] == user
        await opened.press("G")
        assert bracketed(opened.rows[2])[1] == 118


async def test_it_is_there_from_30_rows_on_where_there_are_times(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=(120, 29)) as opened:
        await opened.until(lambda: opened.screen.query_one(CallTimeline).has_class("-timed"))
        assert "assistant" not in opened.rows[2]
        await opened.pilot.resize_terminal(120, 30)
        await opened.until(lambda: "[" in opened.rows[2])
    async with open_app("c2", calls=CALLS, size=LARGE) as opened:
        await opened.until(lambda: "user" in opened.text)
        assert not opened.screen.query_one(CallTimeline).display


async def test_hits_are_marked_and_go_with_the_find(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=LARGE) as opened:
        timeline = opened.screen.query_one(CallTimeline)
        await opened.until(lambda: "[" in opened.rows[2])
        await find(opened, "word33")
        await opened.until(lambda: any(cells.kind.value == "hit" for cells in timeline.shown.user))
        assert all(cells.kind.value != "hit" for cells in timeline.shown.assistant)
        await opened.press("escape")
        assert all(cells.kind.value != "hit" for cells in timeline.shown.user)


async def test_a_terminal_without_blocks_gets_plain_characters(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    assert not call_timeline._has_blocks()
    async with open_app("c1", calls=CALLS, size=LARGE) as opened:
        await opened.until(lambda: "[" in opened.rows[2])
        assert set(opened.rows[1][11:]) <= set(" -=#")


async def test_its_place_is_kept_before_anything_is_known(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=LARGE) as opened:
        timeline = opened.screen.query_one(CallTimeline)
        timeline.renew()
        assert timeline.display
        assert opened.screen.focused is not timeline
