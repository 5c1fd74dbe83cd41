"""What the settings say of the screen is so on a real terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession

CALL = "call_demo_booking"
MOUSE_ON = "\x1b[?1000h"


def settings(home: Path, text: str) -> str:
    path = home / "my.toml"
    path.write_text(text)
    return str(path)


def bytes_of_a_key(*options: str, home: Path) -> int:
    with PtySession("--demo", *options, CALL, home=home) as session:
        session.await_text("turn 1 of 38")
        while session.read(0.3):
            pass
        before = len(session.written)
        session.send("j")
        session.await_text("turn 2 of 38")
        while session.read(0.3):
            pass
        return len(session.written) - before


def test_a_setting_sends_every_update_whole(tmp_path: Path) -> None:
    whole = bytes_of_a_key("--config", settings(tmp_path, "full_redraw = true"), home=tmp_path)
    changed = bytes_of_a_key("--config", settings(tmp_path, "full_redraw = false"), home=tmp_path)
    assert changed < 200
    assert whole > 5 * changed


@pytest.mark.parametrize("mouse", ["true", "false"])
def test_settings_of_mouse_times_and_layout(mouse: str, tmp_path: Path) -> None:
    file = settings(tmp_path, f'mouse = {mouse}\ntime = "gap"\nlayout = "script"')
    with PtySession("--demo", "--config", file, CALL, home=tmp_path, size=(120, 30)) as session:
        session.await_text("turn 1 of 38")
        session.await_text("▌")
        assert (MOUSE_ON in session.written) == (mouse == "true")
        assert session.shows("+0.9 s")
        assert session.shows("      user Hi Mia.")
        session.send("\x03")
        assert session.await_end() == 0
