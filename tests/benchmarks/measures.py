"""How each thing is measured. Every function here returns a measure: from a workbench to pairs of ours and another's.

The two of a pair are measured right after each other, so that what disturbs one disturbs both; the first
pair warms the caches and is dropped. What is good enough is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from time import perf_counter

from tests.benchmarks.terminal import NothingShownError, Reply, Size, Terminal
from tests.benchmarks.workbench import Program, Workbench
from tui.core.fold import fold
from tui.core.search import Corpus, Hits, compile_query

Pair = tuple[float, float | None]
"""Ours, and what it is held against if there is such a thing."""
Measure = Callable[[Workbench], list[Pair]]
Maker = Callable[[Workbench], Program]
"""Makes the program to run."""
Probe = Callable[[Terminal, str], float]
"""Presses a key, and takes a figure of what comes of it."""

MEDIUM = Size(120, 40)
SMALLER = Size(100, 34)
_COUNTED_S = 0.6
_IDLE_S, _IDLE_WINDOWS = 2.0, 3
_LETTERS = "course"
_FOOT_ROWS, _OVERLAP_ROWS = 2, 2
"""What a page of ours leaves: what stands below the text, and the rows that stay to be read on from."""
_WITH_TIMELINE = 30
"""From so many rows on, two of them tell who spoke when."""
_MARKS = " ▌▐│"


def reply_bytes(terminal: Terminal, key: str) -> float:
    """The bytes that a key costs."""
    return terminal.press(key).size


def reply_s(terminal: Terminal, key: str) -> float:
    """The seconds from a key to the last byte of its picture."""
    return terminal.press(key).last_s


# Starting


def first_picture(ours: Maker, other: Maker) -> Measure:
    """Seconds from the start of the process to the first picture that holds the program's marker."""

    def measure(bench: Workbench) -> list[Pair]:
        mine, theirs = ours(bench), other(bench)
        pairs: list[Pair] = [
            (_shown_s(bench, mine), _shown_s(bench, theirs)) for _ in range(bench.options.repetitions + 1)
        ]
        return pairs[1:]

    return measure


def first_text_after_delay(turns: int, delay_s: float) -> Measure:
    """Seconds to the first text over a slow network, and the least that it can take: the app's start or the delay."""

    def measure(bench: Workbench) -> list[Pair]:
        pairs = first_picture(lambda bench: bench.call(turns, delay_s), Workbench.bare)(bench)
        return [(mine, max(theirs or 0.0, delay_s)) for mine, theirs in pairs]

    return measure


def _shown_s(bench: Workbench, program: Program) -> float:
    with bench.start(program, MEDIUM) as terminal:
        return terminal.until_shows(program.marker)


@contextmanager
def _ready(bench: Workbench, program: Program, size: Size = MEDIUM) -> Iterator[Terminal]:
    """A program that shows its first picture and has nothing left to do."""
    with bench.start(program, size) as terminal:
        terminal.until_shows(program.marker)
        terminal.settle()
        if program.begin:
            terminal.press(program.begin)
        yield terminal


# Reading


def line_bytes(turns: int, peer: Callable[[Workbench, int], Program], size: Size = MEDIUM) -> Measure:
    """Bytes for one line down, in ours and in a pager that shows the exported text."""

    def measure(bench: Workbench) -> list[Pair]:
        ours, other = bench.call(turns), peer(bench, turns)
        with _ready(bench, ours, size) as mine, _ready(bench, other, size) as theirs:
            return _alternate(bench, reply_bytes, (mine, [ours.line]), (theirs, [other.line]))

    return measure


def page_bytes(turns: int, peer: Callable[[Workbench, int, int], Program], size: Size = MEDIUM) -> Measure:
    """Bytes for a page down, in ours and in a pager that moves as many lines."""

    def measure(bench: Workbench) -> list[Pair]:
        ours = bench.call(turns)
        with _ready(bench, ours, size) as mine:
            lines = _page_lines(mine, ours.page)
            other = peer(bench, turns, lines)
            with _ready(bench, other, size) as theirs:
                return _alternate(bench, reply_bytes, (mine, [ours.page]), (theirs, [other.page]))

    return measure


def _page_lines(terminal: Terminal, key: str) -> int:
    """By how many lines ours scrolls with the key for a page.

    Raises:
        NothingShownError: It scrolls by another number.
    """
    before = terminal.screen()
    terminal.press(key)
    after = terminal.screen()
    if after[_header_rows(after) + 1].strip(_MARKS) != before[-_FOOT_ROWS - 1].strip(_MARKS):
        raise NothingShownError("a page did not leave the last row of the text as the second")
    return len(before) - _header_rows(before) - _FOOT_ROWS - _OVERLAP_ROWS


def _header_rows(screen: Sequence[str]) -> int:
    """How many rows stand above the text."""
    return 4 if len(screen) >= _WITH_TIMELINE else 2


def still_mark_bytes(turns: int, size: Size = MEDIUM) -> Measure:
    """Bytes for the keys that move the mark from turn to turn while nothing scrolls."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, bench.call(turns), size) as terminal:
            return [(reply_bytes(terminal, key), None) for key in "jjjkkk"]

    return measure


def typed_letter_bytes(turns: int, size: Size = MEDIUM) -> Measure:
    """Bytes for each letter of a word that is typed into the find bar and stands on the screen."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, bench.call(turns), size) as terminal:
            terminal.press("/")
            return [(reply_bytes(terminal, letter), None) for letter in _LETTERS]

    return measure


# Length


def key_scaling(keys: Sequence[str], long: int, short: int) -> Measure:
    """Seconds from a key to its last byte, in a long and in a short call; several keys are pressed in turn."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, bench.call(long)) as mine, _ready(bench, bench.call(short)) as theirs:
            return _alternate(bench, reply_s, (mine, keys), (theirs, keys))

    return measure


def resize_scaling(long: int, short: int) -> Measure:
    """Seconds from a change of the terminal's size to its last byte, in a long and in a short call."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, bench.call(long)) as mine, _ready(bench, bench.call(short)) as theirs:
            sizes = [SMALLER, MEDIUM] * bench.options.repetitions
            pairs: list[Pair] = [(mine.resize(size).last_s, theirs.resize(size).last_s) for size in sizes]
            return pairs[1:]

    return measure


_Pressed = tuple[Terminal, Sequence[str]]


def _alternate(bench: Workbench, probe: Probe, mine: _Pressed, theirs: _Pressed) -> list[Pair]:
    """Press a key here, then there, again and again; of several keys, one after the other."""
    (ours, my_keys), (other, their_keys) = mine, theirs
    keys = zip(cycle(my_keys), cycle(their_keys), strict=False)
    count = bench.options.repetitions * len(my_keys) + 1
    pairs: list[Pair] = [(probe(ours, key), probe(other, their_key)) for key, their_key in islice(keys, count)]
    return pairs[1:]


# Finding


def first_hit(turns: int) -> Measure:
    """Seconds from a letter in the find bar to the byte that marks a hit on the screen."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, bench.call(turns)) as terminal:
            pairs: list[Pair] = [(_hit_s(terminal), None) for _ in range(bench.options.repetitions + 1)]
            return pairs[1:]

    return measure


def _hit_s(terminal: Terminal) -> float:
    terminal.press("/")
    marked_s = terminal.marks_after_s(_LETTERS[0], slice(_header_rows(terminal.screen()), -_FOOT_ROWS))
    terminal.settle()
    terminal.press("\x1b", _COUNTED_S)
    return marked_s


def all_hits_shown(turns: int) -> Measure:
    """Seconds from a letter to the last byte, which counts all hits; and of a bare loop over the folded texts."""

    def measure(bench: Workbench) -> list[Pair]:
        folded = [fold(text)[0] for text in bench.texts(turns)]
        with _ready(bench, bench.call(turns)) as terminal:
            terminal.press("/")
            pairs: list[Pair] = [
                (_counted(terminal, letter).last_s, _bare_search_s(folded, _LETTERS[: end + 1]))
                for end, letter in enumerate(_LETTERS)
            ]
            return pairs[1:]  # with the first letter, all texts are folded

    return measure


def _counted(terminal: Terminal, letter: str) -> Reply:
    return terminal.press(letter, _COUNTED_S)


def all_hits_found(turns: int) -> Measure:
    """Seconds that the core takes for all hits, without a screen; and those of a bare loop over the folded texts."""

    def measure(bench: Workbench) -> list[Pair]:
        texts = bench.texts(turns)
        corpus, folded = Corpus(texts), [fold(text)[0] for text in texts]
        pairs: list[Pair] = [
            (_core_search_s(corpus), _bare_search_s(folded, _LETTERS)) for _ in range(bench.options.repetitions + 1)
        ]
        return pairs[1:]

    return measure


def _core_search_s(corpus: Corpus) -> float:
    started_s = perf_counter()
    hits = Hits()
    for batch in corpus.hits(compile_query(_LETTERS)):
        hits.add(batch)
    return perf_counter() - started_s


def _bare_search_s(folded: Sequence[str], needle: str) -> float:
    """The floor: every place of the needle, found and kept by the plainest loop."""
    started_s = perf_counter()
    found = []
    for turn, text in enumerate(folded):
        at = text.find(needle)
        while at >= 0:
            found.append((turn, at))
            at = text.find(needle, at + len(needle))
    return perf_counter() - started_s


# At rest


def resident(turns: int) -> Measure:
    """Bytes of memory at rest, and those of a bare app that holds the parsed document."""

    def measure(bench: Workbench) -> list[Pair]:
        mine, theirs = bench.call(turns), bench.bare_with_document(turns)
        return [
            (_resident_bytes(bench, mine), _resident_bytes(bench, theirs)) for _ in range(bench.options.repetitions)
        ]

    return measure


def _resident_bytes(bench: Workbench, program: Program) -> float:
    with _ready(bench, program) as terminal:
        return terminal.resident_bytes()


def idle_bytes(program: Maker) -> Measure:
    """Bytes written in some seconds in which nothing happens."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, program(bench)) as terminal:
            return [(terminal.listen(_IDLE_S), None) for _ in range(_IDLE_WINDOWS)]

    return measure


def idle_processor(program: Maker) -> Measure:
    """Seconds of processor time used in some seconds in which nothing happens."""

    def measure(bench: Workbench) -> list[Pair]:
        with _ready(bench, program(bench)) as terminal:
            return [(_worked_s(terminal), None) for _ in range(_IDLE_WINDOWS)]

    return measure


def _worked_s(terminal: Terminal) -> float:
    before_s = terminal.processor_s()
    terminal.listen(_IDLE_S)
    return terminal.processor_s() - before_s
