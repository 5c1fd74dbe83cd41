"""A fault at any stage: the terminal is given back, one line says where the report is, the exit status is 1."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from tests.terminal.pty_session import SHOWN, PtySession

BOOM = """
def boom(*arguments, **more):
    key = "sk_live_secret"
    raise ValueError("what grandmother said")

async def aboom(*arguments):
    boom()
"""
TRANSCRIPT = ["call_demo_booking"]
STAGES = {
    "before the screen": ("import tui.app\ntui.app.run_app = aboom", [], ""),
    "styles": ("import tui.app\ntui.app.OmniApp.CSS = 'this { is: no style'", [], ""),
    "compose": ("import tui.screens.prompt as m\nm.PromptScreen.compose = boom", [], ""),
    "mount": ("import tui.screens.prompt as m\nm.PromptScreen.on_mount = boom", [], ""),
    "handler": ("import tui.app\ntui.app.OmniApp.action_help = boom", [], "\x1bOP"),
    "worker": ("import tui.sources.calls\ntui.sources.calls.OmniCallSource.transcript = aboom", TRANSCRIPT, ""),
    "render": ("import tui.widgets.transcript_view as m\nm.TranscriptView.render_line = boom", TRANSCRIPT, ""),
    "timer": ("import tui.screens.transcript as m\nm.TranscriptScreen._tick = boom", ["call_demo_late"], ""),
    "driver": ("import textual.drivers.linux_driver as m\nm.LinuxDriver._disable_line_wrap = boom", [], ""),
    "input thread": ("import tui.terminal.input_reader as m\nm.InputReader._read = boom", [], ""),
    "output thread": (
        "import tui.terminal.screen_buffer as m\nreal = m.ScreenBuffer.take\n"
        "m.ScreenBuffer.take = lambda self, **more: boom() if 'Everywhere' in (out := real(self, **more)) else out",
        [],
        "\x1bOP",
    ),
    "leaving": ("import textual.drivers.linux_driver as m\nm.LinuxDriver._enable_line_wrap = boom", [], "\x03"),
    "end": ("import tui.app\ntui.app.OmniApp.on_unmount = boom", [], "\x03"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_fault_restores_the_terminal_and_writes_a_private_report(stage: str, tmp_path: Path) -> None:
    statements, arguments, keys = STAGES[stage]
    with PtySession("--demo", *arguments, home=tmp_path, before=BOOM + statements) as session:
        if keys:
            session.await_text(SHOWN)
            session.send(keys)
        assert session.await_end() == 1
        assert session.is_as_before()
        said = re.findall(r"omni-transcripts: a fault of the program, \w+ in [\w.]+:\d+ – .+\r\n", session.written)
        assert len(said) == 1
        assert session.written.endswith(said[0])
        told = report(tmp_path, said[0])
    for secret in ("grandmother", "sk_live"):
        assert secret not in session.written + told
    assert "ValueError" in told or "TokenError" in told


def report(home: Path, said: str) -> str:
    """The one report there is, which the line that was said names."""
    (path,) = (home / ".local" / "state").rglob("*.txt")
    assert str(path) in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    return path.read_text()


def test_a_fault_is_reported_without_a_home_directory(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    statements = BOOM + "import tui.app\ntui.app.run_app = aboom"
    with PtySession("--demo", home=nowhere, before=statements) as session:
        assert session.await_end() == 1
        assert re.fullmatch(
            r"omni-transcripts: a fault of the program, ValueError in .+ no report .+\r\n", session.written
        )


def test_an_upgrade_while_it_runs_ends_in_a_line(tmp_path: Path) -> None:
    gone = ("tui.screens.export_dialog", "tui.core.shortage", "tui.store.fault_reports")
    statements = f"sys.modules.update(dict.fromkeys({gone!r}))"  # none of these can be imported any more
    with PtySession("--demo", *TRANSCRIPT, home=tmp_path, before=f"import sys\n{statements}") as session:
        session.await_text("Acme Dental")
        session.send("e")
        assert session.await_end() == 1
        assert session.is_as_before()
        said = "omni-transcripts: the module tui.screens.export_dialog cannot be loaded, as after an upgrade while"
        assert session.written.count("omni-transcripts: ") == 1
        assert said in session.written
        assert "Traceback" not in session.written
