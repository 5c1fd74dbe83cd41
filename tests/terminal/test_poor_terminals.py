"""Terminals and locales of all kinds show something that can be read, and floods of input are dealt with."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from threading import Thread

import pytest

from tests.terminal.pty_session import LIMIT_S, SHOWN, PtySession
from tests.terminal.test_lost_terminal import memory_mb
from tests.terminal.test_screen_buffer import EMPTY_PARAMETER

CALL = "call_demo_booking"
WORDS = "Thank you for calling Acme Dental"
COLOUR = re.compile(r"\x1b\[(?:[\d;]*;)?(?:[349][0-7]|10[0-7]|[34]8;[\d;]+)(?:;[\d;]*)?m")


@pytest.mark.parametrize("term", ["linux", "vt100", "tmux-256color"])
def test_every_term_is_readable(term: str, tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path, environ={"TERM": term, "COLORTERM": None}) as session:
        session.await_text(WORDS)
        session.await_text("turn 1 of 38")
        session.send("q")
        assert session.await_end() == 0
        assert session.is_as_before()


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_sequences_have_no_empty_parameter_beside_another(option: str, tmp_path: Path) -> None:
    """Emacs' eterm and dvtm skip it, and take the next for the first."""
    with PtySession("--demo", option, CALL, home=tmp_path, environ={"TERM": "eterm-color"}) as session:
        session.await_text("turn 1 of 38")
        for keys, said in [("jjj ", "turn"), ("/the\r", "4/28"), ("n", "5/28"), ("G", "38 of 38"), ("?", "Reading")]:
            session.send(keys)
            session.await_text(said)
        assert not EMPTY_PARAMETER.search(session.written)


def test_without_colour_hits_stay_distinguishable(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path, environ={"NO_COLOR": "1"}) as session:
        session.await_text(WORDS)
        session.send("/")
        session.await_text(" / find      ")
        session.send("dental\r")
        session.await_text("1/1")
        assert not COLOUR.search(session.written)
        rows, row = session.terminal.buffer, next(y for y, line in enumerate(session.terminal.display) if WORDS in line)
        assert rows[row][session.terminal.display[row].index("Dental")].reverse


def test_the_pattern_for_colours_finds_some(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path) as session:
        session.await_text(WORDS)
        assert COLOUR.search(session.written)


@pytest.mark.parametrize("name", ["C", "POSIX"])
def test_a_missing_locale_still_gets_utf_8(name: str, tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path, environ={"LC_ALL": name}) as session:
        session.await_text(WORDS)
        assert session.shows("▌")


@pytest.mark.parametrize(("option", "encoding"), [("--no-mouse", "ascii"), ("--full-redraw", "latin-1")])
def test_another_encoding_keeps_the_columns(option: str, encoding: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, CALL, home=tmp_path, environ={"PYTHONIOENCODING": encoding}) as session:
        session.await_text(WORDS)
        session.await_text("turn 1 of 38")
        assert any(line.startswith("? ") for line in session.terminal.display)
        session.send("q")
        assert session.await_end() == 0


def test_invalid_utf_8_input_is_survived(tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path) as session:
        session.await_text(SHOWN)
        session.send(b"caf\xe9 \xff\xfe\x9b\x9d au")
        session.await_text("au")
        session.send("\x03")
        assert session.await_end() == 0


@pytest.mark.parametrize("unit", [b"j", b"\x1b[<35;10;10M"], ids=["keys", "mouse"])
def test_a_flood_of_input_uses_bounded_memory(unit: bytes, tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        before = memory_mb(session.process.pid)
        flood = Thread(target=pour, args=(session, unit * 3000), daemon=True)
        flood.start()
        while flood.is_alive():
            session.read(0.05)
        assert memory_mb(session.process.pid) - before < 30
        session.send("\x03")
        assert session.await_end() == 0
        assert session.is_as_before()


MOST_ON_THE_WAY = 160_000
"""Bytes: what the system holds for a terminal, one read of 64 KiB, and what the queue of keys keeps."""


def test_excess_input_waits_in_the_kernel_buffer(tmp_path: Path) -> None:
    hangs = "import tui.app, signal\ntui.app.OmniApp.action_help = lambda self: [signal.pause() for _ in range(99)]"
    with PtySession("--demo", home=tmp_path, before=hangs) as session:
        session.await_text(SHOWN)
        session.send("\x1bOP")
        taken = 0
        while more := session.takes(b"x" * 1024, 1.0):
            taken += more
            assert taken < MOST_ON_THE_WAY
        session.kill(signal.SIGTERM)
        assert session.await_end() == 143


def pour(session: PtySession, data: bytes) -> None:
    for at in range(0, len(data), 1024):
        session.send(data[at : at + 1024])


def test_a_paste_of_megabytes_stays_data(tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path) as session:
        session.await_text(SHOWN)
        paste = b"\x1b[200~" + b"x" * 2_000_000 + b"\x1b[201~"
        flood = Thread(target=pour, args=(session, paste), daemon=True)
        flood.start()
        while flood.is_alive():
            session.read(0.05)
        session.await_text("xxxxxxxx")
        assert memory_mb(session.process.pid) < 150
        session.send("\x03")
        assert session.await_end() == 0
        flood.join(LIMIT_S)
