"""Nothing that may take for ever holds up the screen: a record, a pipe, a disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from tests.faults import Peer, Script, answer, says, stalls
from tests.program import KEY, serving
from tests.terminal.pty_session import PROGRAM, PtySession, environment

TURNS = b'{"turns": [{"role": "user", "text": "Hello there"}, {"role": "user", "text": "Good bye"}]}'
REFUSED = answer(b'{"error": {"message": "no", "code": "insufficient_scope"}}', "403 Forbidden")
CTRL_C = "\x03"
LEAVING = {"q": 0, CTRL_C: 0}

DEAF_DISK = """
import os, sqlite3, threading

def wait_for_ever(*_, **__):
    threading.Event().wait()

os.fsync = sqlite3.connect = wait_for_ever
"""
"""A disk that never says that it has read or written."""


SILENT_RESOLVER = """
import socket, threading
socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
"""
"""A resolver that never tells the address of a host."""
NOWHERE = ("--base-url", "https://nowhere.invalid")


def without_record(transcript: Script) -> Script:
    """Answers the transcript, and never the record."""

    async def script(peer: Peer) -> None:
        is_transcript = b"/transcript " in peer.head.partition(b"\r\n")[0]
        await (transcript if is_transcript else stalls())(peer)

    return script


def ends_soon(session: PtySession, key: str) -> None:
    session.send(key)
    begun = monotonic()
    assert session.await_end() == 0
    assert monotonic() - begun < 5
    assert session.is_as_before()


@pytest.mark.parametrize("key", LEAVING)
@pytest.mark.parametrize(
    ("transcript", "told"), [(answer(b"{"), "Not understood"), (REFUSED, "Refused"), (answer(TURNS), "turn 1 of 2")]
)
def test_a_missing_record_blocks_nothing(tmp_path: Path, transcript: bytes, told: str, key: str) -> None:
    with (
        serving(without_record(says(transcript))) as server,
        PtySession("call_x", "--base-url", server.base_url, home=tmp_path, environ={"PYAI_API_KEY": KEY}) as session,
    ):
        session.await_text(told)
        session.send("\x1bOP")
        session.await_text("Reading")
        session.send("q")
        session.await_text(told)
        ends_soon(session, key)


@pytest.mark.parametrize("key", LEAVING)
def test_waiting_for_a_pipe_can_be_cancelled(tmp_path: Path, key: str) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with PtySession(str(tmp_path / "pipe.json"), home=tmp_path, size=(160, 24)) as session:
        session.await_text("Reading ")
        session.send("\x1b")
        session.await_text("Gave up fetching")
        ends_soon(session, key)


def test_a_pipe_is_read_once_it_has_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with PtySession(str(tmp_path / "pipe.json"), home=tmp_path, size=(160, 24)) as session:
        session.await_text("Reading ")
        (tmp_path / "pipe.json").write_bytes(TURNS)
        session.await_text("Hello there")
        ends_soon(session, "q")


@pytest.mark.parametrize("key", LEAVING)
def test_a_hanging_disk_blocks_nothing(tmp_path: Path, key: str) -> None:
    with (
        serving(says(answer(TURNS))) as server,
        PtySession(
            "call_x", "--base-url", server.base_url, home=tmp_path, before=DEAF_DISK, environ={"PYAI_API_KEY": KEY}
        ) as session,
    ):
        session.await_text("turn 1 of 2")
        session.send("j")
        session.await_text("turn 2 of 2")
        session.send("o")
        session.await_text("paste it here")
        session.send("\x1b")
        session.await_text("turn 2 of 2")
        ends_soon(session, key)


@pytest.mark.parametrize("key", LEAVING)
def test_a_hanging_resolver_blocks_nothing(tmp_path: Path, key: str) -> None:
    with PtySession(*NOWHERE, home=tmp_path, before=SILENT_RESOLVER, environ={"PYAI_API_KEY": KEY}) as session:
        session.await_text("paste it here")
        session.send("call_x\r")
        session.await_text("Fetching call_x")
        session.send("\x1b")
        session.await_text("Gave up fetching call_x")
        if key == "q":
            session.send("q")
            session.await_text("Call id, API address or file")
        ends_soon(session, CTRL_C)


def test_one_signal_ends_an_export_during_name_lookup(tmp_path: Path) -> None:
    looked_up = SILENT_RESOLVER.replace("threading.Event().wait()", "print(flush=True) or threading.Event().wait()")
    with subprocess.Popen(
        [sys.executable, "-c", looked_up + PROGRAM, "export", "call_x", *NOWHERE],
        env=environment(tmp_path, {"PYAI_API_KEY": KEY}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=5)
        finally:
            process.kill()
    assert (process.returncode, out.strip(), err) == (130, b"", b"")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("j" * 700, "\x1b"),
        ("j" * 700, CTRL_C),
        ("j" * 5_000, CTRL_C),
        ("j" * 700 + "\x1b[200~" + "x" * 5_000 + "\x1b[201~", CTRL_C),
        ("j" * 700 + "\x1b[200~never ended", CTRL_C),
    ],
    ids=["Esc behind many keys", "ctrl+c behind many keys", "behind more", "behind a paste", "behind half a paste"],
)
def test_a_flood_of_keys_for_a_late_call_makes_nothing_deaf(tmp_path: Path, typed: str, key: str) -> None:
    with (
        serving(stalls()) as server,
        PtySession("call_x", "--base-url", server.base_url, home=tmp_path, environ={"PYAI_API_KEY": KEY}) as session,
    ):
        session.await_text("Fetching call_x")
        begun = monotonic()
        session.send(typed)
        while monotonic() - begun < 3:  # by then a paste without an end has ended
            session.read(0.1)
        session.send(key)
        if key != CTRL_C:
            session.await_text("Gave up")
            session.send(CTRL_C)
        assert session.await_end() == 0
        assert monotonic() - begun < 15
        assert session.is_as_before()
