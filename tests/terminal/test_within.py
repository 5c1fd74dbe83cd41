"""Within terminals that know little: Emacs' and dvtm show what they show after all is drawn again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from shlex import join

import pytest

from tests.terminal.emulators import XtermJs, no_xterm_js
from tests.terminal.watched import Watched

pytestmark = pytest.mark.exhaustive

KEYS = ["j", "j", " ", " ", "k", "b", "/", "the", "\r", "n", "n", "G", "k", "g", "\x05", "\x05"]


def within(name: str, script: Path) -> list[str]:
    """The command that runs a script within another terminal."""
    if name == "dvtm":
        return ["dvtm", "-m", "^z", "-s", "/nowhere", str(script)]
    utf_8 = "(prefer-coding-system 'utf-8) (setq locale-coding-system 'utf-8)"
    return ["emacs", "-nw", "-Q", "--eval", f'(progn (menu-bar-mode -1) {utf_8} (ansi-term "{script}"))']


@pytest.mark.parametrize("name", ["emacs", "dvtm"])
@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_an_update_equals_a_full_redraw(name: str, option: str, tmp_path: Path) -> None:
    if reason := no_xterm_js() or ("" if shutil.which(name) else f"{name} is not installed"):
        pytest.skip(reason)
    script = tmp_path / "program"
    program = [sys.executable, "-m", "tui", "--demo", option, "call_demo_booking"]
    script.write_text(f"#!/bin/sh\nexec {join(program)}\n")
    script.chmod(0o755)
    with Watched(within(name, script), XtermJs(100, 30), tmp_path, (100, 30)) as watched:
        watched.await_text("turn 1 of 38")
        for key in KEYS:
            watched.send(key)
            watched.settle()
        before = watched.emulator.looks()
        watched.send("\x0c")
        watched.until(lambda: watched.emulator.looks() == before)
        watched.settle()
        assert watched.emulator.looks() == before
