"""A program on a pseudo-terminal, watched through a terminal emulator, alone or within tmux and screen."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from collections.abc import Callable, Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSCTTY, TIOCSWINSZ
from time import monotonic
from types import TracebackType
from typing import Generic, Self, TypeVar

from tests.terminal.emulators import Emulator, rows
from tests.terminal.pty_session import LIMIT_S, environment

E = TypeVar("E", bound=Emulator)


class Watched(Generic[E]):
    """A running program, ended on leaving.

    Args:
        command: The program and its arguments.
        emulator: The terminal, of the same size.
        home: Where the program keeps its files.
        size: In columns and rows.
        environ: More of the environment; a value of None takes a variable away.
    """

    def __init__(
        self,
        command: Sequence[str],
        emulator: E,
        home: Path,
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str | None] | None = None,
    ) -> None:
        self.emulator = emulator
        self.written = b""
        self.fd, self._slave = pty.openpty()
        self._set_size(*size)
        bare = {"TMUX": None, "TMUX_PANE": None, "STY": None, "COLUMNS": None, "LINES": None, "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(
            command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=environment(home, bare | dict(environ or {})),
            start_new_session=True,
            preexec_fn=lambda: ioctl(0, TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(LIMIT_S)
        os.close(self.fd)
        os.close(self._slave)
        self.emulator.close()

    def send(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        self.emulator.resize(columns, lines)
        self._set_size(columns, lines)

    def read(self, patience_s: float) -> bool:
        """Take what comes within some seconds, and give the terminal's answers; whether anything came."""
        if not select.select([self.fd], [], [], patience_s)[0]:
            return False
        data = os.read(self.fd, 1 << 16)
        self.written += data
        if answers := self.emulator.feed(data):
            os.write(self.fd, answers)
        return True

    def settle(self, quiet_s: float = 0.3) -> None:
        """Read until nothing comes for some seconds."""
        while self.read(quiet_s):
            pass

    def rows(self) -> list[str]:
        """The text on the screen."""
        return rows(self.emulator)

    def until(self, holds: Callable[[], object]) -> None:
        """Read until something holds."""
        deadline = monotonic() + LIMIT_S
        while not holds():
            assert monotonic() < deadline, "\n".join(self.rows())
            self.read(0.1)

    def await_text(self, text: str) -> None:
        self.until(lambda: any(text in row for row in self.rows()))

    def _set_size(self, columns: int, lines: int) -> None:
        ioctl(self.fd, TIOCSWINSZ, pack("HHHH", lines, columns, 0, 0))
