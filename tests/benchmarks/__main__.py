"""``python -m tests.benchmarks``: measures, and prints the table.

The exit status is 1 if some goal is not known to be met.
"""

from __future__ import annotations

import argparse
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from tests.benchmarks import table
from tests.benchmarks.figures import LIBRARY_TURNS, TURNS, Figure, far_figures, figures
from tests.benchmarks.table import Result
from tests.benchmarks.terminal import NothingShownError
from tests.benchmarks.workbench import MissingPeerError, Options, Workbench

_REPETITIONS, _QUICK_REPETITIONS = 7, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; returns the exit status."""
    args = _parser().parse_args(arguments)
    options = Options(_QUICK_REPETITIONS if args.quick else _REPETITIONS, args.toolong, args.here, args.library_turns)
    every = far_figures() if args.far else figures(_lengths(args.turns), args.library_turns)
    wanted = [figure for figure in every if args.only in figure.name]
    results = []
    for result in measured(wanted, options):
        results.append(result)
        print(" ".join(table.row(result)), file=sys.stderr)
    print(table.markdown(results, _machine()) if args.markdown else table.text(results))
    return int(any(result.figure.goal is not None and not result.is_met for result in results))


def measured(wanted: Sequence[Figure], options: Options) -> Iterator[Result]:
    """Measure one figure after the other; what cannot be measured says why."""
    with Workbench(options) as bench:
        for figure in wanted:
            yield _result(figure, bench)


def _result(figure: Figure, bench: Workbench) -> Result:
    try:
        return Result(figure, figure.measure(bench))
    except (MissingPeerError, NothingShownError) as error:
        return Result(figure, remark=str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK_REPETITIONS} repetitions, not {_REPETITIONS}")
    parser.add_argument("--only", metavar="NAME", default="", help="only figures with NAME in their name")
    parser.add_argument("--markdown", action="store_true", help="for the README, with machine and date")
    parser.add_argument("--here", action="store_true", help="measure it as it is installed in this environment")
    parser.add_argument("--turns", type=int, metavar="N", help="open a call of N turns too")
    parser.add_argument(
        "--library-turns", type=int, metavar="N", default=LIBRARY_TURNS, help="the turns of the large library"
    )
    parser.add_argument(
        "--far", action="store_true", help="over a slow link, against less (root, sshd, tun; 5 minutes)"
    )
    parser.add_argument("--toolong", type=Path, metavar="PATH", help="the tl of an environment of its own")
    return parser


def _lengths(extra: int | None) -> list[int]:
    return sorted({*TURNS, *([] if extra is None else [extra])})


def _machine() -> str:
    """On what, and when."""
    path = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", path.read_text(encoding="utf-8")) if path.exists() else None
    processor = found[1] if found else platform.machine()
    cores = f"{cpu_count()} cores of {processor}, {platform.system()}, Python {platform.python_version()}"
    return f"Measured on {datetime.now(UTC):%d %B %Y}: {cores}. Medians; ratios pair by pair."


if __name__ == "__main__":
    sys.exit(main())
