"""``python -m tests.differential``: random walks through calls, with and without --full-redraw, in several terminals.

The exit status is 1 if anything differed. Every walk of a terminal has a call and a seed of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.differential.walk import KINDS, DifferenceError, walk

_STEPS_A_WALK = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk, and tell of each difference."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__.split("\n\n")[0])
    parser.add_argument("--steps", type=int, default=2_000, help="in all, shared among the terminals; default 2,000")
    parser.add_argument("--seed", type=int, default=1, help="of the first walk; default 1")
    parser.add_argument("--only", metavar="NAME", choices=KINDS, help="one terminal: " + "; ".join(KINDS))
    asked = parser.parse_args(arguments)
    kinds = {name: kind for name, kind in KINDS.items() if asked.only in {None, name}}
    for name, reason in [(name, kind.missing()) for name, kind in kinds.items()]:
        if reason:
            print(f"{name}: left out, {reason}")
            del kinds[name]
    troubles = [_walk(name, asked.seed, asked.steps // len(kinds)) for name in kinds]
    return int(any(troubles))


def _walk(name: str, seed: int, count: int) -> int:
    """Walk through a terminal of one kind; returns how many walks found a difference."""
    begun_s, troubles, left = monotonic(), 0, count
    while left > 0:
        with TemporaryDirectory() as home:
            try:
                walk(KINDS[name], seed, min(left, _STEPS_A_WALK), Path(home))
            except DifferenceError as difference:
                troubles += 1
                print(f"{name}, seed {seed}: {difference}", flush=True)
        seed, left = seed + 1, left - _STEPS_A_WALK
    print(f"{name}: {count:,} steps, {troubles} differences, {monotonic() - begun_s:.0f} s", flush=True)
    return troubles


if __name__ == "__main__":
    sys.exit(main())
