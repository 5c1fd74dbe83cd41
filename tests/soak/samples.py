"""What a process holds at a moment, and whether that has grown. Reads ``/proc``: Linux only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import linear_regression
from typing import NamedTuple

_MIB = 2**20
_WARM_SHARE = 0.1
"""Of the samples, at the start: caches fill, modules are imported."""

_SPARE_TASKS = 6
"""Of scroll bars and the like, which Textual makes when they are first needed, and then keeps."""

_MOST_GROWTH_MIB = 8.0
"""Over all of the rest, by the straight line that fits the samples best."""

_TELLING_SAMPLES = 100
"""Of fewer, all belong to the start."""


class Sample(NamedTuple):
    """What the program holds while it rests on its first screen.

    Attributes:
        resident_bytes: Memory.
        files: Open descriptors, sockets included.
        sockets: Sockets.
        threads: Threads.
        tasks: Tasks of its loop.
    """

    resident_bytes: int
    files: int
    sockets: int
    threads: int
    tasks: int

    def holds_no_more_than(self, other: Sample) -> bool:
        """Whether nothing is open or runs that did not before; memory is another matter."""
        spare = other._replace(tasks=other.tasks + _SPARE_TASKS)
        return all(mine <= theirs for mine, theirs in zip(self[1:], spare[1:], strict=True))

    def __str__(self) -> str:
        counts = f"{self.files} files, {self.sockets} sockets, {self.threads} threads, {self.tasks} tasks"
        return f"{self.resident_bytes / _MIB:.1f} MiB, {counts}"


def sample(pid: int, tasks: int) -> Sample:
    """A process as it is now, and the number of its tasks, which only itself can know."""
    process = Path(f"/proc/{pid}")
    status = (process / "status").read_text(encoding="utf-8")
    resident, threads = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("VmRSS", "Threads"))
    links = list(_links(process / "fd"))
    sockets = sum(link.startswith("socket:") for link in links)
    return Sample(resident * 1024, len(links), sockets, threads, tasks)


def _links(directory: Path) -> Iterator[str]:
    for entry in directory.iterdir():
        try:
            yield str(entry.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue


def growth_mib(samples: Sequence[Sample]) -> float:
    """By how many MiB the memory has grown after the first tenth, as the line that fits best has it."""
    rest = samples[int(len(samples) * _WARM_SHARE) :]
    slope, _ = linear_regression(range(len(rest)), [one.resident_bytes for one in rest])
    return slope * (len(rest) - 1) / _MIB


def complaints(samples: Sequence[Sample]) -> Iterator[str]:
    """What the samples, at least two, have against the program."""
    first, last = samples[0], samples[-1]
    if not last.holds_no_more_than(first):
        yield f"it held {first} after the start, and {last} in the end"
    if len(samples) >= _TELLING_SAMPLES and (growth := growth_mib(samples)) > _MOST_GROWTH_MIB:
        yield f"its memory grew by {growth:.1f} MiB after the first tenth, {_MOST_GROWTH_MIB:.0f} are allowed"
