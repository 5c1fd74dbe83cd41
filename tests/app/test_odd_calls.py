"""Calls with anomalies on the screen: usable content is shown, and anomalies are reported once."""

from __future__ import annotations

import json
from typing import Any

from tests.app.conftest import Open, body, said
from tests.canary import Answer, answering, told

NOON_MS, ELEVEN_MS = 1_794_484_800_000, 1_794_481_200_000
TURNS = [said("hello there", start_ms=NOON_MS, end_ms=NOON_MS + 900)]


async def test_an_impossible_length_is_reported_once(open_app: Open) -> None:
    def answer_to(path: str) -> Answer:
        is_transcript = path.endswith("/transcript")
        return told(json.loads(body([said("hi", end_ms=900)])) if is_transcript else {"duration_s": 1e306})

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, size=(120, 24)) as opened:
            assert "hi" in opened.text
            assert opened.text.count("length not understood") == 1
            assert "0:01" in opened.head


async def test_header_shows_the_records_start_turns_their_own_clock(open_app: Open) -> None:
    def answer_to(path: str) -> Answer:
        return told({"turns": TURNS} if path.endswith("/transcript") else {"started_at": ELEVEN_MS})

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, size=(120, 24), time="utc") as opened:
            await opened.until(lambda: "12 Nov 11:00" in opened.head)
            assert "12:00:00.0" in opened.text


async def test_a_saved_record_is_used_as_one(open_app: Open) -> None:
    record: dict[str, Any] = {
        "status": "failed",
        "session_label": "front desk",
        "duration_s": 252,
        "started_at": ELEVEN_MS,
    }
    document = body([said("hello there", end_ms=900)], **record)
    async with open_app("-", stdin=document, size=(120, 24)) as opened:
        assert all(fact in opened.head for fact in ("front desk", "● failed", "12 Nov 11:00", "4:12", "1 turn"))
