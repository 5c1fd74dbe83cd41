"""The memory of ``export --all`` does not grow with the number of calls.

As a module, ``python -m tests.commands.test_export_memory 2000 10000`` prints the peak for such libraries.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.program import KEY, environment
from tui.api.target import base_url
from tui.core.secret import SecretStr
from tui.store.library import CachedCall, Library

TURNS = [
    {
        "role": ("user", "assistant")[number % 2],
        "text": f"This is what is said in turn {number}, " + "and some more " * 5,
        "start_ms": number * 4_000,
        "end_ms": number * 4_000 + 3_000 + number * 10,
    }
    for number in range(38)
]
SOURCE = json.dumps({"turns": TURNS}).encode()
RUN = """
import resource, sys
from tui.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
GROWTH_KIB = 6_000
"""What a process of the same work may differ by."""


def fill(home: Path, calls: int) -> None:
    """A library with so many calls."""
    library = Library(home / "omni-transcripts" / "library.db")
    account = library.new_account(base_url("https://api.pyai.com"), SecretStr(KEY))
    for begin in range(0, calls, 500):
        numbers = range(begin, min(begin + 500, calls))
        library.keep_all(account, [(CachedCall(f"call_{one}", one, SOURCE, b"{}"), b"") for one in numbers])


def peak_kib(home: Path, *options: str) -> int:
    """The most memory that an export of all calls has had."""
    variables = {name: str(home) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, "export", "--all", *options],
        env=environment(home, PYAI_API_KEY=KEY, **variables),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=600, check=True,
    )  # fmt: skip
    return int(done.stderr.split()[-1])


@pytest.mark.parametrize("options", [("-f", "jsonl", "--turns"), ("-f", "jsonl")], ids=["turns", "calls"])
def test_memory_does_not_grow_with_the_number_of_calls(tmp_path: Path, options: tuple[str, ...]) -> None:
    (few := tmp_path / "few").mkdir()
    (many := tmp_path / "many").mkdir()
    fill(few, 20)
    fill(many, 1_000)
    assert peak_kib(many, *options) - peak_kib(few, *options) < GROWTH_KIB


if __name__ == "__main__":
    for count in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as place:
            fill(Path(place), count)
            for wanted in (
                ("-f", "jsonl"),
                ("-f", "jsonl", "--turns"),
                ("-f", "parquet", "--turns", "-o", "/dev/null"),
            ):
                print(f"{count:,} calls, {' '.join(wanted)}: {peak_kib(Path(place), *wanted) / 1024:.1f} MiB")
