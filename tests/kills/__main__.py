"""``python -m tests.kills``: kills a sync at random moments, and looks after each kill whether the library is whole.

The exit status is 1 if a call that was reported is not there, the library is damaged, or a search beside it fails.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kills.killer import Killer


def main(argv: Sequence[str] | None = None) -> int:
    """Kill as often as was asked for, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--calls", type=int, default=15_000, help="how many the account has")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    with TemporaryDirectory() as home, Killer(Path(home), args.calls, args.seed) as killer:
        for number in range(1, args.kills + 1):
            killer.kill()
            if number % 20 == 0 or number == args.kills:
                print(killer.summary(), flush=True)
        killer.finish()
        print(killer.summary())
        for trouble in killer.troubles:
            print(f"TROUBLE: {trouble}")
    return 1 if killer.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
