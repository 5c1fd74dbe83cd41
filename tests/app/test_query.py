"""Finding turns by role and by moment, as the user meets it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.app.conftest import Open, body, said
from tests.app.test_find import find, place
from tests.app.test_moments import CALLS, TURNS
from tui.core.call import CallFacts
from tui.core.find import RECORD_AWAITED
from tui.core.record import Call
from tui.core.timing import Timing
from tui.core.transcript import Turn
from tui.screens import analysis
from tui.screens.find_bar import FindBar
from tui.sources.calls import OmniCallSource

AWAITED = RECORD_AWAITED[:30]


@pytest.mark.parametrize(
    ("query", "turns"),
    [
        ("is:slow", [2]),
        ("is:silence", [5]),
        ("is:cut", [7, 8]),
        ("is:error", [6]),
        ("role:assistant", [2, 4, 7]),
        ("role:user -is:cut", [1, 3, 5]),
        ("role:tool", [6]),
    ],
)
async def test_n_goes_from_turn_to_turn_that_fulfils_the_conditions(
    open_app: Open, query: str, turns: list[int]
) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, query)
        await opened.press("enter")
        for number, turn in enumerate([*turns, turns[0]]):
            assert place(opened) == turn
            assert opened.foot.startswith(f" / {query}  {number % len(turns) + 1}/{len(turns)}")
            await opened.press("n")
        await opened.press("N")
        assert place(opened) == turns[0]


async def test_n_leaves_a_turn_reached_by_another_key(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "is:cut")
        await opened.press("enter", "g", *"jjjjjj")
        assert place(opened) == 7
        await opened.press("n")
        assert (place(opened), opened.foot.split()[2]) == (8, "2/2")


async def test_words_are_highlighted_in_turns_of_a_role_alone(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "role:assistant rome")
        assert opened.foot.endswith("1/2")
        assert place(opened) == 2
        await opened.press("down")
        assert place(opened) == 4
        strips = [segment for strip in opened.screen._compositor.render_strips()[2:-2] for segment in strip]
        assert [
            segment.text for segment in strips if segment.style and segment.style.bgcolor and segment.text == "Rome"
        ]


async def test_plain_words_stay_one_phrase(open_app: Open) -> None:
    async with open_app(
        "c1", calls={"c1": body([said("at 16:30 sharp"), said("note: this"), said("this note:")])}
    ) as opened:
        for pattern in ("16:30", "note: this", "at 16:30"):
            await find(opened, pattern)
            assert opened.foot.endswith("1/1")
            await opened.press("escape")


async def test_blanks_alone_are_neither_found_nor_filtered_by(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await opened.press("slash", "space")
        assert opened.foot.endswith("there are only blanks to find – type some words")
        await opened.press("ctrl+r")
        assert opened.foot.startswith(" / regex")
        assert "1/" in opened.foot
        await opened.press("ctrl+r", "enter", "ampersand")
        assert "there are only blanks to find – type some words" in opened.foot
        assert "Hello?" in opened.text


async def test_only_slow_answers_by_the_filter(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "is:slow")
        await opened.press("enter", "ampersand")
        assert opened.foot.startswith(" / is:slow  1/1 · 1 of 8 turns  ")
        assert "Let me look" in opened.text
        assert "Hello?" not in opened.text


async def test_an_unknown_name_is_reported_beside_it(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "is:sl")
        assert opened.foot.endswith("unknown is:sl – slow, silence, cut or error")
        assert opened.foot.startswith(" / is:sl")
        await opened.press("o", "w")
        assert opened.foot.endswith("1/1")
        assert place(opened) == 2


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("is:", "unknown is: – slow, silence, cut or error"),
        ("role:", "unknown role: – user, assistant, tool or system"),
        ("label:", 'no label: label: – as in label:test or label:"front desk"'),
    ],
)
async def test_a_condition_without_a_value_is_reported_as_an_unknown_one(open_app: Open, typed: str, why: str) -> None:
    async with open_app("c1", calls=CALLS, size=(120, 24)) as opened:
        await find(opened, typed)
        assert opened.foot.startswith(f" / {typed}")
        assert opened.foot.endswith(why)
        await opened.press("enter", "n")
        assert why in opened.foot


async def test_conditions_are_not_parsed_in_a_regular_expression(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body([said("a"), said("so it is:slow")])}) as opened:
        await find(opened, "is:slo.")
        assert "unknown" in opened.foot
        await opened.press("ctrl+r")
        assert opened.foot.endswith("1/1")
        assert place(opened) == 2


async def test_moments_that_come_later_are_found_when_they_come(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, go_on = analysis._measured, asyncio.Event()

    async def late(turns: Sequence[Turn], silence_ms: int) -> Timing:
        await go_on.wait()
        return await measured(turns, silence_ms)

    monkeypatch.setattr(analysis, "_measured", late)
    monkeypatch.setattr(analysis, "MOST_TURNS_AT_ONCE", 0)
    async with open_app("c1", calls=CALLS, settled=False) as opened:
        await opened.until(lambda: "Is my parcel" in opened.text)
        for key in ("slash", *"is:cut"):
            await opened.pilot.press(key)
        await opened.until(lambda: opened.foot.endswith("0…"))
        go_on.set()
        await opened.until(lambda: opened.foot.endswith("1/2"))
        assert place(opened) == 7
        assert opened.only(FindBar).value == "is:cut"


async def test_conditions_are_searched_again_after_a_fetch(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS) as opened:
        await find(opened, "is:error")
        await opened.press("enter", "g", "r")
        assert "0…" not in opened.foot
        await opened.press("n")
        assert opened.foot.startswith(" / is:error  1/1")
        assert place(opened) == 6 < len(TURNS)


async def test_a_search_repeated_for_a_late_record_needs_no_earlier_hit(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, begun_ms = asyncio.Event(), 1_794_400_000_000

    async def late(*_: object) -> Call:
        await there.wait()
        return Call("c1", started_at_ms=begun_ms - 700, label="foo")

    monkeypatch.setattr(OmniCallSource, "call", late)
    turns = [said(f"hello {at}", start_ms=begun_ms + at * 1_000, end_ms=begun_ms + at * 1_000 + 500) for at in range(4)]
    async with open_app("c1", calls={"c1": body(turns)}, settled=False) as opened:
        await opened.until(lambda: "hello 3" in opened.text)
        await opened.pilot.press("slash", *"-label:foo hello", "enter", "n")
        await opened.until(lambda: AWAITED in opened.foot)
        there.set()
        await opened.settle()
        assert opened.foot.startswith(" / -label:foo hello  0 ")
        assert opened.view.current_hit is None


@pytest.mark.parametrize("key", ["n", "ampersand"])
async def test_what_waits_for_the_record_is_said_until_that_is_there(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    there = asyncio.Event()

    async def none(*_: object) -> None:
        await there.wait()

    monkeypatch.setattr(OmniCallSource, "call", none)
    async with open_app("c1", calls={"c1": body([said("hello")])}, settled=False) as opened:
        await opened.until(lambda: "hello" in opened.text)
        await opened.pilot.press("slash", *"label:foo hello", "enter", key)
        await opened.until(lambda: AWAITED in opened.foot)
        there.set()
        await opened.until(lambda: opened.foot.startswith(" / label:foo hello  0 "))
        await opened.press(key)
        assert opened.foot.startswith(" no hits: the label or the date is not that of this call")


async def test_a_filter_stays_when_the_record_comes_again(open_app: Open) -> None:
    turns = [said(f"hello {at}", start_ms=at * 1_000, end_ms=at * 1_000 + 500) for at in range(9)]
    async with open_app("c1", calls={"c1": body(turns)}) as opened:
        await opened.press("slash", *'-label:nope "hello 4"', "enter", "ampersand", "2", "G")
        assert "1 · 1 of 9 turns, 2 around" in opened.foot
        opened.only(FindBar).take_facts(CallFacts("bar"))
        await opened.settle()
        assert "1 · 1 of 9 turns, 2 around" in opened.foot
        assert "hello 0" not in opened.text
        opened.only(FindBar).take_facts(CallFacts("nope"))
        await opened.settle()
        assert "hello 0" in opened.text


@pytest.mark.parametrize(("moves", "place"), [((), "1/4"), (("j",), "4")])
async def test_a_hit_that_the_record_allows_is_gone_to_unless_the_reader_went_on(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, moves: tuple[str, ...], place: str
) -> None:
    there = asyncio.Event()

    async def late(*_: object) -> Call:
        await there.wait()
        return Call("c1", label="foo")

    monkeypatch.setattr(OmniCallSource, "call", late)
    turns = [said(f"hello {at}", start_ms=at * 1_000, end_ms=at * 1_000 + 500) for at in range(4)]
    async with open_app("c1", calls={"c1": body(turns)}, settled=False) as opened:
        await opened.until(lambda: "hello 3" in opened.text)
        await opened.pilot.press("slash", *"label:foo hello", "enter", *moves)
        await opened.until(lambda: opened.foot.startswith(" / label:foo hello  0… "))
        there.set()
        await opened.until(lambda: opened.foot.startswith(f" / label:foo hello  {place} "))
        assert (opened.view.current_hit is None) is bool(moves)
