"""Copies to the clipboard, and their notices."""

from __future__ import annotations

import json
import shlex
import threading
from base64 import b64decode
from pathlib import Path

import pytest

from tests.app.conftest import Open, Opened, body, said
from tui.core.call import CallDocument
from tui.core.target import parse_target
from tui.screens import presenters


def copied(opened: Opened) -> str:
    """The text of the one OSC 52 sequence that was sent."""
    (sequence,) = opened.sent
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    return b64decode(sequence[7:-1]).decode()


@pytest.fixture(autouse=True)
def bare_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


async def test_y_copies_the_turn_with_a_link_that_leads_back(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("j", "y")
        head, text, link = copied(opened).split("\n")
        assert head == "user  0:06.7"
        assert text.startswith("Hi Mia. Um, I've got a cleaning booked")
        assert parse_target(link).place.turn == 2
        assert parse_target(link).call_id == "call_demo_booking"
        size = len(copied(opened).encode())
        assert opened.foot.startswith(f" turn 2 sent to the clipboard, {size} bytes  ")


@pytest.mark.parametrize(
    "command", [("omni-transcripts",), ("omni-transcripts", "--base-url", "http://127.0.0.1:9/a b")]
)
async def test_c_copies_a_command_that_opens_the_turn(open_app: Open, command: tuple[str, ...]) -> None:
    async with open_app("c1", calls={"c1": body(NOTED)}, command=command) as opened:
        await opened.press("j", "c")
        assert shlex.split(copied(opened)) == [*command, "c1#turn=2"]
        assert opened.foot.startswith(" command sent to the clipboard, ")


async def test_c_says_where_no_command_opens_it(open_app: Open) -> None:
    document = json.dumps(NOTED).encode()
    async with open_app("-", stdin=document) as opened:
        await opened.press("c")
        assert not opened.sent
        assert "no command opens this: it came through standard input or a pipe" in opened.foot


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sync", ["omni-transcripts", "open", "sync"]),
        ("call_x\u200b", ["omni-transcripts", "omni/calls/call_x%E2%80%8B"]),
    ],
)
async def test_c_copies_what_opens_a_plain_text_with_an_odd_id(open_app: Open, name: str, words: list[str]) -> None:
    document = json.dumps({"call_id": name, "transcript": "a plain text"}).encode()
    async with open_app("-", stdin=document) as opened:
        await opened.press("c")
        assert shlex.split(copied(opened)) == words


async def test_c_names_a_file_so_that_it_is_no_option(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-x.json", "tab\there.json"):
        (tmp_path / name).write_text(json.dumps(NOTED))
    async with open_app("-x.json", command=("omni-transcripts", "--base-url", "http://127.0.0.1:9")) as opened:
        await opened.press("c")
        assert shlex.split(copied(opened)) == ["omni-transcripts", "./-x.json#turn=1"]
    async with open_app("./tab\there.json") as opened:
        await opened.press("c")
        assert not opened.sent
        assert "no command opens this: it has no name that can be typed" in opened.foot


NOTED = [
    said("Is my parcel on its way?", start_ms=0, end_ms=2_000),
    said("It is in Rome, and", "assistant", 5_200, 9_000),
    said("In Rome?", start_ms=8_400, end_ms=9_900),
]


async def test_y_copies_the_turn_with_its_remarks(open_app: Open) -> None:
    async with open_app("c1#turn=2", calls={"c1": body(NOTED)}) as opened:
        await opened.press("y")
        assert copied(opened).split("\n") == [
            "·· 3.2 s silence ··",
            "assistant  0:05.2  took 3.2 s · cut off after 0.6 s",
            "It is in Rome, and",
            "c1#turn=2",
        ]


async def test_shift_y_copies_the_notes_of_all_turns(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body(NOTED)}) as opened:
        await opened.press("Y")
        assert "\nMoments  1 slow · 1 cut-off\n" in copied(opened)
        assert copied(opened).endswith(
            "·· 3.2 s silence ··\n[0:05.2 · took 3.2 s · cut off after 0.6 s] assistant: It is in Rome, and\n"
            "[0:08.4 · cuts in] user: In Rome?\n"
        )


async def test_shift_y_copies_all_and_says_how_much(open_app: Open) -> None:
    turns = [said(f"turn number {number}") for number in range(400)]
    async with open_app("c1", calls={"c1": body(turns)}, size=(100, 24)) as opened:
        await opened.press("Y")
        text = copied(opened)
        assert text.count("turn number") == 400
        kilobytes = len(text.encode()) / 1000
        assert f" transcript sent to the clipboard, {kilobytes:.1f} kB " in opened.foot


LONG = body([said(f"turn number {number} " + "and more " * 10) for number in range(400)])
OFFER = " transcript: 44.8 kB, the screen waits while it is sent; Y again sends it"


async def test_a_large_copy_shows_its_size_first(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": LONG}, size=(100, 24)) as opened:
        await opened.press("Y")
        assert opened.foot.startswith(OFFER)
        assert opened.sent == []
        await opened.press("Y")
        assert copied(opened).count("turn number") == 400
        assert opened.foot.startswith(" transcript sent to the clipboard, 44.8 kB")


@pytest.mark.parametrize("between", ["escape", "y", "t"])
async def test_a_large_copy_can_be_given_up(open_app: Open, between: str) -> None:
    async with open_app("c1", calls={"c1": LONG}, size=(100, 24)) as opened:
        await opened.press("Y", between)
        assert not opened.foot.startswith(OFFER)
        opened.sent.clear()
        await opened.press("Y")
        assert opened.foot.startswith(OFFER)
        assert opened.sent == []


async def test_copied_text_is_safe(open_app: Open) -> None:
    turns = [said("[red]a\x1b]52;c;eA==\x07b\u202e\x9b2Jc", "us\x1b[2Jer", 0)]
    async with open_app("c1", calls={"c1": body(turns)}) as opened:
        await opened.press("y")
        assert copied(opened) == "us␛er  0:00.0\n[red]a␛b⇄␛c\nc1#turn=1"


async def test_a_legacy_text_is_copied_without_a_head(open_app: Open) -> None:
    async with open_app("call_demo_legacy") as opened:
        await opened.press("y")
        assert copied(opened).endswith("\ncall_demo_legacy")
        assert not copied(opened).startswith("\n")


async def test_the_transcript_is_written_beside_the_loop(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    threads, as_text = [], presenters.as_text

    def noting(document: CallDocument, silence_ms: int) -> str:
        threads.append(threading.current_thread())
        return as_text(document, silence_ms)

    monkeypatch.setattr(presenters, "as_text", noting)
    async with open_app("c1", calls={"c1": body(NOTED)}) as opened:
        await opened.press("Y")
        assert "sent to the clipboard" in opened.foot
    assert threads
    assert threads[0] is not threading.main_thread()
