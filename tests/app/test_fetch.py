"""Every state of a fetch, as the user meets it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from tests.app.conftest import Open, Opened, body, said
from tests.faults import FaultServer, Peer, Script, answer, says, stalls, unmeasured
from tui.core.errors import RefusedError
from tui.core.record import Call
from tui.core.transcript import Transcript
from tui.screens.call_loader import Failed, Fetched, Recorded
from tui.screens.export_dialog import ExportDialog
from tui.screens.fetch_state import FetchState
from tui.screens.prompt import PromptScreen
from tui.screens.transcript import TranscriptScreen
from tui.widgets.call_picker import Offer

WHOLE = answer(body([said(f"turn number {number}", start_ms=number * 1000) for number in range(60)]))
BUSY = answer(b"{}", "503 Service Unavailable", {"Retry-After": "30"})
MISSING = answer(b"{}", "404 Not Found")


COMPLETED = answer(json.dumps({"object": "omni.call", "call_id": "c1", "status": "completed"}).encode())


def by_path(transcript: Script, record: Script) -> Script:
    """Answers the two requests of a fetch apart, whichever comes first."""

    async def script(peer: Peer) -> None:
        await (transcript if b"/transcript " in peer.head.partition(b"\r\n")[0] else record)(peer)

    return script


async def no_pause(_: float) -> None:
    """Take no time."""


async def long_pause(_: float) -> None:
    await asyncio.Event().wait()


def refusal(code: str, message: str, status: str, **headers: str) -> bytes:
    document = {"error": {"message": message, "type": "x", "code": code, "param": None}}
    return answer(json.dumps(document).encode(), status, {"Content-Type": "application/json", **headers})


async def press_escape(opened: Opened) -> None:
    """Press Escape; the fetch is over long before anything that it waits for."""
    begun = time.monotonic()
    await opened.pilot.press("escape")
    await opened.until(lambda: "gave up fetching" in opened.text.lower())
    assert time.monotonic() - begun < 1


UNDER_WAY = {
    "connecting": (stalls(), ["Fetching c1", "connecting   "]),
    "length known": (stalls(answer(b" " * 50_000, length=200_000)), ["50.0 kB of 200.0 kB   ", f"   {'━' * 10}─"]),
    "length not known": (stalls(unmeasured(b" " * 50_000)), ["   50.0 kB   "]),
    "waiting": (says(BUSY), ["Waiting to try again: the server failed (503)", "attempt 2 of 3 in 30 s"]),
}


@pytest.mark.parametrize("state", UNDER_WAY)
async def test_a_fetch_shows_progress_and_ends_with_escape(open_app: Open, state: str) -> None:
    script, said_of_it = UNDER_WAY[state]
    async with (
        FaultServer.following(script) as server,
        open_app("c1", base_url=server.base_url, has_record=False, sleep=long_pause, settled=False) as opened,
    ):
        await opened.until(lambda: all(words in opened.text for words in said_of_it))
        assert "Esc   give up" in opened.text
        assert opened.head == " c1"
        await press_escape(opened)
        await asyncio.wait_for(server.left.wait(), 1)
        assert "Gave up fetching c1" in opened.text
        assert "r     try again" in opened.text
        assert opened.app.return_value is None


async def test_the_seconds_left_are_counted_down(open_app: Open) -> None:
    async with (
        FaultServer.following(says(BUSY)) as server,
        open_app("c1", base_url=server.base_url, has_record=False, sleep=long_pause, settled=False) as opened,
    ):
        await opened.until(lambda: "in 30 s" in opened.text)
        await opened.until(lambda: "in 29 s" in opened.text)


async def test_after_the_wait_the_transcript_is_shown(open_app: Open) -> None:
    scripts: tuple[Script, ...] = (says(BUSY), says(BUSY), says(WHOLE))
    async with (
        FaultServer.following(*scripts) as server,
        open_app("c1", base_url=server.base_url, has_record=False, sleep=no_pause) as opened,
    ):
        assert "turn number 0" in opened.text
        assert " turn 1 of 60 " in opened.foot


async def test_a_missing_transcript_is_explained_by_the_record(open_app: Open) -> None:
    async with open_app("call_demo_failed") as opened:
        assert "This call has no transcript" in opened.text
        assert "status: failed" in opened.text
        assert "error: " in opened.text
        assert "recorded " in opened.text
        assert opened.foot.endswith("q quit")


async def test_a_failed_call_cannot_be_waited_for(open_app: Open) -> None:
    async with open_app("call_demo_failed") as opened:
        assert "wait for it" not in opened.text
        before = opened.text
        await opened.press("w", "escape")
        assert opened.text == before


async def test_w_is_for_a_call_whose_transcript_may_still_come(open_app: Open) -> None:
    async with (
        FaultServer.following(by_path(says(MISSING), says(COMPLETED))) as server,
        open_app("c1", base_url=server.base_url) as opened,
    ):
        assert "status: completed" in opened.text
        assert "w     wait for it" in opened.text
        assert opened.foot.endswith("q quit")
        assert len(opened.foot) == 79


async def test_an_unknown_call_has_no_record(open_app: Open) -> None:
    async with open_app("call_nobody_knows", size=(100, 24)) as opened:
        assert "There is no call “call_nobody_knows”, or no transcript of it yet" in opened.text
        assert "check the id" in opened.text
        assert "request " in opened.text


async def test_w_waits_until_it_is_there(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.core.waiting._FIRST_PAUSE_S", 0.01)
    async with (
        FaultServer.following(says(MISSING), says(MISSING), says(MISSING), says(WHOLE)) as server,
        open_app("c1", base_url=server.base_url, has_record=False) as opened,
    ):
        assert "There is no call “c1”" in opened.text
        await opened.press("w")
        assert " turn 1 of 60 " in opened.foot
        assert len(server.requests) == 4


async def test_the_call_on_show_stays_during_a_fetch(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.core.waiting._FIRST_PAUSE_S", 0.01)
    async with (
        FaultServer.following(says(WHOLE), says(MISSING), says(MISSING), stalls()) as server,
        open_app("c1", base_url=server.base_url, has_record=False) as opened,
    ):
        await opened.press("r")
        assert "there is no call “c1”" in opened.words
        await opened.pilot.press("w")
        await opened.until(lambda: len(server.requests) == 4)
        assert "turn number 0" in opened.text
        await press_escape(opened)
        assert " turn 1 of 60 " in opened.foot


async def test_an_export_writes_the_call_on_show_at_its_start(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        screen = opened.screen
        assert isinstance(screen, TranscriptScreen)
        exporting = asyncio.create_task(screen.action_export())
        await asyncio.sleep(0)
        screen._loader.state = FetchState()  # as a key may have it that comes before the dialog is there
        await exporting
        await opened.until(lambda: isinstance(opened.screen, ExportDialog))
        await opened.press("escape")


async def test_waiting_says_when_it_looks_again_and_ends_with_escape(open_app: Open) -> None:
    async with (
        FaultServer.following(by_path(says(MISSING), says(COMPLETED))) as server,
        open_app("c1", base_url=server.base_url) as opened,
    ):
        reason = opened.body
        await opened.pilot.press("w")
        await opened.until(lambda: "looking again in 2 s   looked 1 time so far" in opened.text)
        await press_escape(opened)
        assert opened.body == reason


async def test_a_refusal_is_shown_before_the_record_arrives(open_app: Open) -> None:
    refused = refusal("insufficient_scope", "no", "403 Forbidden")
    async with (
        FaultServer.following(by_path(says(refused), stalls())) as server,
        open_app("c1", base_url=server.base_url, settled=False) as opened,
    ):
        await opened.until(lambda: "Refused: the key may not read calls" in opened.text)
        assert "omni:read" in opened.text
        assert isinstance(opened.screen, TranscriptScreen)
        opened.screen._tick()
        assert "connecting" not in opened.text


async def test_the_record_tells_more_of_a_failure_when_it_comes(open_app: Open) -> None:
    may_come = asyncio.Event()

    async def slow_record(peer: Peer) -> None:
        await may_come.wait()
        await peer.say(COMPLETED)

    async with (
        FaultServer.following(by_path(says(MISSING), slow_record)) as server,
        open_app("c1", base_url=server.base_url, settled=False) as opened,
    ):
        await opened.until(lambda: "There is no call “c1”, or no transcript of it yet" in opened.text)
        may_come.set()
        await opened.until(lambda: "status: completed" in opened.text)


async def test_a_late_answer_of_an_earlier_fetch_is_dropped(open_app: Open) -> None:
    async with (
        FaultServer.following(says(WHOLE), stalls()) as server,
        open_app("c1", base_url=server.base_url, has_record=False) as opened,
    ):
        assert isinstance(opened.screen, TranscriptScreen)
        late = Transcript("c1", plain="obsolete")
        opened.screen.action_refresh_call()
        for message in (
            Fetched(1, late),
            Recorded(1, Call("c1", label="obsolete")),
            Failed(1, RefusedError("obsolete")),
        ):
            opened.screen.post_message(message)
        await opened.until(lambda: len(server.requests) == 2)
        await opened.until(lambda: "Fetching c1" in opened.foot)
        assert "turn number 0" in opened.text
        assert "obsolete" not in opened.text
        await press_escape(opened)  # the newer fetch still has its handle


async def test_late_answers_of_a_cancelled_fetch_are_dropped(open_app: Open) -> None:
    async with (
        FaultServer.following(stalls()) as server,
        open_app("c1", base_url=server.base_url, has_record=False, settled=False) as opened,
    ):
        await opened.until(lambda: server.requests)
        assert isinstance(opened.screen, TranscriptScreen)
        await opened.screen.action_dismiss()
        opened.screen.post_message(Fetched(1, Transcript("c1", plain="too late")))
        await opened.pilot.pause()
        assert "Gave up fetching c1" in opened.text
        assert "too late" not in opened.text


async def test_an_earlier_count_is_not_added_to_a_newer_one(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = answer(body([{"role": "user", "start_ms": number} for number in range(1_200)]))
    may_count = asyncio.Event()
    monkeypatch.setattr("tui.screens.analysis.yield_to_ui", may_count.wait)
    async with (
        FaultServer.following(says(silent)) as server,
        open_app("c1", base_url=server.base_url, has_record=False, settled=False, size=(160, 24)) as opened,
    ):
        await opened.until(lambda: " of 1,200 " in opened.foot)
        assert isinstance(opened.screen, TranscriptScreen)
        screen = opened.screen
        again = Fetched(1, screen.document.transcript)
        may_count.set()  # the first count goes on while the second transcript is taken
        screen._take(again)
        await opened.settle()
        assert "1,200 turns: text missing" in opened.head


async def test_a_pipe_without_a_writer_holds_nothing_up(open_app: Open, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    async with open_app(str(pipe), settled=False, size=(160, 24)) as opened:
        await opened.until(lambda: f"Reading {pipe}" in opened.text)
        await press_escape(opened)
        begun = time.monotonic()
        await opened.pilot.press("q")
        assert time.monotonic() - begun < 1
    assert opened.app.return_value == 0


async def test_w_waits_only_for_a_missing_transcript(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("w")
        assert "Waiting" not in opened.text
        assert "call_demo_booking" in opened.head
        assert " turn 1 of 38 " in opened.foot


FAILURES = {
    "scope": (refusal("insufficient_scope", "no", "403 Forbidden"), "Refused: the key may not read calls", "omni:read"),
    "key": (refusal("unauthorized", "bad", "401 Unauthorized"), "Refused: the key was not accepted", "PYAI_API_KEY"),
    "broke": (refusal("credit_exhausted", "no", "402 Payment Required"), "Refused: the account's credit", "billing"),
    "server": (
        refusal("", "[red]boom[/x]\x1b[2J", "500 Server Error", **{"X-Request-Id": "req_[b]7\x1b[2J"}),
        "The server failed (500): “[red]boom[/x]␛”",
        "request req_[b]7␛",
    ),
    "page": (answer(b"<html>", headers={"Content-Type": "text/html"}), "Not understood: ", "not with JSON"),
    "no json": (answer(b"{"), "Not understood: ", "r     try again"),
    "another call": (answer(body([said("x")], call_id="c2")), "Not understood: ", "r     try again"),
}


@pytest.mark.parametrize("fault", FAILURES)
async def test_a_failure_is_explained_and_r_retries(open_app: Open, fault: str) -> None:
    failure, title, more = FAILURES[fault]
    tries = 3 if fault == "server" else 1
    async with (
        FaultServer.following(*[says(failure)] * tries, says(WHOLE)) as server,
        open_app("c1", base_url=server.base_url, has_record=False, sleep=no_pause, size=(100, 24)) as opened,
    ):
        assert title in opened.text
        assert more in opened.text
        assert "Traceback" not in opened.text
        assert "wait for it" not in opened.text
        await opened.press("r")
        assert " turn 1 of 60 " in opened.foot


async def test_without_a_key_it_says_where_to_put_one(open_app: Open) -> None:
    async with open_app("call_demo_booking", has_key=False) as opened:
        assert "Refused: there is no API key" in opened.text
        assert "PYAI_API_KEY" in opened.text


async def test_r_keeps_the_place(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("G", "k", "k")
        before = opened.body
        await opened.press("r")
        assert opened.body == before
        assert "fetched again: 38 turns" in opened.foot


async def test_a_shown_call_stays_after_a_failed_fetch(open_app: Open) -> None:
    failure = refusal("insufficient_scope", "no", "403 Forbidden")
    async with (
        FaultServer.following(says(WHOLE), says(failure), stalls()) as server,
        open_app("c1", base_url=server.base_url, has_record=False, size=(100, 24)) as opened,
    ):
        await opened.press("j", "r")
        assert "the key may not read calls" in opened.words
        assert "turn number 1" in opened.text
        await opened.pilot.press("r")
        await opened.until(lambda: "Fetching c1" in opened.foot)
        await press_escape(opened)
        assert "turn number 1" in opened.text
        await opened.press("j")
        assert " turn 3 of 60 " in opened.foot


async def test_of_two_fetches_the_last_wins(open_app: Open) -> None:
    async with (
        FaultServer.following(stalls(), says(WHOLE)) as server,
        open_app("c1", base_url=server.base_url, has_record=False, settled=False) as opened,
    ):
        await opened.until(lambda: server.requests)
        await opened.press("r")
        assert " turn 1 of 60 " in opened.foot
        await asyncio.wait_for(server.left.wait(), 1)


async def test_leaving_in_the_middle_of_a_fetch_closes_the_connection(open_app: Open) -> None:
    async with FaultServer.following(stalls()) as server:
        async with open_app("c1", base_url=server.base_url, has_record=False, settled=False) as opened:
            await opened.until(lambda: server.requests)
            begun = time.monotonic()
            await opened.pilot.press("q")
        await asyncio.wait_for(server.left.wait(), 1)
        assert time.monotonic() - begun < 1
        assert opened.app.return_value == 0


async def test_a_record_that_cannot_be_had_is_no_fault(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body([said("no record")])}) as opened:
        assert "no record" in opened.text
        assert opened.head.startswith(" c1  ● completed")


async def test_standard_input_is_shown(open_app: Open) -> None:
    async with open_app("-", stdin=body([said("piped in")])) as opened:
        assert "piped in" in opened.text
        await opened.press("r")
        assert "piped in" in opened.text
        assert "what came on standard input cannot be read again" in opened.foot
        await opened.press("escape", "colon", *"fetch again")
        assert "fetch the call again" not in opened.text


async def test_a_file_that_is_none_says_so(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    async with open_app(str(file), size=(200, 24)) as opened:
        assert f"No such file: {file}" in opened.text
        file.write_bytes(body([said("now it is there")]))
        await opened.press("r")
        assert "now it is there" in opened.text


async def test_events_during_the_removal_of_a_screen_are_harmless(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        screen = opened.screen
        assert isinstance(screen, TranscriptScreen)
        await screen.query("#top").remove()
        screen._show_header()
    async with open_app() as opened:
        prompt = opened.screen
        assert isinstance(prompt, PromptScreen)
        await prompt.query("#heading, CallPicker").remove()
        prompt._offer([Offer("c1", "")], "too late")
