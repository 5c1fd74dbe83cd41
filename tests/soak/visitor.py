"""A restless reader at a pseudo-terminal: opens calls, presses keys at random, pulls at the window, and goes home.

Home is the first screen with nothing typed. What is sent there is dealt with before anything is looked at; that is
told by the program's own counts. Nothing here sleeps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from time import monotonic

from tests.soak.probe import LEAVING, Counts, read_counts
from tests.soak.samples import Sample, sample
from tests.soak.server import CALL_IDS
from tests.terminal.pty_session import MODE, PtySession
from tui.demo.contract import DEMO_KEY
from tui.keys import ACTIONS, key_word

_NORMAL = (100, 30)
_SIZES = ((1, 1), (2, 3), (20, 5), (20, 6), (40, 10), (80, 24), (132, 43), (250, 70))
_ESCAPE = "\x1b[27u"  # as the keyboard protocol has it: of a bare one, nobody knows whether a sequence begins
_PROMPT = "paste it here"
_NOTHING = "\x1b[24~"  # F12
_SEQUENCES = {
    "escape": _ESCAPE, "down": "\x1b[B", "up": "\x1b[A", "pagedown": "\x1b[6~", "pageup": "\x1b[5~",
    "home": "\x1b[H", "end": "\x1b[F", "f1": "\x1bOP", "f2": "\x1bOQ", "space": " ",
    "tab": "\t", "shift+tab": "\x1b[Z", "enter": "\r", "ctrl+home": "\x1b[1;5H", "ctrl+end": "\x1b[1;5F",
}  # fmt: skip
_CLOSINGS = 8  # dialogs and lines that one key each closes, a question with something typed two: more than can be open
_MOST_SCREENS = 30
_TOLD_KEYS = 100
_KEPT_CHARACTERS = 1 << 16
_PATIENCE_S, _HELD_S, _FETCH_S, _REST_S = 30.0, 5.0, 0.3, 3.0


class StuckError(AssertionError):
    """The program no longer does what it should; says what was waited for, and what is on the screen."""


def typed(key: str) -> str:
    """What a terminal sends for one of Textual's names of keys."""
    if key in _SEQUENCES or not key.startswith("ctrl+"):
        return _SEQUENCES.get(key, key_word(key))
    return chr(ord(key[-1]) & 0x1F)


KEYS = tuple(typed(key) for action in ACTIONS if action.name not in LEAVING for key in action.keys)


class Visitor(PtySession):
    """The program with its user.

    Args:
        base_url: Of the API.
        home: A directory for all that the program writes.
        seed: Of what the user does.

    Attributes:
        pressed: Keys sent.
        resized: Changes of the terminal's size.
    """

    def __init__(self, base_url: str, home: Path, seed: int) -> None:
        self._counts_path = home / "counts"
        watch = f"import os, tests.soak.probe\ntests.soak.probe.install({str(self._counts_path)!r})\n"
        super().__init__(
            "--base-url", base_url, home=home, size=_NORMAL, environ={"PYAI_API_KEY": DEMO_KEY},
            before=f"{watch}os.chdir({str(home)!r})",
        )  # fmt: skip
        self._random = Random(seed)
        self._depth = 0
        self._last = deque[str](maxlen=_TOLD_KEYS)
        self.pressed = self.resized = 0

    def arrive(self) -> None:
        """Wait for the first screen."""
        self.await_text(_PROMPT)

    def read(self, patience_s: float) -> str:
        """Take what comes; of what was written, keep the ledger and the end."""
        data = super().read(patience_s)
        if len(self.written) > 2 * _KEPT_CHARACTERS:
            old, new = self.written[:-_KEPT_CHARACTERS], self.written[-_KEPT_CHARACTERS:]
            self.written = "".join(change[0] for change in MODE.finditer(old)) + new
        return data

    @property
    def counts(self) -> Counts:
        """What the program has done so far."""
        return read_counts(self._counts_path)

    def visit(self, keys: int, resizes: int) -> None:
        """Begin a fetch in one of the ways there are, and be restless meanwhile.

        Args:
            keys: How many to press at random.
            resizes: How many sizes to try.
        """
        begin = self._random.choice([self._open, self._again, self._again]) if self._depth else self._open
        begin()
        for left in range(max(1, resizes), 0, -1):
            self.press(*self._random.choices(KEYS, k=keys // left))
            keys -= keys // left
            self._pull(*self._random.choice(_SIZES))
        self._until(self._has_fetched, _FETCH_S, "")
        self._close_all()

    def go_home(self) -> None:
        """Give up what is going on, and go back to the first screen."""
        self._close_all()
        for _ in range(_MOST_SCREENS):
            if self.counts.screens == 1:
                break
            self.press("q")
            self._close_all()
        else:
            raise self._stuck("the first screen")
        self._depth = 0

    def rest(self, before: Sample | None = None) -> Sample:
        """Wait until all is done that was begun, and no more is held than before; what is held then."""
        self._until(self._has_fetched, _PATIENCE_S, "the end of all fetches")
        limit_s = monotonic() + _REST_S
        while True:
            self.press(_NOTHING)  # for the tasks are counted at keys
            held = sample(self.process.pid, self.counts.tasks)
            if before is None or held.holds_no_more_than(before) or monotonic() > limit_s:
                return held
            self.read(0.05)

    def press(self, *keys: str) -> None:
        """Press keys, and wait until the program has dealt with them.

        Keys typed ahead of a call wait for it: a fetch that stalls is given up, as a reader would after a while.
        """
        self._send_keys(keys)
        self._until(self._has_taken_all, _HELD_S, "")
        if not self._has_taken_all() and not self._has_fetched():
            self._send_keys([_ESCAPE])
        self._until(self._has_taken_all, _PATIENCE_S, "its keys")

    def _send_keys(self, keys: Sequence[str]) -> None:
        self.pressed += len(keys)
        self._last.extend(keys)
        self.send("".join(keys))

    def _has_taken_all(self) -> bool:
        return self.counts.keys >= self.pressed

    def _open(self) -> None:
        """Open another call, from the first screen or from a call."""
        if self._depth:
            self.press("o")
        self._until_idle(lambda: self.counts.asks, "the question for a call")
        begun = self.counts.begun
        self.press(*self._random.choice(CALL_IDS), "\r")
        self._until(lambda: self.counts.begun > begun, _PATIENCE_S, "a fetch")
        self._depth += 1

    def _again(self) -> None:
        """Fetch the call again, or wait for it: only what is missing can be waited for."""
        self.press(*self._random.choice(["r", "rw"]))

    def _close_all(self) -> None:
        """Close all that is open over a call; a key goes where the one before has led only if that was dealt with."""
        self._pull(*_NORMAL)
        for _ in range(_CLOSINGS):
            self._until_idle()
            self.press(_ESCAPE)
        self._until_idle()

    def _until_idle(self, is_so: Callable[[], object] = lambda: True, what: str = "rest") -> None:
        """Press a key that does nothing, as the program tells how it is at keys, until nothing waits and it is so."""
        limit_s = monotonic() + _PATIENCE_S
        self.press(_NOTHING)
        while self.counts.waiting or not is_so():
            if monotonic() > limit_s:
                raise self._stuck(what)
            self.read(0.01)
            self.press(_NOTHING)

    def _pull(self, columns: int, lines: int) -> None:
        if self.terminal.columns != columns or self.terminal.lines != lines:
            self.resized += 1
            self.resize(columns, lines)

    def _has_fetched(self) -> bool:
        counts = self.counts
        return counts.ended == counts.begun

    def _until(self, is_so: Callable[[], bool], patience_s: float, what: str) -> None:
        """Read until something is so.

        Args:
            is_so: Says whether it is.
            patience_s: For how many seconds to wait.
            what: What was waited for, if it must come; empty if it need not.

        Raises:
            StuckError: It did not come, or the program has ended.
        """
        limit_s = monotonic() + patience_s
        while not is_so():
            is_late = monotonic() > limit_s
            if self.process.poll() is not None or (what and is_late):
                raise self._stuck(what)
            if is_late:
                return
            self.read(0.01)

    def _stuck(self, what: str) -> StuckError:
        status = self.process.poll()
        state = "runs" if status is None else f"ended with {status}"
        told = [f"the program {state}: no sign of {what}; {self.counts}", f"its last keys: {''.join(self._last)!r}"]
        told += self.terminal.display
        return StuckError("\n".join(line.rstrip() for line in told))
