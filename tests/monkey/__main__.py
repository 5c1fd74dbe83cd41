"""``python -m tests.monkey``: random keys, clicks, pastes and resizes, in a real terminal, among faults of the API.

The exit status is 1 if the program has faulted, ended badly, or fallen deaf. ``--episode NAME`` has one again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from time import monotonic

from tests.monkey.work import live_all, live_one


def main(arguments: Sequence[str] | None = None) -> int:
    """Let it loose; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.monkey", description=__doc__)
    for name, number in (("keys", 500_000), ("seed", 0), ("jobs", 4)):
        parser.add_argument(f"--{name}", type=int, default=number, metavar="N", help=f"default: {number:,}")
    parser.add_argument("--episode", metavar="NAME", help="live this one alone")
    chosen = parser.parse_args(arguments)
    begun_s = monotonic()
    done = live_one(chosen.episode) if chosen.episode else live_all(chosen.keys, chosen.seed, chosen.jobs)
    episodes, keys = sum(one.episodes for one in done), sum(one.keys for one in done)
    troubles = sum(len(one.troubles) for one in done)
    print(f"{keys:,} keys in {episodes:,} episodes, {monotonic() - begun_s:.0f} s, {troubles} troubles")
    return int(bool(troubles))


if __name__ == "__main__":
    sys.exit(main())
