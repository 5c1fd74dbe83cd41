"""What a large library costs: searching, opening, adding, size and memory, against rg and files of the same texts.

The library is made once in a run, through the program's own code; 1,000,000 turns take a minute or so.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.benchmarks.library_texts import TURNS_A_CALL, Texts, body
from tests.benchmarks.measures import Measure, Pair
from tests.benchmarks.workbench import Program, Workbench
from tui.api.wire import parse_transcript
from tui.core.record import Call
from tui.core.search import parse_query
from tui.demo.contract import DEMO_KEY
from tui.sources.archive import Archive
from tui.sources.connection import Connection
from tui.sources.library_search import SearchBounds, SearchProgress
from tui.sources.store_queue import FetchedCall, StoreQueue
from tui.store.library import Library

URL = "https://api.example.invalid"
_FIRST_MS, _HOUR_MS = 1_700_000_000_000, 3_600_000
_AT_ONCE = 4
_ADDED_CALLS, _ADDED_TURNS = 1_000, 40
_LISTED = SearchBounds(hits=3, calls=200)
"""What the screen lists; the rest is counted."""
_OPENED = "c0"


@dataclass(frozen=True, slots=True)
class LargeLibrary:
    """A library, and the same texts in files.

    Attributes:
        file: The library.
        texts: The directory of the files, one for each call with a turn in each line.
        document: The transcript of one of the calls, as a file.
        marker: A word at its start.
        raw_bytes: The size of all transcripts as the API sends them.
    """

    file: Path
    texts: Path
    document: Path
    marker: str
    raw_bytes: int


def archive_of(file: Path) -> Archive:
    """What reads and writes a library."""
    access = Connection(URL, environ={"PYAI_API_KEY": DEMO_KEY})
    return Archive(access, None, lambda: _FIRST_MS, Library(file))


def count(archive: Archive, word: str) -> float:
    """Search for a word to the end; returns the seconds to the first call with a hit."""
    begun_s, first_s = perf_counter(), float("inf")
    for found in archive.search(parse_query(word), _LISTED, SearchProgress()):
        if found is not None:
            first_s = min(first_s, perf_counter() - begun_s)
    return first_s


def large_library(bench: Workbench) -> LargeLibrary:
    """The library of this run, made by the first who asks for it."""
    home = bench.directory / "large-library"
    made = LargeLibrary(
        home / "omni-transcripts" / "library.db", home / "texts", home / f"{_OPENED}.json", "", 0
    )  # the program looks for the file in a directory of its name
    raw = home / "raw-bytes"
    if not raw.exists():
        made.texts.mkdir(parents=True)
        raw.write_text(str(_fill(made, max(1, bench.options.library_turns // TURNS_A_CALL))), encoding="utf-8")
    first = (made.texts / f"{_OPENED}.txt").read_text(encoding="utf-8").split()
    marker = next(word for word in first if word.isalpha() and len(word) > 5)
    return LargeLibrary(made.file, made.texts, made.document, marker, int(raw.read_text(encoding="utf-8")))


def _fill(library: LargeLibrary, calls: int) -> int:
    """Make the library and the files; returns the size of all transcripts."""
    size = 0

    def fetched() -> Iterator[FetchedCall]:
        nonlocal size
        for number, texts in enumerate(Texts().calls(calls)):
            (library.texts / f"c{number}.txt").write_text("\n".join([*texts, ""]), encoding="utf-8")
            one = _fetched(f"c{number}", number, texts)
            size += len(one.transcript.source)
            if one.call.call_id == _OPENED:
                library.document.write_bytes(one.transcript.source)
            yield one

    _add(archive_of(library.file), fetched())
    return size


def _fetched(call_id: str, number: int, texts: Sequence[str]) -> FetchedCall:
    call = Call(call_id, started_at_ms=_FIRST_MS + number * _HOUR_MS)
    return FetchedCall(call, parse_transcript(body(call_id, texts), call_id=call_id), call)


def _add(archive: Archive, fetched: Iterator[FetchedCall]) -> None:
    """Add calls as a sync does when they come faster than they can be stored."""

    async def store(calls: Sequence[FetchedCall]) -> bool:
        return not await archive.store([(one.transcript, one.record) for one in calls])

    async def add() -> None:
        queue = StoreQueue(store)

        async def work() -> None:
            for one in fetched:
                await queue.put(one)

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))

    asyncio.run(add())


def _pairs(bench: Workbench, ours: Callable[[], float], other: Callable[[], float] | None = None) -> list[Pair]:
    """Ours and the other's, right after each other; the first pair is dropped."""
    pairs: list[Pair] = [(ours(), other() if other else None) for _ in range(bench.options.repetitions + 1)]
    return pairs[1:]


def first_hits(word: str) -> Measure:
    """Seconds to the first call with a hit."""

    def measure(bench: Workbench) -> list[Pair]:
        archive = archive_of(large_library(bench).file)
        return _pairs(bench, lambda: count(archive, word))

    return measure


def all_counted(word: str) -> Measure:
    """Seconds until all hits are counted, and those of rg over the same texts in files."""

    def measure(bench: Workbench) -> list[Pair]:
        command = bench.rg(word, large_library(bench).texts)
        archive = archive_of(large_library(bench).file)
        return _pairs(bench, lambda: _spent_s(lambda: count(archive, word)), lambda: _spent_s(lambda: _run(command)))

    return measure


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _spent_s(work: Callable[[], object]) -> float:
    begun_s = perf_counter()
    work()
    return perf_counter() - begun_s


def from_library(bench: Workbench) -> Program:
    """Ours, with a call of the library."""
    return _opening(bench, ["--offline", "--base-url", URL, _OPENED])


def from_file(bench: Workbench) -> Program:
    """Ours, with the same call in a file."""
    return _opening(bench, [str(large_library(bench).document)])


def _opening(bench: Workbench, arguments: Sequence[str]) -> Program:
    library = large_library(bench)
    state = f"XDG_STATE_HOME={library.file.parents[1]}"
    return Program("ours", ["/usr/bin/env", state, bench.python, "-m", "tui", *arguments], library.marker)


def added(bench: Workbench) -> list[Pair]:
    """Seconds to add 1,000 calls of 40 turns that have been fetched to a library of its own."""
    calls = [
        _fetched(f"c{number}", number, texts) for number, texts in enumerate(Texts().calls(_ADDED_CALLS, _ADDED_TURNS))
    ]

    def add() -> float:
        with TemporaryDirectory(dir=bench.directory) as home:
            archive = archive_of(Path(home) / "state" / "library.db")
            return _spent_s(lambda: _add(archive, iter(calls)))

    return _pairs(bench, add)


def size_on_disk(bench: Workbench) -> list[Pair]:
    """Bytes of the library, and of its transcripts as the API sends them."""
    library = large_library(bench)
    return [(float(library.file.stat().st_size), float(library.raw_bytes))]


def search_memory(word: str) -> Measure:
    """Bytes of memory that a search takes at most, and those of a program that has only loaded itself."""

    def measure(bench: Workbench) -> list[Pair]:
        command = [sys.executable, "-m", "tests.benchmarks.search_once", str(large_library(bench).file)]
        return _pairs(bench, lambda: _peak_bytes([*command, word]), lambda: _peak_bytes(command))

    return measure


def _peak_bytes(command: Sequence[str]) -> float:
    """The most memory that a program has had, which it tells itself at its end, in kB."""
    ended = subprocess.run(command, check=True, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
    return float(ended.stdout) * 1024
