"""The sample app on a pseudo-terminal, seen through a terminal of ours."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import gettempdir
from time import monotonic
from types import TracebackType

import pexpect

from tests.program import environment as bare_environment
from tests.terminal.screens import Terminal

LIMIT_S = 20.0
"""How long anything may take before a test fails."""

ENVIRONMENT = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "TEXTUAL_ANIMATIONS": "none",
    # pyte takes the end of that protocol's sequences for text
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
}
_ANSWERS = [(r"\x1b\[6n", "\x1b[1;1R"), (r"\x1b\[\?2026\$p", "\x1b[?2026;2$y"), (r"\x1b\[\?2048\$p", "\x1b[?2048;0$y")]


def environment() -> dict[str, str]:
    """What the app is started with; no variable of the machine can hide or make a fault."""
    return bare_environment(Path(gettempdir())) | ENVIRONMENT


class Session:
    """A running sample app. Ends it on leaving.

    Args:
        *arguments: For the app.
        answers: Whether the terminal answers what it is asked.
    """

    def __init__(self, *arguments: str, answers: bool = True) -> None:
        self.terminal = Terminal(80, 24)
        self.written = ""
        self._answers = _ANSWERS if answers else []
        self._counted = 0
        command = ["-m", "tests.terminal.sample_app", *arguments]
        self.process = pexpect.spawn(sys.executable, command, env=environment(), dimensions=(24, 80), encoding="utf-8")
        self.process.delaybeforesend = None

    def __enter__(self) -> Session:
        self.await_text("count 0")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(force=True)

    def press(self, keys: str) -> None:
        """Press keys, and wait until their effect is on the screen."""
        self.process.send(keys)
        self.count()

    def count(self) -> None:
        self._counted += 1
        self.process.send("\x1b[15~")
        self.await_text(f"count {self._counted} ")

    def settle(self) -> None:
        """Read until the app is quiet."""
        while self.read(0.3):
            pass

    def resize(self, columns: int, lines: int) -> None:
        self.terminal.resize(lines, columns)
        self.process.setwinsize(lines, columns)

    def await_text(self, text: str) -> None:
        deadline = monotonic() + LIMIT_S
        while not any(text in line for line in self.terminal.display):
            assert monotonic() < deadline, f"never showed {text!r}:\n" + "\n".join(self.terminal.display)
            self.read(0.1)

    def read(self, patience_s: float) -> str:
        """Take what comes within some seconds."""
        try:
            data = str(self.process.read_nonblocking(1 << 16, patience_s))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return ""
        for question, answer in self._answers:
            for _ in re.findall(question, data):
                self.process.send(answer)
        self.terminal.feed(data)
        self.written += data
        return data


def await_same(one: Session, other: Session) -> None:
    """Wait until a session shows what another does that gets all that Textual sends."""
    deadline = monotonic() + LIMIT_S
    while one.terminal.state(other.terminal) != other.terminal.state():
        pairs = zip(one.terminal.display, other.terminal.display, strict=True)
        different = "\n".join(f"{a}|\n{b}|" for a, b in pairs if a != b)
        assert monotonic() < deadline, f"the screens differ:\n{different}"
        one.read(0.05)
        other.read(0.05)
