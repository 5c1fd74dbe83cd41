"""Guards of the structure: what each room and command imports, the size of files and classes, and their vocabulary.

The import contract in ``pyproject.toml`` checks the source; here each room is imported in a fresh interpreter, so
that imports by libraries and late imports count too.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LOADED = """
import sys
from importlib import import_module
from pkgutil import walk_packages

room = import_module(sys.argv[1])
for module in walk_packages(getattr(room, "__path__", ()), room.__name__ + "."):
    import_module(module.name)
print(*sorted(set(sys.argv[2:]) & set(sys.modules)))
"""

RUN = """
import sys
from tui.cli import main

forbidden, arguments = sys.argv[1].split(), sys.argv[2:]
try:
    status = main(arguments)
except SystemExit as end:
    status = end.code
print(*sorted(set(forbidden) & set(sys.modules)), file=sys.stderr)
sys.exit(status)
"""

ROOT = Path(__file__).parent.parent
BOOKING = ("export", "--demo", "call_demo_booking")
DIALECT = re.compile(
    r"\b(shelf|keeper|tame|inks?|standpoint|patiently|head.?start|unmeant|gone to|to be had|see to it that)\b",
    re.IGNORECASE,
)
MOST_LINES = 400
MOST_METHODS = 25


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("tui.core", ["textual", "httpx", "sqlite3", "pydantic"]),
        ("tui.api", ["textual", "click", "pygments"]),
        ("tui.store", ["textual"]),
        ("tui.demo", ["textual"]),
        ("tui.commands", ["textual"]),
        ("tui.sources.calls", ["textual", "httpx", "pydantic"]),
        ("tui.keys", ["httpx", "sqlite3", "pydantic"]),
        ("tui.widgets", ["httpx", "sqlite3"]),
        ("tui.terminal", ["httpx", "sqlite3", "pydantic"]),
        ("tui.screens", ["sqlite3"]),
        ("tui.app", ["sqlite3", "tui.core.search", "tui.core.transcript"]),
        ("tui.sources.archive", ["sqlite3", "tui.core.search", "tui.core.transcript"]),  # open before the prompt
        ("tui.screens.prompt", ["sqlite3", "tui.core.layout", "tui.core.transcript"]),
        ("tui.screens.transcript", ["sqlite3", "tui.core.search", "tui.core.timing"]),  # not before the turns are shown
        ("tui.cli", ["textual", "httpx", "sqlite3", "pydantic"]),
    ],
)
def test_a_room_does_not_load(room: str, forbidden: list[str]) -> None:
    done = python(LOADED, room, *forbidden)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (("--help",), "textual httpx sqlite3 pydantic"),
        (("--version",), "textual httpx sqlite3 pydantic"),
        (("completion", "bash"), "textual httpx sqlite3 pydantic"),
        (("export", "--help"), "textual httpx sqlite3 pydantic"),
        (BOOKING, "textual sqlite3"),
        ((*BOOKING, "-f", "html"), "textual sqlite3"),
    ],
    ids=["help", "version", "completion", "export help", "export", "html"],
)
def test_a_command_does_not_load(arguments: tuple[str, ...], forbidden: str) -> None:
    done = python(RUN, forbidden, *arguments)
    assert done.returncode == 0
    assert done.stdout
    assert done.stderr.split() == []


KEPT = """
import sys
from tui.sources.connection import Connection
from tui.sources.cached_call import read_cached
from tui.store.library import CachedCall
record = b'{"call_id": "c1", "status": "completed", "started_at": 1700000000000, "duration_s": 12.5}'
call = CachedCall("c1", 0, b'{"turns": [{"role": "user", "text": "hi"}]}', record)
assert read_cached(call).record.duration_s == 12.5
assert Connection("https://api.pyai.com").account == "https://api.pyai.com"
print({"pydantic", "httpx"} & sys.modules.keys())
"""


def test_a_kept_call_is_read_without_pydantic_and_httpx() -> None:
    done = python(KEPT)
    assert (done.stderr, done.stdout.strip()) == ("", "set()")


def test_the_guards_detect_an_import() -> None:
    assert python(LOADED, "tui.widgets", "textual").stdout.split() == ["textual"]
    assert python(RUN, "httpx", *BOOKING).stderr.split() == ["httpx"]


def program_files() -> list[Path]:
    """Every file of the program's own code, style sheets and templates."""
    return [path for path in (ROOT / "tui").rglob("*") if path.suffix in {".py", ".tcss"}]


def test_no_file_uses_words_of_a_private_dialect() -> None:
    uses = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in program_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if DIALECT.search(line)
    ]
    assert uses == []


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in program_files()}
    assert len(lengths) > 100
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_class_has_more_than_25_methods() -> None:
    assert [name for name, methods in method_counts() if methods > MOST_METHODS] == []


def method_counts() -> Iterator[tuple[str, int]]:
    """Each class of the program, with how many methods it has."""
    for file in sorted(ROOT.glob("tui/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
                yield f"{file.relative_to(ROOT)}: {node.name}", methods
