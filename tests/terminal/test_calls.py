"""The list of calls on a real terminal: a key costs few bytes, and an idle list none."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.pty_session import PtySession
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

CALLS, DOWN = "\x0f", "\x1b[B"
STILL_BYTES, SCROLLED_BYTES = 150, 250


def sent_for(session: PtySession, key: str, shown: str) -> int:
    """How many bytes the program sends for a key, until the foot shows something and nothing more comes."""
    before = len(session.written)
    session.send(key)
    session.await_text(shown)
    while session.read(0.3):
        pass
    return len(session.written[before:].encode())


def test_a_step_sends_few_bytes_and_an_idle_list_none(tmp_path: Path) -> None:
    with DemoServer(many=200) as server:
        environ = {"PYAI_BASE_URL": server.base_url, "PYAI_API_KEY": DEMO_KEY}
        with PtySession(home=tmp_path, environ=environ) as session:
            session.await_text("paste it here")
            sent_for(session, CALLS, " 1 of ")
            sent_for(session, DOWN, " 2 of ")
            assert sent_for(session, DOWN, " 3 of ") < STILL_BYTES
            assert session.read(1.5) == ""
            sent_for(session, DOWN * 20, " 23 of ")
            assert sent_for(session, DOWN, " 24 of ") < SCROLLED_BYTES
