"""The program on a pseudo-terminal of ours, with a ledger of what it does to the terminal.

Nothing here sleeps: what takes a while is waited for by its effect, with a deadline.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Mapping
from fcntl import ioctl
from pathlib import Path
from struct import pack
from time import monotonic
from types import TracebackType
from typing import Any, Self

from tests.program import environment as bare_environment
from tests.terminal.screens import Terminal

LIMIT_S = 20.0
"""How long anything may take before a test fails."""

SHOWN = "Sample calls"
"""What stands on the first screen of the demo."""

PROGRAM = "import sys; from tui.__main__ import main; sys.exit(main())"

REPORTS_RESIZES = {"\x1b[?2048$p": "\x1b[?2048;2$y"}
"""What a terminal answers that reports its size within its input."""

_ANSWERS = {"\x1b[6n": "\x1b[1;1R", "\x1b[?2026$p": "\x1b[?2026;2$y", "\x1b[?2048$p": "\x1b[?2048;0$y"}
MODE = re.compile(r"\x1b\[\?(\d+)([hl])|\x1b\[([<>])\d*u")
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>]\d*u|\x1b\[\?\d+\$p")
_ON_BY_DEFAULT = {"7", "25"}  # wrapping, the cursor


class PtySession:
    """A running program, ended on leaving.

    Args:
        *arguments: For the program.
        home: Where it keeps its files.
        before: Statements of Python to run in the process before the program.
        size: In columns and rows.
        environ: More of the environment; a value of None takes a variable away.
        ignored: Signals that the program finds ignored.
        shell: A command to run instead of the program.
        answers: What the terminal answers, besides what all do, by question.
    """

    def __init__(
        self,
        *arguments: str,
        home: Path,
        before: str = "",
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str | None] | None = None,
        ignored: tuple[signal.Signals, ...] = (),
        shell: list[str] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        self._answers = _ANSWERS | dict(answers or {})
        self.terminal = Terminal(*size)
        self.written = ""
        self._cut_off = ""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._fd, slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(slave)

        def begin() -> None:
            ioctl(0, termios.TIOCSCTTY, 0)
            for number in ignored:
                signal.signal(number, signal.SIG_IGN)

        self.process = subprocess.Popen(
            shell or [sys.executable, "-c", f"{before}\n{PROGRAM}", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(home, environ or {}),
            start_new_session=True,
            preexec_fn=begin,  # noqa: PLW1509 - no threads here
        )
        self._slave = slave

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)
        self.hang_up()

    def hang_up(self) -> None:
        """Take the terminal away."""
        for fd in {self._fd, self._slave} - {-1}:
            os.close(fd)
        self._fd = self._slave = -1

    def send(self, keys: str | bytes) -> None:
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def kill(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def has_room(self, patience_s: float) -> bool:
        """Whether the program can write to the terminal within some seconds."""
        return bool(select.select([], [self._slave], [], patience_s)[1])

    def takes(self, keys: bytes, patience_s: float) -> int:
        """Press as many keys as there is room for within some seconds; returns how many."""
        if not select.select([], [self._fd], [], patience_s)[1]:
            return 0
        os.set_blocking(self._fd, False)
        try:
            return os.write(self._fd, keys)
        except BlockingIOError:
            return 0
        finally:
            os.set_blocking(self._fd, True)

    def resize(self, columns: int, lines: int) -> None:
        self.terminal.resize(lines, columns)
        ioctl(self._fd, termios.TIOCSWINSZ, pack("HHHH", lines, columns, 0, 0))

    def attributes(self) -> list[Any]:
        """How the terminal's line discipline is set."""
        return termios.tcgetattr(self._fd)

    def read(self, patience_s: float) -> str:
        """Take what comes within some seconds, and answer what was asked."""
        if not select.select([self._fd], [], [], patience_s)[0]:
            return ""
        data = self._decode(os.read(self._fd, 1 << 16))
        self.written += data
        whole, self._cut_off = _whole(self._cut_off + data)
        for question, answer in self._answers.items():  # of what is whole: one may come in two pieces
            self.answer(answer * whole.count(question))
        self.terminal.feed(_UNKNOWN_TO_PYTE.sub("", whole))
        return data

    def answer(self, answers: str) -> None:
        """Give the terminal's answers."""
        if answers:
            self.send(answers)

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.terminal.display)

    def await_text(self, text: str) -> None:
        deadline = monotonic() + LIMIT_S
        while not self.shows(text):
            assert monotonic() < deadline, f"never showed {text!r}:\n" + "\n".join(self.terminal.display)
            assert self.process.poll() is None or self.read(0.1), f"ended with {self.written[-2000:]}"
            self.read(0.1)

    def await_match(self, pattern: str) -> None:
        """Wait until an expression matches what is on the screen, row below row."""
        deadline = monotonic() + LIMIT_S
        while not re.search(pattern, "\n" + "\n".join(self.terminal.display), re.DOTALL):
            assert monotonic() < deadline, f"never matched {pattern!r}:\n" + "\n".join(self.terminal.display)
            self.read(0.1)

    def await_written(self, text: str, since: int = 0) -> None:
        deadline = monotonic() + LIMIT_S
        while text not in self.written[since:]:
            assert monotonic() < deadline, f"never wrote {text!r}"
            self.read(0.1)

    def await_end(self, *, reading: bool = True) -> int:
        """The exit status, as a shell would tell it."""
        deadline = monotonic() + LIMIT_S
        while self.process.poll() is None:
            assert monotonic() < deadline, "it goes on and on"
            if reading:
                self.read(0.02)
            else:
                select.select([], [], [], 0.02)
        while reading and self.read(0):
            pass
        return self.process.returncode if self.process.returncode >= 0 else 128 - self.process.returncode

    def still_on(self) -> set[str]:
        """The ledger: the modes that were changed, and not changed back."""
        changed: set[str] = set()
        for mode, onoff, pushed in MODE.findall(self.written):
            is_changed = pushed == ">" if pushed else (onoff == "h") is not (mode in _ON_BY_DEFAULT)
            changed = changed | {mode or "keyboard"} if is_changed else changed - {mode or "keyboard"}
        return changed

    def is_as_before(self) -> bool:
        """Whether the terminal is as the program has found it."""
        return not self.still_on() and self.attributes() == self.before


def environment(home: Path, more: Mapping[str, str | None]) -> dict[str, str]:
    """What the program is started with: no variable of the machine can hide or make a fault."""
    wanted: dict[str, str | None] = {**bare_environment(home), "TERM": "xterm-256color", **more}
    return {name: value for name, value in wanted.items() if value is not None}


def _whole(data: str) -> tuple[str, str]:
    """What can be shown now, and a sequence that was cut off at the end."""
    at = data.rfind("\x1b", -16)
    if at >= 0 and not re.match(r"\x1b(\[[\x20-\x3f]*[\x40-\x7e]|[^\[])", data[at:]):
        return data[:at], data[at:]
    return data, ""
