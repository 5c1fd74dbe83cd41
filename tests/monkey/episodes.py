"""One life of the program with the monkey, from its start to its end, and what was wrong with it.

An episode depends on nothing but its name, so one that shows trouble can be had again. Nothing sleeps: what takes a
while is waited for by reading.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from signal import SIGABRT, SIGINT
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from tests.monkey.doings import CALLS, SIZES, Doing, doings
from tests.terminal.pty_session import PtySession
from tests.terminal.screens import Terminal
from tui.demo.contract import DEMO_KEY

CALM_S = 2.0
"""How long the program is watched after the last key: a fault in its end shows late."""

ANSWER_S = 10.0
"""How long the program may take to draw; ctrl+c is pressed again after half of that."""

BEFORE = ""
"""Statements of Python that the program begins with."""
_BEGUN = "begun"
"""What the program writes in its first step: what interrupts Python before that is none of its business."""
_TELLS_ITS_BEGIN = f"""
import faulthandler, tui.__main__
faulthandler.enable()
begin_for = tui.__main__.begin_for
tui.__main__.begin_for = lambda arguments: (print({_BEGUN!r}, flush=True), begin_for(arguments))[1]
"""

_SIZE_AT_END = (91, 31)
_TAKEN, _LEAVING, _GIVEN_BACK = "\x1b[?1049h", "\x1b[?2004l", "\x1b[?1049l"
_LIMIT_S = 30.0
_MOST_KEYS, _FEWEST_KEYS = 600, 20
_KEPT_CHARACTERS = 1 << 14


class Trouble(NamedTuple):
    """What was wrong, and with which episode."""

    episode: str
    what: str


class _Session(PtySession):
    """The program, looked at by nobody: only what it asks is answered."""

    answered: Mapping[str, str] = {"\x1b[6n": "\x1b[1;1R", "\x1b[?2026$p": "\x1b[?2026;2$y"}

    def read(self, patience_s: float) -> str:
        if not select.select([self._fd], [], [], patience_s)[0]:
            return ""
        data = self._decode(os.read(self._fd, 1 << 16))
        self.written = self.written[-_KEPT_CHARACTERS:] + data
        for question, answer in self.answered.items():
            self.send(answer * data.count(question))
        return data


def was_signal(written: str) -> bool:
    """Whether a ctrl+c was the system's, which echoes it: it came during ctrl+z, or with the terminal given back."""
    *suspended, end = written.split(_TAKEN)
    return "^C" in end[end.rfind(_GIVEN_BACK) :] or any("^C" in part[part.rfind(_LEAVING) :] for part in suspended)


class Episode:
    """One life of the program.

    Args:
        name: Of what it depends on.
        base_url: Of an API with faults.
    """

    def __init__(self, name: str, base_url: str) -> None:
        self.name = name
        self.keys = 0
        self._base_url = base_url
        self._random = Random(name)
        self._sent = ""

    def run(self) -> list[Trouble]:
        """Live it; returns what was wrong."""
        random = self._random
        arguments = ["--base-url", self._base_url, *random.choice(([], [], ["--full-redraw"], ["--no-mouse"]))]
        arguments += random.choice(([], [random.choice(CALLS)]))
        with TemporaryDirectory(prefix="omni-monkey-") as home:
            before = f"import os; os.chdir({home!r})\n{BEFORE}\n{_TELLS_ITS_BEGIN}"
            environ = {"PYAI_API_KEY": DEMO_KEY}
            with _Session(
                *arguments, home=Path(home), before=before, size=random.choice(SIZES[2:]), environ=environ
            ) as session:
                if random.random() < 0.3:
                    session.answered = {}
                return [Trouble(self.name, f"{what}; sent {self._sent[-300:]!r}") for what in self._live(session, home)]

    def _live(self, session: _Session, home: str) -> Iterator[str]:
        is_early = self._random.random() < 0.2  # then ctrl+c is still the terminal's, and a signal
        # before it has begun, ctrl+c interrupts Python; once it has asked for the focus, the terminal is ours
        session.await_written(_BEGUN if is_early else "\x1b[?1004h")
        yield from self._play(session)
        self._watch(session, CALM_S)
        if session.process.poll() is None:
            yield from self._end(session)
        status = session.process.poll()
        is_signal = is_early or was_signal(session.written)
        if status not in {None, 0} and not (is_signal and status in {-SIGINT, 128 + SIGINT}):
            yield f"it ended with {status}: {session.written[-600:]!r}"
        if "Traceback" in session.written:
            yield f"it printed {session.written[session.written.index('Traceback') :]!r}"
        yield from (path.read_text()[-1500:] for path in Path(home).rglob("faults/*.txt"))
        if status is not None and session.attributes() != session.before:
            yield "it left the terminal's attributes changed"

    def _play(self, session: _Session) -> Iterator[str]:
        """Do what is done, in pieces of any size."""
        data = b""
        most = self._random.choice((1, 3, 40, 4000))
        for doing in doings(self._random, self._random.randint(_FEWEST_KEYS, _MOST_KEYS)):
            self.keys += doing.weight
            self._do(session, doing)
            data += doing.keys.encode()
            while len(data) >= most or (data and self._random.random() < 0.2):
                size = self._random.randint(1, most)
                if not self._give(session, data[:size]):
                    if session.process.poll() is None:
                        yield "it takes no keys"
                    return
                data = data[size:]
        self._give(session, data)

    def _do(self, session: _Session, doing: Doing) -> None:
        self._sent += doing.keys
        if doing.size is not None and session.process.poll() is None:
            self._sent += f"<{doing.size}>"
            session.resize(*doing.size)

    def _give(self, session: _Session, data: bytes) -> bool:
        """Send keys, reading meanwhile; False if nobody takes them."""
        limit_s = monotonic() + _LIMIT_S
        while data:
            if session.process.poll() is not None or monotonic() > limit_s:
                return False
            data = data[session.takes(data, 0.0) :]
            while session.read(0.0):
                pass
        return True

    def _watch(self, session: _Session, seconds: float) -> None:
        limit_s = monotonic() + seconds
        while (left_s := limit_s - monotonic()) > 0:
            session.read(left_s)

    def _end(self, session: _Session) -> Iterator[str]:
        """See whether the program still hears, and end it."""
        session.resize(*_SIZE_AT_END)
        limit_s = monotonic() + ANSWER_S
        while not session.read(0.1) and session.process.poll() is None:
            if monotonic() > limit_s:
                yield "it does not draw"
                break
        for _ in range(4):  # what is selected is copied first
            self._give(session, b"\x1b\x1b\x1b\x03")
            limit_s = monotonic() + ANSWER_S / 2
            while session.process.poll() is None and monotonic() < limit_s:
                session.read(0.05)
            if session.process.poll() is not None:
                self._watch(session, 0.1)
                return
        yield f"it does not hear ctrl+c; {self._autopsy(session)}"

    def _autopsy(self, session: _Session) -> str:
        """What a deaf program shows, and where its threads are."""
        screen = Terminal(*_SIZE_AT_END)
        screen.feed(session.written)
        session.written = ""
        session.process.send_signal(SIGABRT)  # faulthandler then writes the stack of each thread
        self._watch(session, CALM_S)
        return "\n".join(["it shows", *screen.display, "its threads", session.written])
