"""A program in a tmux of its own, for what only a real multiplexer does to a screen."""

from __future__ import annotations

import subprocess
import uuid
from time import monotonic

from tests.terminal.screens import Terminal
from tests.terminal.sessions import LIMIT_S, environment


class Pane:
    """A program in a tmux at 80x24. Whoever makes one ends it.

    Args:
        *command: The program and its arguments; a single word is one for the shell.
    """

    def __init__(self, *command: str) -> None:
        self._socket = f"test-{uuid.uuid4().hex}"
        self._size = (80, 24)
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", *command)

    def send(self, *keys: str) -> None:
        """Press keys, by tmux's names of them."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, lines: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))
        self._size = (columns, lines)

    def await_line(self, text: str) -> None:
        """Wait until a line of the screen is this text."""
        deadline = monotonic() + LIMIT_S
        while text not in self.lines():
            assert monotonic() < deadline, "\n".join(self.lines())

    def await_text(self, text: str) -> None:
        """Wait until this text is anywhere on the screen."""
        deadline = monotonic() + LIMIT_S
        while not any(text in line for line in self.lines()):
            assert monotonic() < deadline, "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The rows without the spaces around them."""
        return [line.strip() for line in self._capture().display]

    def looks(self) -> list[object]:
        """The rows as they look. Of those with emoji, of whose widths tmux disputes some, what comes before them."""
        terminal = self._capture()
        return [
            text.partition("👍")[0] if "👍" in text else looks
            for text, looks in zip(terminal.display, terminal.looks(), strict=True)
        ]

    def end(self) -> None:
        self._tmux("kill-server")

    def _capture(self) -> Terminal:
        terminal = Terminal(*self._size)
        terminal.feed(self._tmux("capture-pane", "-p", "-e").rstrip("\n").replace("\n", "\r\n"))
        return terminal

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._socket, *arguments]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
        return done.stdout
