"""A held key where tmux or screen run on the far end of ssh: few pictures are sent, and the last one is right."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.pty_session import PtySession
from tui.terminal.flow import FAR_PACE_S

PICTURE = "\x1b[38;5;243m"
"""The grey of the place in the foot: without times there is no other, and each picture has another place."""
STEPS, RATE = 60, 60
FAR = {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}
MULTIPLEXERS: list[dict[str, str | None]] = [{"TMUX": "/nowhere,1,0"}, {"STY": "1.pts-0.far"}]


@pytest.mark.parametrize("multiplexer", MULTIPLEXERS, ids=["tmux", "screen"])
def test_a_held_key_sends_few_pictures_through_a_far_multiplexer(
    multiplexer: dict[str, str | None], tmp_path: Path
) -> None:
    call = tmp_path / "call.json"
    turns = ", ".join(f'{{"role": "user", "text": "words of turn {number}"}}' for number in range(500))
    call.write_text(f'{{"turns": [{turns}]}}')
    with PtySession(str(call), home=tmp_path, environ=FAR | multiplexer) as session:
        session.await_text("turn 1 of 500")
        before, begun = session.written.count(PICTURE), monotonic()
        for step in range(STEPS):
            session.send("j")
            while monotonic() < begun + (step + 1) / RATE:
                session.read(1 / RATE)
        session.await_text(f"turn {STEPS + 1} of 500")
        pictures, took_s = session.written.count(PICTURE) - before, monotonic() - begun
        assert 3 < pictures <= took_s / FAR_PACE_S + 2
        session.send("q")
        assert session.await_end() == 0
