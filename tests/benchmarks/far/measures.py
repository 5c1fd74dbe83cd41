"""How each thing is measured over a slow link: seconds until the terminal has the last byte, ours and the pager's.

Both programs read a file on the far host, so that the network in between carries their pictures and nothing else.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from tests.benchmarks.far.host import FarHost
from tests.benchmarks.measures import Measure, Pair
from tests.benchmarks.terminal import Reply, Size, Terminal
from tests.benchmarks.workbench import Program, Workbench

SIZE, LARGER = Size(100, 30), Size(120, 36)
TURNS = 1_000
_QUIET_S = 1.5
"""Silence after which a reply is complete: five times the way there and back."""
_HELD_S, _HELD_RATE = 5.0, 30
"""For how long a key is held down, and how often it repeats in a second."""
_REPETITIONS = 3
"""A repetition takes ten seconds and more; the link makes the figures steady."""

Probe = Callable[[Terminal, Program], list[float]]
"""Does something in a program that shows its first picture; seconds of each time."""


def far_start() -> Measure:
    """Seconds from the Enter behind the command to the last byte of the first picture."""

    def measure(bench: Workbench) -> list[Pair]:
        ours, less = _programs(bench)
        with bench.far.shell(SIZE) as mine, bench.far.shell(SIZE) as theirs:
            pairs: list[Pair] = [(_started(mine, ours), _started(theirs, less)) for _ in range(_REPETITIONS + 1)]
        return pairs[1:]

    return measure


def far_reply(probe: Probe, *, inside: str = "") -> Measure:
    """What a probe measures, in ours and in the pager, each in a session of its own.

    Args:
        probe: What is done.
        inside: "tmux" or "screen" on the far host; empty for neither.
    """

    def measure(bench: Workbench) -> list[Pair]:
        mine, theirs = (_probed(bench.far, program, probe, inside) for program in _programs(bench))
        return list(zip(mine, theirs, strict=True))

    return measure


def keys(*sequence: str) -> Probe:
    """Presses some keys, one after the other, again and again: the seconds of each."""
    return lambda terminal, _: [terminal.press(key, _QUIET_S).last_s for _ in range(_REPETITIONS) for key in sequence]


def find(terminal: Terminal, program: Program) -> list[float]:
    """Types a word to find and Enter, in one write: the seconds until the hits are shown."""
    found = []
    for word in ("course", "address", "morning"):
        found.append(terminal.press(f"/{word}\r", _QUIET_S).last_s)
        terminal.press(program.begin, _QUIET_S)
    return found


def resizes(terminal: Terminal, _: Program) -> list[float]:
    """Makes the window larger and smaller again: the seconds of each."""
    return [terminal.resize(size, _QUIET_S).last_s for _ in range(_REPETITIONS) for size in (LARGER, SIZE)]


def held_key(terminal: Terminal, _: Program) -> list[float]:
    """Holds a key down: the seconds from its release to the last byte."""
    begun_s = perf_counter()
    for count in range(1, round(_HELD_S * _HELD_RATE) + 1):
        terminal.type_ahead("j")
        terminal.listen(begun_s + count / _HELD_RATE - perf_counter())
    reply: Reply = terminal.press("", _QUIET_S)
    return [reply.last_s if reply.pieces else 0.0]


def _programs(bench: Workbench) -> tuple[Program, Program]:
    document, text = bench.document(TURNS), bench.exported(TURNS)
    ours = Program("ours", [bench.python, "-m", "tui", str(document)], bench.marker, begin="g")
    return ours, Program("less", ["less", str(text)], bench.marker, begin="g")


def _started(terminal: Terminal, program: Program) -> float:
    seconds = terminal.press(f"{shlex.join(program.command)}\r", _QUIET_S).last_s
    terminal.press("q", _QUIET_S)
    return seconds


def _probed(host: FarHost, program: Program, probe: Probe, inside: str) -> list[float]:
    with _opened(host, program, inside) as terminal:
        return probe(terminal, program)


@contextmanager
def _opened(host: FarHost, program: Program, inside: str) -> Iterator[Terminal]:
    with host.shell(SIZE, inside=inside) as terminal:
        terminal.press(f"{shlex.join(program.command)}\r", _QUIET_S)
        yield terminal
