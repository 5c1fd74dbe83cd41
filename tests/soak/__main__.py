"""``python -m tests.soak``: lets a restless reader loose on the program, among faults, and says what it has held.

The exit status is 1 if the program has ended badly, holds more than at the start, or has grown. Linux only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.soak.probe import Counts
from tests.soak.samples import Sample, complaints, growth_mib
from tests.soak.server import served
from tests.soak.visitor import Visitor

_FETCHES_A_ROUND = 5
_TOLD_FETCHES = 100
_QUIT = "\x03"
_TOLD_SAMPLES = 10


@dataclass
class Soak:
    """What is to be done, and what came of it.

    Attributes:
        fetches: The fetches that the reader begins by intent; keys at random begin more.
        keys: To press at random.
        resizes: Sizes to try at random.
        seed: Of all that is random.
        samples: What the program held after each round.
        counts: What the program itself has counted.
        pressed: All keys sent.
        resized: All changes of size.
        seconds: How long it took.
        troubles: What is wrong with the program.
    """

    fetches: int
    keys: int
    resizes: int
    seed: int = 0
    samples: list[Sample] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    pressed: int = 0
    resized: int = 0
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)

    def run(self, home: Path) -> None:
        """Do it, with a directory for all that the program writes."""
        begun_s = monotonic()
        with served(self.seed) as base_url, Visitor(base_url, home, self.seed) as visitor:
            try:
                self._read_on(visitor)
                self._leave(visitor)
            except AssertionError as error:
                self.troubles.append(str(error))
            self.pressed, self.resized, self.counts = visitor.pressed, visitor.resized, visitor.counts
        self.seconds = monotonic() - begun_s
        if len(self.samples) > 1:
            self.troubles += complaints(self.samples)

    def _read_on(self, visitor: Visitor) -> None:
        visitor.arrive()
        for done in range(1, self.fetches + 1):
            visitor.visit(_share(self.keys, done, self.fetches), _share(self.resizes, done, self.fetches))
            if done % _FETCHES_A_ROUND == 0 or done == self.fetches:
                visitor.go_home()
                self.samples.append(visitor.rest(self.samples[0] if self.samples else None))
            if done % _TOLD_FETCHES == 0:
                print(f"{done:,} of {self.fetches:,} fetches: {self.samples[-1]}", file=sys.stderr, flush=True)

    def _leave(self, visitor: Visitor) -> None:
        visitor.send(_QUIT)
        if (status := visitor.await_end()) != 0:
            self.troubles.append(f"it ended with status {status}")
        if not visitor.is_as_before():
            self.troubles.append(f"it left the terminal with {sorted(visitor.still_on()) or 'other attributes'}")

    def report(self) -> Iterator[str]:
        """The figures, a line each."""
        counts = self.counts
        yield f"{counts.begun:,} fetches begun, {counts.ended:,} ended, in {self.seconds:.0f} s"
        yield f"{self.pressed:,} keys sent, {counts.keys:,} dealt with"
        yield f"{self.resized:,} changes of size, {counts.resizes:,} dealt with"
        told = list(enumerate(self.samples, start=1))
        every = max(1, len(told) // _TOLD_SAMPLES)
        yield from (f"round {number}: {held}" for number, held in (*told[:-1:every], *told[-1:]))
        if len(self.samples) > 1:
            yield f"memory after the first tenth: {growth_mib(self.samples):+.1f} MiB"
        yield from (f"TROUBLE: {trouble}" for trouble in self.troubles)


def _share(total: int, done: int, of: int) -> int:
    """The part of a total that falls to one of some steps, counted from 1; all parts together are the total."""
    return total * done // of - total * (done - 1) // of


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    for name, number in (("fetches", 2_000), ("keys", 200_000), ("resizes", 2_000), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=number, metavar="N", help=f"default: {number:,}")
    soak = Soak(**vars(parser.parse_args(arguments)))
    with TemporaryDirectory(prefix="omni-soak-") as home:
        soak.run(Path(home))
    print(*soak.report(), sep="\n")
    return int(bool(soak.troubles))


if __name__ == "__main__":
    sys.exit(main())
