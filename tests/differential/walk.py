"""One walk: two programs in terminals of one kind, given the same steps, which must come to show the same."""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

from tests.differential.steps import EMOJI, OTHERS, WORDS, Resize, Step, steps, turns
from tests.terminal.emulators import Emulator, Pyte, XtermJs, no_xterm_js
from tests.terminal.multiplexers import redraw, wrapped
from tests.terminal.watched import Watched

QUIET_S = 0.05
PATIENCE_S = 10.0
SIZE = (100, 30)

Seen = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Kind:
    """A kind of terminal.

    Attributes:
        emulator: Makes it.
        within: The multiplexers between it and the program.
        words: What the calls are made of: where terminals and Textual disagree about a width, a full redraw is no
            model, so there are none of these words, or only letters are compared, with what pyte makes of it.
        only_letters: Whether only letters are compared.
        missing: Says why it cannot be had; empty if it can.
    """

    emulator: Callable[[int, int], Emulator]
    words: list[str]
    within: tuple[str, ...] = ()
    only_letters: bool = False
    missing: Callable[[], str] = str


def _no_tmux() -> str:
    return no_xterm_js() or ("" if shutil.which("tmux") else "tmux is not installed")


KINDS = {
    "pyte": Kind(Pyte, WORDS + OTHERS + EMOJI),
    "xterm.js": Kind(XtermJs, WORDS + OTHERS, missing=no_xterm_js),
    "xterm.js, Unicode 6": Kind(
        lambda columns, lines: XtermJs(columns, lines, "6"), WORDS + EMOJI, only_letters=True, missing=no_xterm_js
    ),
    "xterm.js, Unicode 11": Kind(XtermJs, WORDS + EMOJI, only_letters=True, missing=no_xterm_js),
    "tmux": Kind(
        XtermJs, WORDS + OTHERS, within=("tmux escape-time=0 default-terminal=tmux-256color",), missing=_no_tmux
    ),
}


class DifferenceError(AssertionError):
    """The two do not come to show the same."""


class Walk:
    """Two programs side by side: the first sends only what changed, the second everything.

    Args:
        kind: The terminal.
        differing: The first.
        full: The second, the model.
        renew: Draws the terminal of the second anew. After a change of its size tmux 3.3a at times leaves old cells
            there, though it holds the right ones.
    """

    def __init__(
        self, kind: Kind, differing: Watched[Emulator], full: Watched[Emulator], renew: Callable[[], object]
    ) -> None:
        self._kind = kind
        self._both = (differing, full)
        self._renew = renew
        self.taken: list[Step] = []

    def take(self, step: Step) -> None:
        """Do the same in both, and compare what comes of it."""
        self.taken.append(step)
        for program in self._both:
            if isinstance(step, Resize):
                program.resize(step.columns, step.lines)
            else:
                program.send(step)
        self.compare()

    def compare(self) -> None:
        """Wait until both are quiet and show the same.

        Raises:
            DifferenceError: They never do.
        """
        deadline = monotonic() + PATIENCE_S
        while True:
            self._settle()
            one, other = map(self._seen, self._both)
            if one == other:
                return
            if monotonic() > deadline:
                raise DifferenceError(self._report(one, other))
            self._renew()

    def _settle(self) -> None:
        quiet_since = monotonic()
        while monotonic() - quiet_since < QUIET_S:
            for program in self._both:
                if program.read(0.01):
                    quiet_since = monotonic()
            for program in self._both:
                if program.process.poll() is not None:
                    raise DifferenceError(f"ended with {program.process.returncode} after {self.taken[-10:]!r}")

    def _seen(self, program: Watched[Emulator]) -> Seen:
        looks = program.emulator.looks()
        if not self._kind.only_letters:
            return looks
        return [[look[0] if look[0].isascii() and look[0].isalnum() else "" for look in row] for row in looks]

    def _report(self, one: Seen, other: Seen) -> str:
        lines = [f"step {len(self.taken)}, after {self.taken[-10:]!r}:"]
        texts, fulls = (program.rows() for program in self._both)
        for y, (row, mate) in enumerate(zip(one, other, strict=True)):
            if row != mate:
                lines += [f"{y:3} {texts[y]}|", f"    {fulls[y]}|"]
                lines += [f"    {x}: {a!r} {b!r}" for x, (a, b) in enumerate(zip(row, mate, strict=True)) if a != b][:4]
        return "\n".join(lines)


@contextmanager
def walking(kind: Kind, seed: int, home: Path) -> Iterator[Walk]:
    """A walk through a call of this seed."""
    call = home / "call.json"
    call.write_text(json.dumps({"transcript": turns(random.Random(seed), kind.words)}))
    command = [sys.executable, "-m", "tui", "--no-cache", str(call)]
    with ExitStack() as stack:

        def within(number: int, *options: str) -> list[str]:
            directory = home / str(number)
            directory.mkdir(exist_ok=True)
            return stack.enter_context(wrapped([*command, *options], kind.within, directory))

        differing, full = within(1), within(2, "--full-redraw")
        model = Pyte(*SIZE) if kind.only_letters else kind.emulator(*SIZE)
        one = stack.enter_context(Watched(differing, kind.emulator(*SIZE), home, SIZE))
        other = stack.enter_context(Watched(full, model, home, SIZE))
        for program in (one, other):
            program.await_text("turn 1 of")
        yield Walk(kind, one, other, partial(redraw, full) if kind.within else lambda: None)


def walk(kind: Kind, seed: int, count: int, home: Path, until_s: float = float("inf")) -> int:
    """Take steps until there were enough, or time is up; returns how many.

    Raises:
        DifferenceError: What the two show differs.
    """
    dice = random.Random(seed)
    with walking(kind, seed, home) as made:
        made.compare()
        while len(made.taken) < count and monotonic() < until_s:
            made.take(steps(dice))
    return len(made.taken)
