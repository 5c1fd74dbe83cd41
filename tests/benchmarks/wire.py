"""What keys cost on the wire in the search of the library, and for a mark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.measures import Measure, reply_bytes
from tests.benchmarks.terminal import Size, Terminal
from tests.benchmarks.workbench import Workbench

_FIND, _DOWN = "\x06", "\x1b[B"
_WORD = "the"
"""It has more hits in the samples than a screen has rows."""
_DOWNS = 6
_TOGGLES = 6
_SEARCHED_S = 2.0
_IDLE_S, _IDLE_WINDOWS = 2.0, 3


@contextmanager
def _library(bench: Workbench, size: Size, typed: str) -> Iterator[Terminal]:
    """The search of the demo's library, with something typed."""
    program = bench.demo()
    with bench.start(program, size) as terminal:
        terminal.until_shows(program.marker)
        terminal.settle()
        terminal.press(_FIND, _SEARCHED_S)
        if typed:
            terminal.press(typed, _SEARCHED_S)
        yield terminal


def library_down_bytes(size: Size) -> Measure:
    """Bytes for the keys that go from hit to hit while nothing scrolls."""

    def measure(bench: Workbench) -> list[tuple[float, float | None]]:
        with _library(bench, size, _WORD) as terminal:
            return [(reply_bytes(terminal, _DOWN), None) for _ in range(_DOWNS)]

    return measure


def library_letter_bytes(size: Size) -> Measure:
    """Bytes for each letter of a word, with the hits that come of it."""

    def measure(bench: Workbench) -> list[tuple[float, float | None]]:
        with _library(bench, size, "") as terminal:
            return [(terminal.press(letter, _SEARCHED_S).size, None) for letter in "refund"]

    return measure


def library_idle_bytes(size: Size) -> Measure:
    """Bytes written in some seconds in which nothing happens, with hits on the screen."""

    def measure(bench: Workbench) -> list[tuple[float, float | None]]:
        with _library(bench, size, _WORD) as terminal:
            return [(terminal.listen(_IDLE_S), None) for _ in range(_IDLE_WINDOWS)]

    return measure


def mark_bytes(turns: int, size: Size) -> Measure:
    """Bytes for the key that marks a turn, or removes its mark."""

    def measure(bench: Workbench) -> list[tuple[float, float | None]]:
        program = bench.call(turns)
        with bench.start(program, size) as terminal:
            terminal.until_shows(program.marker)
            terminal.settle()
            terminal.press("m")
            return [(reply_bytes(terminal, key), None) for key in "m" * _TOGGLES]

    return measure
