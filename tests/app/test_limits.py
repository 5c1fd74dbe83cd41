"""Slow searches are ended; long calls, long turns and floods of keys are handled."""

from __future__ import annotations

import time

from tests.app.conftest import Open, body, said
from tui.demo.server import DemoServer

LARGE = 200_000
BACKTRACKING = "(a+)+$"
"""In most engines it takes time that doubles with each letter of a text that ends in another."""


async def test_a_query_is_no_expression_by_default(open_app: Open) -> None:
    turns = [said(f"literally {BACKTRACKING} here"), said("a" * 40 + "b")]
    async with open_app("c1", calls={"c1": body(turns)}, size=(160, 24)) as opened:
        await opened.press("slash")
        await opened.paste(BACKTRACKING)
        assert opened.foot.rstrip().endswith("1/1")


async def test_two_hundred_thousand_turns_are_shown(open_app: Open) -> None:
    with DemoServer(turns=LARGE) as server:
        begun = time.monotonic()
        async with open_app(f"call_large_{LARGE}", base_url=server.base_url, settled=False) as opened:
            await opened.until(lambda: "turn 1 of 200,000" in opened.foot)
            assert time.monotonic() - begun < 8
            await opened.pilot.press("G")
            await opened.until(lambda: "turn 200,000 of 200,000" in opened.foot)


async def test_a_turn_of_a_megabyte_is_read_to_its_end(open_app: Open) -> None:
    turns = [said("first " + "words " * 170_000 + "at the very end"), said("x" * 1_000_000), said("after")]
    async with open_app("c1", calls={"c1": body(turns)}, size=(80, 24)) as opened:
        begun = time.monotonic()
        assert "first words" in opened.text
        await opened.press("j", "ctrl+e", "space", "b", "L", "L", "t")  # by the outline to the chat
        await opened.press("ctrl+g", "#", "2", "enter", "ctrl+u")
        assert "at the very end" in opened.text
        await opened.press("G")
        assert "after" in opened.text
        assert time.monotonic() - begun < 8


async def test_a_flood_of_keys_is_dealt_with_in_order(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body([said(f"turn {n}") for n in range(300)])}) as opened:
        begun = time.monotonic()
        await opened.press(*["j"] * 150)
        assert " turn 151 of 300 " in opened.foot
        await opened.press(*["k"] * 50)
        assert " turn 101 of 300 " in opened.foot
        assert time.monotonic() - begun < 15
