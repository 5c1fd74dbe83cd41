"""What is named on the command line in a terminal, where the user can be asked what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession

WIDE = (120, 30)


def test_the_user_chooses_between_two_calls(tmp_path: Path) -> None:
    line = "call_id=call_demo_untimed parent_call_id=call_demo_booking#turn=9..14"
    with PtySession("--demo", line, home=tmp_path, size=WIDE) as session:
        session.await_text("2 calls are named there: “call_demo_untimed”, “call_demo_booking”")
        session.send("\x1b[B\x1b[B\r")
        session.await_text("turn 9 of 38")
        session.await_text("turns 9 to 14")
        session.send("\x03")
        assert session.await_end() == 0


def test_a_url_of_another_host_needs_confirmation(tmp_path: Path) -> None:
    address = "https://api.pyai.com/v1/omni/calls/call_demo_booking#turn=14"
    with PtySession("--demo", address, home=tmp_path, size=WIDE) as session:
        session.await_text("an address of api.pyai.com – Enter asks the demo for call_demo_booking all the same")
        session.send("\r")
        session.await_text("turn 14 of 38")
        session.send("\x03")
        assert session.await_end() == 0


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("call_demo_booking#turn=400", "there is no turn 400 – this call has 38 turns"),
        ("call_demo_untimed#t=1:23", "this call has no times – go to a turn by its number instead"),
        ("serch", "did you mean the command search?"),
    ],
)
def test_an_unavailable_call_is_reported_on_the_screen(tmp_path: Path, target: str, said: str) -> None:
    with PtySession("--demo", target, home=tmp_path, size=WIDE) as session:
        session.await_text(said)
        session.send("\x03")
        assert session.await_end() == 0
