"""A program on a pseudo-terminal of its own, and what it writes there, to the byte and with the time of each.

Owns the terminal's side: its size, its answers to what programs ask, the wait for silence. What is measured
with it, and of which program, is not known here. Reads ``/proc`` for memory and processor time: Linux only.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import NamedTuple, Self

import pexpect

from tests.terminal.screens import Terminal as Screen

LIMIT_S = 60.0
"""How long a program may take to show something, or to fall silent."""

QUIET_S = 0.15
"""Silence after which a program is taken to have finished what a key began."""

_CALM_S = 0.4
_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output, which nearly all terminals have by now
}
_QUESTION = re.compile(b"|".join(map(re.escape, _ANSWERS)))
_LONGEST_QUESTION = max(map(len, _ANSWERS))


class Size(NamedTuple):
    """A terminal's size in cells."""

    columns: int
    rows: int

    def __str__(self) -> str:
        return f"{self.columns}×{self.rows}"


class Written(NamedTuple):
    """Bytes, and when they came, in seconds from what they are an answer to."""

    at_s: float
    data: bytes


class Reply:
    """What a program wrote after a key or a resize.

    Args:
        pieces: In the order in which they came.
    """

    def __init__(self, pieces: Sequence[Written]) -> None:
        self.pieces = pieces

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(piece.data) for piece in self.pieces)

    @property
    def last_s(self) -> float:
        """Seconds to the last byte.

        Raises:
            NothingShownError: There was none.
        """
        if not self.pieces:
            raise NothingShownError("wrote nothing")
        return self.pieces[-1].at_s


class NothingShownError(Exception):
    """A program did not show what it was started or asked for; says what it did."""


class Terminal:
    """A running program. It is killed, with all that it started, on leaving the context.

    Args:
        command: The program and its arguments.
        size: The terminal's size from the start.
        environment: All of the program's environment.
    """

    def __init__(self, command: Sequence[str], size: Size, environment: Mapping[str, str]) -> None:
        self._screen = Screen(size.columns, size.rows)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unseen: list[bytes] = []
        self._tail = b""
        self._started_s = perf_counter()
        self._process: pexpect.spawn[bytes] = pexpect.spawn(
            command[0], list(command[1:]), dimensions=(size.rows, size.columns), env=dict(environment)
        )
        assert self._process.pid is not None, "spawn has started it"
        self._pid: int = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        self._process.close(force=True)

    # What it shows

    def until_shows(self, marker: str) -> float:
        """Seconds from the start of the program to the byte that completes a text on the screen.

        Raises:
            NothingShownError: The text never came.
        """
        while (passed_s := perf_counter() - self._started_s) < LIMIT_S and self._read(LIMIT_S - passed_s):
            came_s = perf_counter() - self._started_s
            if any(marker in row for row in self.screen()):
                return came_s
        raise NothingShownError(f"never showed {marker!r}, but: {self._summary()}")

    def screen(self) -> list[str]:
        """The rows as they are shown now."""
        self._draw()
        return list(self._screen.display)

    def _draw(self) -> None:
        """Bring the screen up to date; not done while the program is timed, as it takes time itself."""
        for data in self._unseen:
            self._screen.feed(self._decoder.decode(data))
        self._unseen.clear()

    def _is_marked(self, rows: slice) -> bool:
        """Whether some cell in these rows has a background of its own."""
        return any(cell[2] != "default" for row in self._screen.looks()[rows] for cell in row)

    def _summary(self) -> str:
        words = [word for word in " ".join(self.screen()).split() if word.strip("─")]
        return " ".join(words)[:160] or "nothing"

    # What it is asked for

    def press(self, key: str, quiet_s: float = QUIET_S) -> Reply:
        """Send a key, and take what is written until nothing comes for some seconds."""
        os.write(self._process.child_fd, key.encode())
        return self._reply(quiet_s)

    def type_ahead(self, key: str) -> None:
        """Send a key without waiting for what comes of it."""
        os.write(self._process.child_fd, key.encode())

    def resize(self, size: Size, quiet_s: float = QUIET_S) -> Reply:
        """Give the terminal another size, and take what is written until nothing comes for some seconds."""
        self._draw()
        self._screen.resize(size.rows, size.columns)
        self._process.setwinsize(size.rows, size.columns)
        return self._reply(quiet_s)

    def settle(self) -> None:
        """Wait until the program neither writes nor works.

        Raises:
            NothingShownError: It never stops.
        """
        end_s = perf_counter() + LIMIT_S
        while perf_counter() < end_s:
            before_s = self.processor_s()
            if not self._reply(_CALM_S).pieces and self.processor_s() == before_s:
                return
        raise NothingShownError("never at rest")

    def listen(self, seconds: float) -> int:
        """Touch nothing for some seconds: the bytes written meanwhile."""
        end_s = perf_counter() + seconds
        count = 0
        while (left_s := end_s - perf_counter()) > 0:
            data = self._read(left_s)
            if data is None:
                break
            count += len(data)
        return count

    def _reply(self, quiet_s: float) -> Reply:
        asked_s = perf_counter()
        pieces: list[Written] = []
        while perf_counter() - asked_s < LIMIT_S and (data := self._read(quiet_s)):
            pieces.append(Written(perf_counter() - asked_s, data))
        return Reply(pieces)

    def marks_after_s(self, key: str, rows: slice) -> float:
        """Seconds from a key to the byte with which some cell in these rows has a background of its own.

        Raises:
            NothingShownError: None has.
        """
        self._draw()
        reply = self.press(key)
        self._unseen.clear()
        for piece in reply.pieces:
            self._screen.feed(self._decoder.decode(piece.data))
            if self._is_marked(rows):
                return piece.at_s
        raise NothingShownError(f"{key!r} marked nothing")

    def _read(self, patience_s: float) -> bytes | None:
        """What comes within some seconds; None for nothing, or when the program has ended."""
        fd = self._process.child_fd
        if not select.select([fd], [], [], patience_s)[0]:
            return None
        try:
            data = os.read(fd, 1 << 20)
        except OSError:  # so Linux tells that the program has ended
            return None
        self._answer(data)
        self._unseen.append(data)
        return data or None

    def _answer(self, data: bytes) -> None:
        """Answer the questions that are complete now."""
        asked, end = self._tail + data, 0
        for question in _QUESTION.finditer(asked):
            os.write(self._process.child_fd, _ANSWERS[question[0]])
            end = question.end()
        self._tail = asked[max(end, len(asked) - _LONGEST_QUESTION + 1) :]

    # What it costs

    def processor_s(self) -> float:
        """Processor time of the program so far, in seconds, in steps of the kernel's clock."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """Memory that the program holds now."""
        found = re.search(r"^VmRSS:\s+(\d+) kB", self._proc("status"), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self._pid}/{name}").read_text(encoding="utf-8")
