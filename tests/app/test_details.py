"""The details in the app: record, summary, recording, Recap and Trace, and the moments that these report."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import PATIENCE_S, Open, Opened, body, said
from tests.app.test_find import place
from tests.faults import FaultServer, Peer, Script, answer, says, stalls
from tui.core.timing import Timing
from tui.core.transcript import Turn
from tui.screens import analysis, call_details
from tui.screens.details_panel import DetailList
from tui.screens.insights_panel import InsightList
from tui.screens.line_panel import LinePanel, PanelScreen
from tui.widgets.transcript_view import TranscriptView

WIDE, NARROW, TALL = (160, 40), (80, 24), (100, 100)
TROUBLE = "call_demo_trouble"
TURNS = [said("Hi there, how are you?", "assistant", 0, 900), said("Well, thank you.", "user", 1_500, 3_000)]
NONE = answer(b'{"error": {"message": "no", "code": "not_found"}}', "404 Not Found")


def has_panel(opened: Opened) -> bool:
    return bool(opened.screen.query(DetailList))


def listed(opened: Opened) -> str:
    """All lines, seen or not."""
    return "\n".join(str(option.prompt) for option in opened.only(DetailList).options)


def gateway(code: str, status: str) -> bytes:
    return answer(json.dumps({"error": {"message": "no", "code": code}}).encode(), status)


def serving(**scripts: Script) -> FaultServer:
    """A server with a script for the transcript, the record, its recording, Trace and Recap."""
    usual = {
        "transcript": says(answer(body(TURNS))),
        "recording": says(NONE),
        "trace": says(NONE),
        "recap": says(NONE),
        "calls": says(answer(b"{}")),
    }

    async def script(peer: Peer) -> None:
        path = peer.head.split(b" ")[1].decode()
        name = next(name for name in usual if name in path)
        await (scripts.get(name) or usual[name])(peer)

    return FaultServer.following(script)


def record(**fields: Any) -> Script:
    return says(answer(json.dumps({"call_id": "c1", **fields}).encode()))


def asked(server: FaultServer) -> list[str]:
    """The paths of the requests, without those for transcript and record."""
    paths = [head.split(b" ")[1].decode() for head in server.requests]
    return sorted(path for path in paths if not path.startswith("/v1/omni/calls/c1") or "recording" in path)


async def test_the_record_of_a_call_is_told_in_words(open_app: Open) -> None:
    async with open_app("call_demo_failed", size=TALL) as opened:
        await opened.press("d")
        assert "status         failed" in opened.text
        assert "error          engine_session_identity_missing: the session ended before any speech" in opened.text
        assert "the engine had no identity for the session (engine_session_identity_missing)" in opened.text
        assert "there is no trace of this call" in opened.text
        assert "there is no recap of this call" in opened.text
        await opened.pilot.resize_terminal(200, 40)
        await opened.settle()
        assert has_panel(opened)
        await opened.press("d")
        assert "This call has no transcript" in opened.text


@pytest.mark.parametrize("key", ["escape", "q", "d"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_they_are_closed_again_and_nothing_has_moved(open_app: Open, size: tuple[int, int], key: str) -> None:
    async with open_app("call_demo_silences", size=size) as opened:
        before = opened.rows
        await opened.press("d")
        assert has_panel(opened)
        await opened.press(key)
        assert opened.rows == before


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_details_and_insights_take_each_others_place(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(TROUBLE, size=size) as opened:
        await opened.press("d", "i")
        await opened.until(lambda: opened.screen.query(InsightList))
        assert not has_panel(opened)
        await opened.press("d")
        await opened.until(lambda: has_panel(opened))
        assert not opened.screen.query(InsightList)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_key_that_goes_to_a_turn_is_named_on_lines_with_one(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(TROUBLE, size=size) as opened:
        await opened.press("d", "g")
        assert "go to the turn" not in opened.foot
        assert "Tab next part" in opened.foot
        await opened.press("tab", "tab", "tab")
        assert "Enter go to the turn" in opened.foot
        await opened.press("g")
        assert "go to the turn" not in opened.foot


async def test_enter_goes_to_what_recap_points_out(open_app: Open) -> None:
    async with open_app(TROUBLE, size=WIDE) as opened:
        await opened.press("d")
        await opened.press("tab", "tab", "tab")
        assert "the question about the checked suitcase stayed open" in " ".join(listed(opened).split())
        await opened.press("enter")
        assert place(opened) == 2
        await opened.press("j", "j", "j", "enter")
        assert place(opened) == 32
        assert has_panel(opened)


async def test_reported_moments_are_walked_with_their_words(open_app: Open) -> None:
    async with open_app(TROUBLE) as opened:
        await opened.press("]")
        assert "1/14" in opened.foot
        await opened.press("g", "d", "escape", "]")
        assert "1/25 request: needs to be in Lisbon" in opened.foot
        assert place(opened) == 2
        await opened.press("r", "g", "]")
        assert "1/25 request: needs to be in Lisbon" in opened.foot


REFUND = {"category": "promise", "description": "[b]refund\x1b[2J promised"}
MOMENTS = {"moments": [REFUND | {"offset_s": 1}], "risk_signals": [{"quote": "how are you", "category": "x"}]}
RECAPPED = json.dumps({"call_id": "c1", "pack_id": "sales_out", "status": "complete", "record": MOMENTS}).encode()
BARGE = {"role": "user", "text": "Well, thank you.", "barge": {"recovered": True}}
FINDING = {"check_id": "hallucination", "at_t": 1.5}
TRACED = json.dumps({"id": "c1", "timeline": [BARGE], "tier2_findings": [FINDING]}).encode()


async def test_what_is_reported_is_a_moment_of_the_call_everywhere(open_app: Open) -> None:
    async with (
        serving(recap=says(answer(RECAPPED)), trace=says(answer(TRACED))) as server,
        open_app("c1", base_url=server.base_url, size=(120, 36)) as opened,
    ):
        assert "recap" not in opened.text
        await opened.press("d")
        assert "at_t 1.5" in listed(opened)  # in a unit that is not stated, and so no moment
        assert "sales_out" in listed(opened)
        await opened.press("escape")
        head, user = opened.rows[:2]
        assert head.endswith("2 recap · 1 trace")
        assert user.count("+") == 2
        notes = [row.strip("▌│▐ ") for row in opened.body if "recap" in row or "trace" in row]
        assert notes == ["recap: risk signal", "trace: barge-in, recovered", "recap: promise: [b]refund␛ promised"]
        await opened.press("]", "]")
        assert "3/3 promise: [b]refund␛ promised (Recap)" in opened.foot
        await opened.press("i")
        insights = "\n".join(str(option.prompt) for option in opened.only(InsightList).options)
        assert "3 moments" in insights
        assert "0:01 turn 2  promise: [b]refund␛ promised (Recap)" in insights


async def test_reported_moments_follow_a_newer_transcript(open_app: Open) -> None:
    newer = [said("Wait.", "user", 0, 100), said("Hi there, how are you?", "assistant", 9_000, 9_900)]
    answers = [body(TURNS), body(newer[1:]), body(newer)]

    async def transcript(peer: Peer) -> None:
        await says(answer(answers.pop(0) if len(answers) > 1 else answers[0]))(peer)

    async with (
        serving(transcript=transcript, recap=says(answer(RECAPPED))) as server,
        open_app("c1", base_url=server.base_url, size=(120, 36)) as opened,
    ):
        await opened.press("d", "escape", "r")
        assert opened.text.count("recap: ") == 2
        await opened.press("r")
        rows = [row.strip("▌│▐ ") for row in opened.body]
        assert rows.index("recap: risk signal") > rows.index("recap: promise: [b]refund␛ promised")


@pytest.mark.parametrize("key", ["d", "i"])
@pytest.mark.parametrize("size", [WIDE, TALL])
async def test_no_panel_names_turns_of_an_older_transcript(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], key: str
) -> None:
    answers = [body(TURNS), body([said("Wait.", "user", 0, 100), said("No.", "user", 200, 300), *TURNS])]
    measured, may_end = analysis._measured, asyncio.Event()

    async def slowly(turns: Sequence[Turn], silence_ms: int) -> Timing:
        await may_end.wait()
        return await measured(turns, silence_ms)

    async def transcript(peer: Peer) -> None:
        await says(answer(answers.pop(0)))(peer)

    def named() -> list[str]:
        return re.findall(r"turn \d", "\n".join(str(option.prompt) for option in opened.only(LinePanel).options))

    monkeypatch.setattr(analysis, "MOST_TURNS_AT_ONCE", 0)
    monkeypatch.setattr(call_details, "MOST_TURNS_AT_ONCE", 0)
    async with (
        serving(transcript=transcript, recap=says(answer(RECAPPED))) as server,
        open_app("c1", base_url=server.base_url, size=size, settled=False) as opened,
    ):
        may_end.set()
        await opened.press("d", "escape", key)
        assert {"turn 1", "turn 2"} == {*named()}
        may_end.clear()
        monkeypatch.setattr(analysis, "_measured", slowly)
        await opened.app.screen_stack[0].run_action("refresh_call")
        await opened.until(lambda: opened.app.screen_stack[0].query_one(TranscriptView).turns[0].text == "Wait.")
        assert not {"turn 1", "turn 2"}.intersection(named())
        may_end.set()
        await opened.until(lambda: {"turn 3", "turn 4"} == {*named()})


async def test_the_cursor_stays_at_its_line_while_a_newer_transcript_is_analyzed(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = ("user", "assistant")
    call = body([said("a", roles[n % 2], n * 9_000, n * 9_000 + 900) for n in range(40)])
    answers = [call, call[:-1] + b" }"]

    async def transcript(peer: Peer) -> None:
        await says(answer(answers.pop(0)))(peer)

    monkeypatch.setattr(analysis, "MOST_TURNS_AT_ONCE", 0)
    async with (
        serving(transcript=transcript) as server,
        open_app("c1", base_url=server.base_url, size=WIDE) as opened,
    ):
        await opened.press("i", "G", *"k" * 40)
        before, top = opened.only(LinePanel).highlighted, opened.only(LinePanel).scroll_y
        assert top > 20
        await opened.screen.run_action("refresh_call")
        await opened.settle()
        assert not answers
        assert (opened.only(LinePanel).highlighted, opened.only(LinePanel).scroll_y) == (before, top)


async def test_measured_times_stand_beside_ours(open_app: Open) -> None:
    async with open_app(TROUBLE, size=(160, 140)) as opened:
        await opened.press("d")
        assert "turn 7  ttfb 6.18 s · ours 6.42 s" in opened.text
        assert "measured ttfb  p50" in opened.text
        await opened.press("i")
        assert "measured ttfb 0.37 s" in "\n".join(str(option.prompt) for option in opened.only(InsightList).options)


async def test_the_tool_calls_that_trace_knows_are_shown(open_app: Open) -> None:
    tools = [{"name": "find\x1b[2J", "args": {"day": "fri"}, "result": [1, 2]}, {"name": "pay", "status": "FAILED"}, 5]
    entries = [
        {"role": "assistant", "text": "Fine, and you?", "t_ms": 9, "ttfb_ms": 300, "tool_calls": tools},
        {"role": "assistant", "text": "no such turn", "t_ms": 9, "tool_calls": [{"name": "late"}]},
        {"role": "user", "text": "nothing to tell"},
    ]
    traced = json.dumps({"id": "c1", "timeline": entries}).encode()
    async with (
        serving(trace=says(answer(traced))) as server,
        open_app("c1", base_url=server.base_url, size=(120, 60)) as opened,
    ):
        await opened.press("d")
        shown = [row.strip() for row in opened.rows]
        at = next(index for index, row in enumerate(shown) if "ttfb 0.30 s" in row)
        assert shown[at + 1 : at + 3] == ['▸ find␛ {"day": "fri"} → [1, 2]', "▸ pay → failed"]
        assert shown[at + 3 : at + 5] == ["t_ms 9", "▸ late"]
        assert "nothing to tell" not in opened.text


async def test_each_is_asked_once_for_a_call(open_app: Open) -> None:
    async with serving() as server, open_app("c1", base_url=server.base_url) as opened:
        assert asked(server) == []
        await opened.press("d", "escape", "d", "escape", "i", "d")
        assert asked(server) == ["/v1/recap/calls/c1", "/v1/trace/interactions/c1"]


async def test_what_the_plan_or_the_key_lacks_is_a_quiet_line(open_app: Open) -> None:
    plan, scope = gateway("recap_not_enabled", "402 X"), gateway("insufficient_scope", "403 X")
    async with (
        serving(recap=says(plan), trace=says(scope)) as server,
        open_app("c1", base_url=server.base_url, size=TALL) as opened,
    ):
        await opened.press("d")
        assert "not part of the account's plan (402 recap_not_enabled)" in opened.text
        assert "the key lacks the scope trace:read" in opened.text
        await opened.press("escape", "d")
        assert len(asked(server)) == 2


async def test_a_failure_is_a_quiet_line_and_asked_again(open_app: Open) -> None:
    async with (
        serving(recap=says(answer(b"[")), trace=says(answer(b"{"))) as server,
        open_app("c1", base_url=server.base_url, size=TALL) as opened,
    ):
        await opened.press("d")
        assert opened.text.count("the answer is incomplete: its JSON ends in the middle") == 2
        await opened.press("escape", "d")
        assert len(asked(server)) == 4


async def test_a_slow_answer_holds_no_key_up(open_app: Open) -> None:
    async with (
        serving(recap=stalls(), trace=stalls(), recording=stalls()) as server,
        open_app("c1", base_url=server.base_url, size=NARROW) as opened,
    ):
        await opened.pilot.press("d")
        await opened.until(lambda: opened.text.count("asking …") == 2)
        await opened.pilot.press("u")
        await opened.until(lambda: "asking for a link …" in opened.text)
        await opened.pilot.press("escape", "j")
        await opened.until(lambda: place(opened) == 2)


SUMMARY = {
    "a\x1b[31m": ["[bold]no markup[/]", None, {"deep": {"er": True}}],
    "long": "word " * 400,
    "wide": {str(number): number for number in range(3_000)},
}


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("summary", [SUMMARY, "all went well\nreally", 5, [[]], None])
async def test_any_summary_is_a_tree(open_app: Open, size: tuple[int, int], summary: Any) -> None:
    async with (
        serving(calls=record(summary=summary, has_summary=summary is not None)) as server,
        open_app("c1", base_url=server.base_url, size=size) as opened,
    ):
        await opened.press("d")
        await opened.press("tab", "tab")
        words = {dict: "er  true", str: "really", int: "5", list: "[]"}.get(type(summary), "the record has none")
        assert words in listed(opened)
        if summary is SUMMARY:
            assert "[bold]no markup[/]" in listed(opened)
            assert "\x1b" not in listed(opened)
            assert "… and more than these 1,000 lines" in listed(opened)
        await opened.press("G", "g", "escape")


LINK = "https://files.example/a.wav?sig=abc"
RECORDING = json.dumps({"url": LINK, "expires_at": 1_794_500_300_000, "expires_in": 300}).encode()


def copied(opened: Opened) -> list[str]:
    """What was sent to the clipboard."""
    sent = [part for text in opened.sent for part in text.split("\x1b]52;c;")[1:]]
    return [base64.b64decode(part.split("\x07")[0]).decode() for part in sent]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_fresh_link_is_shown_and_copied_each_time(open_app: Open, size: tuple[int, int]) -> None:
    async with (
        serving(recording=says(answer(RECORDING))) as server,
        open_app("c1", base_url=server.base_url, size=size) as opened,
    ):
        await opened.press("d")
        assert len(asked(server)) == 2
        await opened.press("u")
        assert LINK in opened.text
        assert "until 12 Nov 16:18" in opened.text
        assert copied(opened) == [LINK]
        await opened.press("g", "tab", "tab", "enter")
        assert asked(server).count("/v1/omni/calls/c1/recording?response=url") == 2
        assert copied(opened) == [LINK, LINK]


async def test_the_answer_to_a_key_is_scrolled_into_view(open_app: Open) -> None:
    long = LINK + "x" * 500
    link = json.dumps({"url": long, "expires_at": 1_794_500_300_000}).encode()
    async with (
        serving(recording=says(answer(link)), calls=record(summary={str(n): n for n in range(40)})) as server,
        open_app("c1", base_url=server.base_url, size=NARROW) as opened,
    ):
        await opened.press("d")
        assert "recording" not in opened.text
        await opened.press("p")
        assert "no player is set" in opened.text
        await opened.press("g", "u")
        assert opened.text.count("x" * 40) > 5
        assert "until 12 Nov 16:18" in opened.text
        assert f"link to the recording sent to the clipboard, {len(long)} bytes" in opened.foot
        await opened.press("escape")
        assert f"link to the recording sent to the clipboard, {len(long)} bytes" in opened.foot


@pytest.mark.parametrize(
    ("said_of_it", "line"),
    [
        (NONE, "there is no recording of this call"),
        (answer(b'{"url": "http://files.example/a"}'), "the server names no usable address of the recording"),
        (answer(b'{"url": "https://files.example/\\u202e"}'), "the server names no usable address of the recording"),
    ],
)
async def test_without_a_link_it_says_why(open_app: Open, said_of_it: bytes, line: str) -> None:
    async with (
        serving(recording=says(said_of_it)) as server,
        open_app("c1", base_url=server.base_url, size=TALL) as opened,
    ):
        await opened.press("d", "u")
        assert line in opened.text
        assert copied(opened) == []


async def test_the_player_gets_the_link(open_app: Open, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    program = "import sys; open(sys.argv[1], 'w').write(sys.argv[-1]); sys.exit(2)"
    player = f'{sys.executable} -c "{program}" {notes}'
    async with (
        serving(recording=says(answer(RECORDING))) as server,
        open_app("c1", base_url=server.base_url, size=TALL, player=player) as opened,
    ):
        await opened.press("d", "p")
        await opened.until(lambda: "has ended with the status 2" in opened.text)
        assert notes.read_text() == LINK
        assert copied(opened) == []


async def test_the_player_is_stopped_by_its_key_and_with_the_call(open_app: Open) -> None:
    async with (
        serving(recording=says(answer(RECORDING))) as server,
        open_app("c1", base_url=server.base_url, size=TALL, player="sh -c 'sleep 600'") as opened,
    ):
        await opened.press("d", "p")
        await opened.until(lambda: "stop sh" in opened.text)
        await opened.press("p")
        await opened.until(lambda: "sh has ended" in opened.text)
        await opened.press("p")
        await opened.until(lambda: "stop sh" in opened.text)
        details = opened.only(DetailList)._details
    assert details.player is not None
    assert await asyncio.wait_for(details.player.ended(), PATIENCE_S) == -15


async def test_without_a_player_it_says_how_to_set_one(open_app: Open) -> None:
    async with open_app(TROUBLE, size=TALL) as opened:
        await opened.press("d", "p")
        assert 'no player is set: player = "mpv" in the settings' in opened.text


async def test_nothing_is_asked_about_a_file(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "call.json"
    file.write_bytes(body(TURNS, call_id="c1", status="failed", error="boom"))
    async with open_app(str(file), size=TALL) as opened:
        await opened.press("d", "u", "p")
        assert "error          boom" in opened.text
        assert opened.text.count("only calls of the API have one") == 3
        assert "offline" not in opened.text
        assert not any(words in opened.text for words in ("a fresh link", "play it", "no player"))


async def test_offline_it_says_that_nobody_is_asked(open_app: Open, tmp_path: Path) -> None:
    async with open_app("c1", size=TALL, offline=True) as opened:
        await opened.press("d", "u", "p")
        assert opened.text.count("--offline asks nobody") == 3
        assert not any(words in opened.text for words in ("only calls", "a fresh link", "play it", "no player"))


async def test_the_panel_follows_what_arrives(open_app: Open) -> None:
    answers: Mapping[str, Script] = {"calls": record(status="completed", session_label="line")}
    async with serving(**answers) as server, open_app("c1", base_url=server.base_url, size=WIDE) as opened:
        await opened.press("d")
        await opened.press("tab")
        await opened.press("r")
        assert "label          line" in opened.text
        assert isinstance(opened.app.focused, DetailList)
        await opened.pilot.resize_terminal(100, 30)
        await opened.until(lambda: isinstance(opened.screen, PanelScreen) and has_panel(opened))
        await opened.settle()
        assert "label          line" in opened.text


async def test_a_panel_over_the_call_says_what_was_sent(open_app: Open) -> None:
    async with (
        serving(recording=says(answer(RECORDING))) as server,
        open_app("c1", base_url=server.base_url, size=(80, 24)) as opened,
    ):
        await opened.press("d", "u")
        assert isinstance(opened.screen, PanelScreen)
        assert f"link to the recording sent to the clipboard, {len(LINK)} bytes" in opened.foot
        await opened.press("j")
        assert "clipboard" not in opened.foot
        await opened.press("escape")
        assert "link to the recording sent to the clipboard" in opened.foot
