"""Hostile content of any size is shown safely, and in bounded time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.app.conftest import Open, Opened, body, said
from tests.faults import FaultServer, answer
from tui.demo.server import DemoServer
from tui.screens.find_bar import FindBar

MARKUP = "[red]a[/x] [@click=app.quit]b[/] [link=x]"
ESCAPES = "c\x1b]0;title\x07d\x1b[2Je\x9b31mf\x1bPq\x1b\\g\u202eh\x07"
SHOWN = "c␛d␛ef␛g⇄h␇"


def is_safe(opened: Opened) -> bool:
    return not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for row in opened.rows for character in row)


@pytest.mark.parametrize("layout", ["chat", "script"])
async def test_markup_and_sequences_in_a_turn_are_shown(open_app: Open, layout: str) -> None:
    turns = [{"role": f"{MARKUP}\x1b[2J", "text": f"{MARKUP}\n{ESCAPES}", "tool": [MARKUP, ESCAPES]}]
    async with open_app("c1", calls={"c1": body(turns)}, size=(120, 24), layout=layout) as opened:
        assert MARKUP in opened.text
        assert SHOWN in opened.text
        assert f'tool ["{MARKUP}",' in opened.text
        assert "[red]a[/x]" in next(row for row in opened.body if row.strip())
        assert is_safe(opened)
        await opened.pilot.click("TranscriptView", offset=(30, 2))
        assert opened.app.return_value is None


async def test_markup_and_sequences_in_the_record_are_shown(open_app: Open) -> None:
    record = {
        "object": "omni.call", "call_id": "c1", "session_label": f"L{MARKUP}", "status": f"S{ESCAPES}",
        "error": f"E{MARKUP}{ESCAPES}",
    }  # fmt: skip

    async with RecordServer(record) as server, open_app("c1", base_url=server.base_url, size=(160, 24)) as opened:
        assert "This call has no transcript" in opened.text
        assert f"status: S{SHOWN}" in opened.text
        assert f"error: E{MARKUP}{SHOWN}" in opened.text
        assert is_safe(opened)
    async with (
        RecordServer(record, body([said("x")])) as server,
        open_app("c1", base_url=server.base_url, size=(200, 24)) as opened,
    ):
        assert f"c1  L{MARKUP}  ● S{SHOWN}" in opened.head
        assert is_safe(opened)


class RecordServer(FaultServer):
    """Answers with a record, and with a transcript if there is one."""

    def __init__(self, record: object, transcript: bytes | None = None) -> None:
        super().__init__(())
        self.record = record
        self.transcript = transcript

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        found = self.transcript if b"/transcript " in head else json.dumps(self.record).encode()
        writer.write(answer(b"{}", "404 Not Found") if found is None else answer(found))
        writer.close()


async def test_a_hostile_id_is_shown(open_app: Open) -> None:
    call_id = "[red]x[@click=app.quit]\u202e"
    async with open_app(call_id, size=(100, 24)) as opened:
        assert opened.head == " [red]x[@click=app.quit]⇄"
        assert is_safe(opened)


async def test_a_legacy_text_is_shown_without_invented_turns(open_app: Open) -> None:
    text = "Caller: hello\nAgent: hi [red]\x1b[2J"
    calls = {"c1": json.dumps({"call_id": "c1", "transcript": text}).encode()}
    async with open_app("c1", calls=calls) as opened:
        assert [row.strip(" ▌") for row in opened.body if row] == ["Caller: hello", "Agent: hi [red]␛"]
        assert "plain text, no turns" in opened.head
        assert "turn 1" not in opened.foot
        before = opened.body
        await opened.press("j", "k", "right_curly_bracket", "t", "G", "g")
        assert opened.body == before
        await opened.press("slash", "h", "i")
        assert opened.foot.endswith("1/1")


@pytest.mark.parametrize("transcript", ['{"turns": []}', "null", "{}", "[]"])
async def test_an_old_empty_transcript_says_so_and_is_fetched_again(open_app: Open, transcript: str) -> None:
    calls = {"c1": f'{{"call_id": "c1", "transcript": {transcript}}}'.encode()}
    async with open_app("c1", calls=calls) as opened:
        assert "This call has no transcript" in opened.text or "The transcript is empty" in opened.text
        assert "try again" in opened.text
        assert "wait for it" not in opened.text, "it can no longer come"
        await opened.press("j", "G", "y", "Y", "e", "slash", "n", "ampersand", "t", "ctrl+g", "space", "}")
        await opened.press("escape")
        assert opened.sent == []
        assert opened.app.return_value is None


async def test_a_single_turn(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body([said("only this")])}) as opened:
        assert "1 turn" in opened.head
        assert " turn 1 of 1   100 % " in opened.foot
        before = opened.rows
        await opened.press("j", "k", "G", "g", "space", "b", "{", "}", "ctrl+d", "ctrl+u")
        assert opened.rows == before


async def test_unknown_roles_are_shown_unchanged(open_app: Open) -> None:
    roles = ["system", "tool", "caller", "human", "", "超級管理員", "x" * 60]
    turns = [said(f"by number {number}", role) for number, role in enumerate(roles)]
    for layout in ("script", "chat"):
        async with open_app("c1", calls={"c1": body(turns)}, size=(120, 40), layout=layout) as opened:
            for role in ("system", "tool", "caller", "human", "unknown", "超級管理員"):
                assert role in opened.text
            assert "x" * 10 + "…" in opened.text or "x" * 11 + "…" in opened.text
            assert all(f"by number {number}" in opened.text for number in range(len(roles)))


async def test_anomalies_are_reported_once(open_app: Open) -> None:
    turns = [said("a", start_ms=5000, end_ms=1000), said("", start_ms=1000), {"role": "user", "start_ms": "x"}, 7]
    async with open_app("c1", calls={"c1": body(turns)}, size=(300, 24)) as opened:
        assert "1 turn: ends before it starts" in opened.head
        assert "begins before the turn above it" in opened.head
        assert "(no text)" in opened.text


async def test_marks_piled_up_stay_in_their_row(open_app: Open) -> None:
    turns = [said("z" + "\u0301" * 10_000 + " after"), said("👩‍👩‍👧‍👦" * 3_000)]
    begun = time.process_time()
    async with open_app("c1", calls={"c1": body(turns)}) as opened:
        assert "after" in opened.text
        await opened.press("G", "g", "L", "t")
    assert time.process_time() - begun < 3


LARGE = 100_000


async def within(seconds: float, doing: Callable[[], Awaitable[None]]) -> None:
    """Do something in so many seconds of the processor's time, which others on the machine cannot take away."""
    begun = time.process_time()
    await doing()
    assert time.process_time() - begun < seconds


async def test_a_hundred_thousand_turns_are_read_like_a_hundred(open_app: Open) -> None:
    with DemoServer(turns=LARGE) as server:
        begun = time.process_time()
        async with open_app(f"call_large_{LARGE}", base_url=server.base_url, settled=False) as opened:
            await opened.until(lambda: "turn 1 of 100,000" in opened.foot)
            assert time.process_time() - begun < 6
            await within(3, lambda: opened.pilot.press("G"))
            await opened.until(lambda: "turn 100,000 of 100,000" in opened.foot)
            await within(3, lambda: opened.pilot.press("L", "t", "b"))
            await within(3, lambda: opened.pilot.press("ctrl+g", "5", "0", "%", "enter"))
            await opened.until(lambda: "turn 50,001 of 100,000" in opened.foot)
            await opened.pilot.press("slash")
            await within(6, lambda: opened.paste("the refund has not arrived"))
            assert opened.foot.endswith(opened.only(FindBar).count())
            assert "/16," in opened.foot or "/8," in opened.foot
            await opened.pilot.press("enter")
            await within(4, lambda: opened.press("n", "N", "ampersand", "G", "g", "escape"))
