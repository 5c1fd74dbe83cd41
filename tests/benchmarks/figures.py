"""The figures: what is measured, against what, and what is good enough. One table, read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from tests.benchmarks import large_library, measures
from tests.benchmarks.far import measures as over_link
from tests.benchmarks.library_texts import PARTS, WORDS
from tests.benchmarks.measures import MEDIUM, Maker, Measure
from tests.benchmarks.terminal import Size
from tests.benchmarks.timing import figures_of_time
from tests.benchmarks.wire import library_down_bytes, library_idle_bytes, library_letter_bytes, mark_bytes
from tests.benchmarks.workbench import Program, Workbench

SIZES = (Size(80, 24), MEDIUM, Size(200, 50))
TURNS = (100, 10_000, 100_000)
LIBRARY_TURNS = 1_000_000
_READ = 1_000
"""The length of the call for what does not depend on it."""
_SHORT, _LONG = 100, 100_000
_DELAY_S = 0.3
_KEYS = {"line (ctrl+e)": "\x05", "page (space)": " ", "next turn (j)": "j", "last, first turn (G g)": "Gg"}

_Peer = Callable[[Workbench, int], Program]
_PEERS: tuple[tuple[str, _Peer], ...] = (("lnav", Workbench.lnav), ("toolong", Workbench.toolong))


class Unit(Enum):
    """In what a figure is told."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    BYTES = "B"
    MEBIBYTES = "MiB"


class Of(Enum):
    """What a goal limits."""

    OURS = "ours"
    RATIO = "ratio"
    EXCESS = "excess"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is good enough.

    Attributes:
        most: The largest value that is.
        of: Whether of our figure, of its ratio to the other, or of what it has more; as medians.
    """

    most: float
    of: Of = Of.RATIO


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table.

    Attributes:
        name: What is measured.
        at: In what size of terminal, or for how many turns.
        unit: Of ours and of the other's figure, which are measured in seconds and bytes.
        measure: Measures both.
        other: What ours is held against; empty for nothing.
        goal: What is good enough; None where a peer is shown for comparison only.
    """

    name: str
    at: str
    unit: Unit
    measure: Measure
    other: str = ""
    goal: Goal | None = None


def figures(turns: Sequence[int] = TURNS, library_turns: int = LIBRARY_TURNS) -> list[Figure]:
    """All figures.

    Args:
        turns: The lengths of call to open.
        library_turns: How many turns the large library has.
    """
    of_calls = [*_starting(turns), *_reading(), *_length(), *_finding(), *_timing(), *_resting()]
    return [*of_calls, *_library_keys(), *_library(_count(library_turns))]


def far_figures() -> list[Figure]:
    """The figures over a slow link, 150 ms each way and 64 kbit/s; they take minutes, root and an sshd."""
    far = partial(Figure, at=str(over_link.SIZE), unit=Unit.SECONDS, other="less")
    reply = over_link.far_reply
    return [
        far("far: start to last byte", goal=Goal(1.3), measure=over_link.far_start()),
        far("far: resize", goal=Goal(1.2), measure=reply(over_link.resizes)),
        far("far: page (space)", goal=Goal(1.0), measure=reply(over_link.keys(" "))),
        far("far: last turn (G)", goal=Goal(1.0), measure=reply(over_link.keys("G", "g"))),
        far("far: find", goal=Goal(1.0), measure=reply(over_link.find)),
        far("far: held j, after release", goal=Goal(1.0, Of.OURS), measure=reply(over_link.held_key)),
        *(
            far(
                f"far: held j in {name}, after release",
                goal=Goal(1.0, Of.OURS),
                measure=reply(over_link.held_key, inside=name),
            )
            for name in ("tmux", "screen")
        ),
    ]


def _starting(turns: Sequence[int]) -> Iterator[Figure]:
    start = partial(Figure, unit=Unit.SECONDS)
    prompt, bare = "first picture of the prompt", "bare Textual app"
    first = measures.first_picture
    yield start(prompt, str(MEDIUM), other=bare, goal=Goal(1.15), measure=first(Workbench.prompt, Workbench.bare))
    by_name = first(Workbench.installed_prompt, Workbench.bare)
    yield start(f"{prompt}, console script", str(MEDIUM), other=bare, goal=Goal(1.15), measure=by_name)
    short = first(_of(Workbench.call, _SHORT), Workbench.bare)
    yield start("open a call", _count(_SHORT), other=bare, goal=Goal(1.4), measure=short)
    delayed = measures.first_text_after_delay(_SHORT, _DELAY_S)
    floor = "the later of bare app and delay"
    yield start("open a call, 300 ms away", _count(_SHORT), other=floor, goal=Goal(0.15, Of.EXCESS), measure=delayed)
    for count in turns:
        piped = first(_of(Workbench.call, count), _of(Workbench.curl_jq_less, count))
        goal = Goal(1.3) if count == _LONG else None
        yield start("open a call", _count(count), other="curl | jq | less", goal=goal, measure=piped)
    for name, peer in _PEERS:
        exported = first(_of(Workbench.call, _LONG), _of(peer, _LONG))
        yield start("open a call", _count(_LONG), other=f"{name}, text file", measure=exported)


def _reading() -> Iterator[Figure]:
    count = partial(Figure, unit=Unit.BYTES)
    for size in SIZES:
        line = measures.line_bytes(_READ, Workbench.less, size)
        yield count("one line (ctrl+e)", str(size), other="less", goal=Goal(4), measure=line)
    for name, peer in _PEERS:
        line = measures.line_bytes(_READ, peer)
        yield count("one line (ctrl+e)", str(MEDIUM), other=name, measure=line)
    for size in SIZES:
        page = measures.page_bytes(_READ, Workbench.less, size)
        yield count("one page (space)", str(size), other="less", goal=Goal(1.2), measure=page)
    for name, peer in _PEERS:
        page = measures.page_bytes(_READ, _own_page(peer))
        yield count("one page (space)", str(MEDIUM), other=f"{name}, its own page", measure=page)
    for size in SIZES:
        mark = measures.still_mark_bytes(_READ, size)
        yield count("next turn (j), still screen", str(size), goal=Goal(150, Of.OURS), measure=mark)
    for size in SIZES:
        letter = measures.typed_letter_bytes(_READ, size)
        yield count("a letter in the find bar", str(size), goal=Goal(1000, Of.OURS), measure=letter)


def _of(program: _Peer, turns: int) -> Maker:
    return lambda bench: program(bench, turns)


def _own_page(peer: _Peer) -> Callable[[Workbench, int, int], Program]:
    """A peer of which the length of a page cannot be set."""
    return lambda bench, turns, _: peer(bench, turns)


def _length() -> Iterator[Figure]:
    scale = partial(Figure, at=_count(_LONG), unit=Unit.MILLISECONDS, other=f"{_SHORT} turns")
    for name, keys in _KEYS.items():
        yield scale(f"{name} to last byte", goal=Goal(1.2), measure=measures.key_scaling(keys, _LONG, _SHORT))
    yield scale("resize to last byte", goal=Goal(1.5), measure=measures.resize_scaling(_LONG, _SHORT))


def _finding() -> Iterator[Figure]:
    find = partial(Figure, at=_count(_LONG), unit=Unit.MILLISECONDS)
    loop = "bare str.find loop"
    yield find("letter to first hit marked", goal=Goal(0.03, Of.OURS), measure=measures.first_hit(_LONG))
    yield find("all hits found (core)", other=loop, goal=Goal(5), measure=measures.all_hits_found(_LONG))
    yield find("letter to all hits counted", other=loop, goal=Goal(5), measure=measures.all_hits_shown(_LONG))


def _timing() -> Iterator[Figure]:
    other = "intervals sorted, words counted"
    measure = figures_of_time(_LONG)
    yield Figure("figures of time (core)", _count(_LONG), Unit.MILLISECONDS, measure, other, Goal(3))


def _resting() -> Iterator[Figure]:
    memory = measures.resident(_LONG)
    other = "bare app + json.loads"
    yield Figure("resident memory", _count(_LONG), Unit.MEBIBYTES, memory, other, Goal(1.5))
    for name, program in (("prompt", Workbench.prompt), ("call", _of(Workbench.call, _SHORT))):
        none = Goal(0, Of.OURS)
        yield Figure(f"idle {name}, bytes in 2 s", str(MEDIUM), Unit.BYTES, measures.idle_bytes(program), goal=none)
        processor = measures.idle_processor(program)
        yield Figure(f"idle {name}, processor in 2 s", str(MEDIUM), Unit.MILLISECONDS, processor, goal=none)


def _library_keys() -> Iterator[Figure]:
    count = partial(Figure, unit=Unit.BYTES)
    for size in SIZES:
        at = str(size)
        yield count("down in the hits of the library", at, goal=Goal(150, Of.OURS), measure=library_down_bytes(size))
        letter = library_letter_bytes(size)
        yield count("a letter in the search of the library", at, goal=Goal(1000, Of.OURS), measure=letter)
        yield count("mark a turn (m)", at, goal=Goal(150, Of.OURS), measure=mark_bytes(_READ, size))
    idle = library_idle_bytes(MEDIUM)
    yield count("idle search of the library, bytes in 2 s", str(MEDIUM), goal=Goal(0, Of.OURS), measure=idle)


def _library(at: str) -> Iterator[Figure]:
    """A library of calls of 100 turns each; each word stands in few, some or many of them."""
    search = partial(Figure, at=at, unit=Unit.MILLISECONDS)
    for what, words in (("word", WORDS), ("part of a word", PARTS)):
        for how, word in words.items():
            first = large_library.first_hits(word)
            yield search(f"library: first hits of a {how} {what}", goal=Goal(0.05, Of.OURS), measure=first)
            counted = large_library.all_counted(word)
            yield search(f"library: a {how} {what} counted", other="rg", goal=Goal(1), measure=counted)
    opened = measures.first_picture(large_library.from_library, large_library.from_file)
    file = "the same from a file"
    yield Figure("library: open a call", at, Unit.SECONDS, opened, other=file, goal=Goal(1.15))
    added = large_library.added
    yield Figure("library: 1,000 calls of 40 turns added", "empty", Unit.SECONDS, added, goal=Goal(5, Of.OURS))
    yield Figure("library: size", at, Unit.BYTES, large_library.size_on_disk, other="raw JSON", goal=Goal(2.5))
    memory, bare = large_library.search_memory(WORDS["frequent"]), "the bare program"
    most = Goal(60 * 2**20, Of.EXCESS)
    yield Figure("library: memory of a search", at, Unit.MEBIBYTES, memory, other=bare, goal=most)


def _count(turns: int) -> str:
    return f"{turns:,} turns"
