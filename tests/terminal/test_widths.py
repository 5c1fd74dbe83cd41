"""Where terminals disagree about the width of what is written, no letter is wrong, before, in and after a find."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import join
from time import monotonic

import pytest

from tests.terminal.emulators import Emulator, Pyte, XtermJs, no_xterm_js
from tests.terminal.panes import Pane
from tests.terminal.pty_session import LIMIT_S
from tests.terminal.watched import Watched

WORDS = "banana bandana"
WIDE = ["😀😀", "🤩", "🥲🥲 🥲", "🫠🫠", "🪿", "🫩", "☰☱ ☲", "◽", "䷀", "👍🏽", "👨‍👩‍👧", "❤️"]
"""Of Unicode 6, 10, 13, 14, 15 and 16; what Unicode 16 made wide; and sequences."""
OTHER = ["नमस्ते हिन्दी", "வணக்கம்", "שָׁלוֹם", "مَرْحَبًا", "cafe\u0301 “é”", "日本語", "한글"]
TURNS = [f"{text} {WORDS}" for text in WIDE + OTHER]
STEPS = [
    ("/", "/ find"),
    ("a", "/ a "),
    ("n", "/ an "),
    ("\r", "1/76"),
    ("n", "2/76"),
    ("jj", "turn 3"),
    ("\x1b", "quit"),
]
"""Keys, and what stands in the foot after each."""

Start = Callable[[], Emulator]
EMULATORS: dict[str, Start] = {
    "pyte": lambda: Pyte(80, 40),
    "xterm.js, Unicode 6": lambda: XtermJs(80, 40, "6"),
    "xterm.js, Unicode 11": lambda: XtermJs(80, 40, "11"),
}


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    """The program in a call of such turns."""
    call = tmp_path / "call.json"
    call.write_text(json.dumps({"transcript": [{"role": "user", "text": text} for text in TURNS]}))
    return [sys.executable, "-m", "tui", "--layout", "script", "--time", "off", str(call)]


def is_right(rows: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the words behind each text stand in a row of their own, and nothing stale beside them."""
    letters = ["".join(char for char in row if char.isascii()).split() for row in rows]
    found = [words for words in letters if "banana" in words and "bandana" in words]
    return len(found) == len(texts) and all(not set(words) - ALLOWED for words in found)


ALLOWED = {"user", "banana", "bandana", "cafe"}


@pytest.mark.parametrize("name", EMULATORS)
def test_text_after_an_emoji_is_correct(name: str, program: list[str], tmp_path: Path) -> None:
    if name.startswith("xterm") and (reason := no_xterm_js()):
        pytest.skip(reason)
    with Watched(program, EMULATORS[name](), tmp_path, (80, 40)) as watched:
        watched.until(lambda: is_right(watched.rows(), TURNS))
        for key, said in STEPS:
            watched.send(key)
            watched.await_text(said)
            watched.settle(0.1)
            assert is_right(watched.rows(), TURNS)


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_text_after_an_emoji_is_correct_in_tmux(program: list[str], tmp_path: Path) -> None:
    pane = Pane(join(["env", f"HOME={tmp_path}", *program]))
    try:
        pane.resize(80, 40)
        for key, said in [("", "turn 1 "), *STEPS]:
            pane.send({"\r": "Enter", "\x1b": "Escape"}.get(key, key))
            deadline = monotonic() + LIMIT_S
            while said.strip() not in (lines := pane.lines())[-1] or not is_right(lines, TURNS):
                assert monotonic() < deadline, "\n".join(lines)
    finally:
        pane.end()
