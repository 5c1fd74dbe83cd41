"""What the measurements need around them: servers, files, commands, an environment without the user's settings.

Owns every process and file that is not itself measured; all are gone when the workbench is left. Which
program is compared with which, and how, is not known here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tests.benchmarks import bare_app
from tests.benchmarks.terminal import NothingShownError, Size, Terminal
from tui.demo.contract import DEMO_KEY
from tui.demo.large import large_call, large_id

if TYPE_CHECKING:
    from tests.benchmarks.far.host import FarHost

_ROOT = Path(__file__).parents[2]
_FOREIGN = ("LESS", "LNAV", "NO_COLOR", "PYAI", "PYTHON", "TEXTUAL", "XDG_")
"""How the names begin of what could change a result: settings of the programs, and of how Python starts."""
_USUAL_TURNS = 250_000
"""A call of more may have more bytes than are taken without a setting."""
_JQ = r'.transcript.turns[] | "\(.start_ms) \(.role): \(.text)"'


class MissingPeerError(Exception):
    """A program to compare with is not installed; says which."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command, and how it is used.

    Attributes:
        name: In the table.
        command: The program and its arguments.
        marker: A word that is on its first picture.
        line: The key for one line down.
        page: The key for one page down.
        begin: The key that goes to the start, where the program does not begin there; empty if it does.
    """

    name: str
    command: Sequence[str]
    marker: str
    line: str = "\x05"
    page: str = " "
    begin: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks of the benchmarks.

    Attributes:
        repetitions: How often each thing is done, not counting the first time.
        toolong: The ``tl`` of an environment of its own; None to look for it on the path.
        library_turns: How many turns the large library has.
        is_here: Whether to measure the program in this environment, and not in one of its own as users have it.
    """

    repetitions: int = 7
    toolong: Path | None = None
    is_here: bool = False
    library_turns: int = 1_000_000


@dataclass
class Workbench:
    """The surroundings of all measurements of a run."""

    options: Options = field(default_factory=Options)
    _stack: ExitStack = field(default_factory=ExitStack)
    _servers: dict[tuple[int, float], str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def directory(self) -> Path:
        """A directory that is removed in the end."""
        return Path(self._stack.enter_context(TemporaryDirectory(prefix="omni-benchmarks-")))

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """That of a user who has set nothing, with a home directory of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        return kept | terminal | {"HOME": str(self.directory), "PYAI_API_KEY": DEMO_KEY}

    @cached_property
    def _ours(self) -> Mapping[str, str]:
        """The same for what runs in the environment of the tests and is not measured."""
        return {**self.environment, "PYTHONPATH": str(_ROOT)}

    def start(self, program: Program, size: Size) -> Terminal:
        """The program on a terminal."""
        return Terminal(program.command, size, self.environment)

    @cached_property
    def python(self) -> str:
        """The interpreter of the programs that are measured.

        What else is installed beside a program can slow it down: httpx imports click where it finds it, for a
        command line of its own, and our linters bring it.
        """
        if self.options.is_here:
            return sys.executable
        home = self.directory / "installed"
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        python = str(home / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", str(_ROOT)], check=True, stderr=subprocess.DEVNULL)
        return python

    @cached_property
    def far(self) -> FarHost:
        """A far host, behind a link of 150 ms each way and 64 kbit/s.

        Raises:
            MissingPeerError: Something is missing that this takes.
        """
        from tests.benchmarks.far.host import far_host

        directory = self.directory / "far"
        directory.mkdir()
        return self._stack.enter_context(far_host(directory, self.environment, delay_s=0.15, rate=64_000))

    # Servers and files

    def server(self, turns: int, delay_s: float = 0.0) -> str:
        """The address of a server, a process of its own, of a call of so many turns."""
        if (turns, delay_s) not in self._servers:
            slow = ["tests.benchmarks.slow_server", str(turns), str(delay_s)]
            arguments = slow if delay_s else ["tui", "demo-server", "--turns", str(turns)]
            self._servers[turns, delay_s] = self._served(arguments)
        return self._servers[turns, delay_s]

    def _served(self, arguments: Sequence[str]) -> str:
        server = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True, env=self._ours)
        self._stack.enter_context(server)
        self._stack.callback(server.kill)
        assert server.stdout is not None
        return server.stdout.readline().split()[-1]

    def document(self, turns: int) -> Path:
        """The answer of the transcript endpoint, as a file."""
        path = self.directory / f"{turns}.json"
        if not path.exists():
            path.write_bytes(large_call(turns).body or b"")
        return path

    def texts(self, turns: int) -> list[str]:
        """What is said in a call."""
        return [turn["text"] for turn in json.loads(self.document(turns).read_bytes())["transcript"]["turns"]]

    def exported(self, turns: int) -> Path:
        """The transcript as text, as our program exports it.

        Raises:
            NothingShownError: It does not.
        """
        path = self.directory / f"{turns}.txt"
        if not path.exists():
            command = [sys.executable, "-m", "tui", "export", *self._call(turns), "-f", "txt", "-o", str(path)]
            ended = subprocess.run(command, check=False, env=self._ours, capture_output=True, text=True)
            if ended.returncode:
                raise NothingShownError(f"export ended with status {ended.returncode}: {ended.stderr.strip()[-120:]}")
        return path

    # Programs

    def prompt(self) -> Program:
        """Ours, asked for no call."""
        return Program("prompt", [self.python, "-m", "tui", "--base-url", self.server(100)], "paste")

    def installed_prompt(self) -> Program:
        """Ours, asked for no call, by the name it is installed under."""
        script = Path(self.python).with_name("omni-transcripts")
        return Program("prompt", [self._found(str(script)), "--base-url", self.server(100)], "paste")

    def demo(self) -> Program:
        """Ours, with the sample calls, asked for none."""
        return Program("demo", [self.python, "-m", "tui", "--demo"], "paste")

    def call(self, turns: int, delay_s: float = 0.0) -> Program:
        """Ours, with a call."""
        return Program("ours", [self.python, "-m", "tui", *self._call(turns, delay_s)], self.marker)

    def bare(self) -> Program:
        """A bare Textual app."""
        return Program("bare app", [self.python, bare_app.__file__], bare_app.MARKER)

    def bare_with_document(self, turns: int) -> Program:
        """A bare Textual app that holds the parsed JSON of a call."""
        command = [self.python, bare_app.__file__, str(self.document(turns))]
        return Program("bare app, json.loads", command, bare_app.MARKER)

    def curl_jq_less(self, turns: int) -> Program:
        """What one would do without our program."""
        curl, jq, less = map(self._found, ("curl", "jq", "less"))
        url = f"{self.server(turns)}/v1/omni/calls/{large_id(turns)}/transcript"
        fetch = f"{curl} -s -H 'Authorization: Bearer {DEMO_KEY}' {url}"
        return Program("curl | jq | less", ["/bin/sh", "-c", f"{fetch} | {jq} -r '{_JQ}' | {less}"], self.marker)

    def less(self, turns: int, page_lines: int | None = None) -> Program:
        """The pager over the exported text; its page can be made as long as another's."""
        page = [] if page_lines is None else [f"-z{page_lines}"]
        return Program("less", [self._found("less"), *page, str(self.exported(turns))], self.marker)

    def lnav(self, turns: int) -> Program:
        """The log navigator over the exported text."""
        return Program("lnav", [self._found("lnav"), str(self.exported(turns))], self.marker, line="j", begin="g")

    def toolong(self, turns: int) -> Program:
        """Toolong, a Textual program too, over the exported text."""
        command = self._found("tl" if self.options.toolong is None else str(self.options.toolong))
        return Program("toolong", [command, str(self.exported(turns))], self.marker, line="j", begin="\x1b[H")

    def rg(self, word: str, directory: Path) -> list[str]:
        """The command that counts the hits of a word in files, whatever its case."""
        return [self._found("rg"), "--ignore-case", "--fixed-strings", "--count-matches", word, str(directory)]

    @cached_property
    def marker(self) -> str:
        """A word of the first turn, the same for every length: long, and so early that no pager cuts it."""
        return str(re.findall(r"[a-z]{5,}", self.texts(1)[0])[0])

    def _call(self, turns: int, delay_s: float = 0.0) -> list[str]:
        allowed = ["--config", str(self._settings)] if turns > _USUAL_TURNS else []
        return [*allowed, "--base-url", self.server(turns, delay_s), large_id(turns)]

    @cached_property
    def _settings(self) -> Path:
        """Settings of somebody who opens calls that are longer than the usual bound."""
        path = self.directory / "settings.toml"
        path.write_text("max_body_mib = 4096\n", encoding="utf-8")
        return path

    def _found(self, command: str) -> str:
        path = shutil.which(command)
        if path is None:
            raise MissingPeerError(f"{Path(command).name} is not installed")
        return path
