"""The mouse: clicks and the wheel alone, taken and left to the terminal by a key, given back in the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.terminal.pty_session import REPORTS_RESIZES, PtySession

CALL = "call_demo_booking"
MOVEMENTS = re.compile(r"\x1b\[\?(?:1001|1002|1003|1005|1015)h")
CLICK = "\x1b[<0;30;8M\x1b[<0;30;8m"
WHEEL = "\x1b[<65;30;8M"
F2 = "\x1bOQ"


@pytest.mark.parametrize("option", ["--no-cache", "--full-redraw"])
def test_clicks_and_wheel_are_reported_but_no_movements(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", "--layout=chat", option, CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        session.send(CLICK)
        session.await_text("turn 2 of 38")
        top = session.terminal.display[2]
        session.send(WHEEL)
        while session.terminal.display[2] == top:
            session.read(0.1)
        session.send("q")
        assert session.await_end() == 0
        assert not MOVEMENTS.search(session.written)
        assert session.is_as_before()


@pytest.mark.parametrize("answers", [{}, REPORTS_RESIZES], ids=["resizes by signal", "resizes in the input"])
@pytest.mark.parametrize("option", ["--no-cache", "--full-redraw"])
def test_a_key_toggles_mouse_reports(option: str, answers: dict[str, str], tmp_path: Path) -> None:
    with PtySession("--demo", "--layout=chat", option, CALL, home=tmp_path, answers=answers) as session:
        session.await_text("turn 1 of 38")
        assert {"1000", "1006"} <= session.still_on()
        session.send(F2)
        session.await_text("mouse off: drag selects")
        assert not session.still_on() & {"1000", "1006", "1016"}
        session.send(F2)
        session.await_text("mouse on: shift and drag selects")
        assert {"1000", "1006"} <= session.still_on()
        assert ("1016" in session.still_on()) == bool(answers)
        session.send("q")
        assert session.await_end() == 0
        assert session.is_as_before()


def test_mouse_reports_off_at_start_can_be_turned_on(tmp_path: Path) -> None:
    with PtySession("--demo", "--no-mouse", CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        assert "1000" not in session.still_on()
        session.send(F2)
        session.await_text("mouse on")
        assert "1000" in session.still_on()
        session.send("q")
        assert session.await_end() == 0
        assert session.is_as_before()
