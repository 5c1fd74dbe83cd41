"""The completions of each shell, tested in the shell itself."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.canary import answering, told
from tests.program import HELLO, KEY, environment, run

SHELLS = ("bash", "zsh", "tcsh", "fish")
LIMIT_S = 20
RECENT = "call_kept_0001"
FILES = ("my.json", "my call.json", "subs.srt")

STARTED = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "tcsh": ("tcsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i"),
}
READS = {
    "bash": 'eval "$(omni-transcripts completion bash)"',
    "zsh": "source <(omni-transcripts completion zsh)",
    "tcsh": 'eval "`omni-transcripts completion tcsh`"',
    "fish": "omni-transcripts completion fish | source",
}

CASES = {
    "a file": ("omni-transcripts sub", "omni-transcripts subs.srt"),
    "a file in a directory": ("omni-transcripts bin/omni", "omni-transcripts bin/omni-transcripts"),
    "a file of a command": ("omni-transcripts export sub", "omni-transcripts export subs.srt"),
    "a file of an option": ("omni-transcripts export x -o su", "omni-transcripts export x -o subs.srt"),
    "a file of a long option": ("omni-transcripts --config sub", "omni-transcripts --config subs.srt"),
    "a call": ("omni-transcripts call_k", f"omni-transcripts {RECENT}"),
    "a call of a command": ("omni-transcripts export call_k", f"omni-transcripts export {RECENT}"),
    "a second call of a command": ("omni-transcripts check x call_k", f"omni-transcripts check x {RECENT}"),
    "a sample": ("omni-transcripts --demo call_demo_b", "omni-transcripts --demo call_demo_booking"),
    "a command": ("omni-transcripts exp", "omni-transcripts export"),
    "an action": ("omni-transcripts auth logi", "omni-transcripts auth login"),
    "an option": ("omni-transcripts export --form", "omni-transcripts export --format"),
    "an option behind a call": ("omni-transcripts call_x --lay", "omni-transcripts call_x --layout"),
    "a value": ("omni-transcripts export --format sr", "omni-transcripts export --format srt"),
    "a value behind a sign": ("omni-transcripts export --format=sr", "omni-transcripts export --format=srt"),
    "nothing": ("omni-transcripts search call_k", "omni-transcripts search call_k"),
}


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user with some files, the program on the path, and a call that was opened."""
    home = tmp_path_factory.mktemp("home")
    for name in FILES:
        (home / name).write_bytes(HELLO)
    program = home / "bin" / "omni-transcripts"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
    program.chmod(0o700)
    path = f"{program.parent}:{os.environ['PATH']}"
    with answering(lambda _: told({"turns": [{"role": "user", "text": "hello"}]})) as url:
        kept = {"PYAI_API_KEY": KEY, "PYAI_BASE_URL": url}
        assert run(home, "export", RECENT, **kept).status == 0  # type: ignore[arg-type]  # all of them variables
    return environment(home, PATH=path, TERM="xterm-256color", **kept)


class Shell:
    """A shell at a terminal that has read the script of its completion."""

    def __init__(self, name: str, variables: dict[str, str]) -> None:
        if shutil.which(name) is None:
            pytest.skip(f"there is no {name} on this machine")
        self.name = name
        command, *arguments = STARTED[name]
        self._terminal = pexpect.spawn(
            command, arguments, env=variables, cwd=variables["HOME"], dimensions=(24, 250), timeout=LIMIT_S,
            encoding="utf-8", codec_errors="replace",
        )  # fmt: skip
        self._answer("echo")
        self._terminal.sendline(READS[name])

    def _answer(self, line: str) -> str:
        """What becomes of a line once Tab was pressed behind it: it is made the text that ``echo`` prints."""
        self._terminal.send(f"{line}\t\x01echo 'A''B<\x05>'\r")
        self._terminal.expect(r"AB<([^>]*)>")
        found = self._terminal.match
        assert isinstance(found, re.Match)
        return str(found[1])

    def completes(self, line: str) -> str:
        return self._answer(line).strip()

    def close(self) -> None:
        self._terminal.close(force=True)


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, variables: dict[str, str]) -> Iterator[Shell]:
    shell = Shell(request.param, variables)
    yield shell
    shell.close()


@pytest.mark.parametrize("case", CASES)
def test_a_shell_completes(case: str, shell: Shell) -> None:
    line, completed = CASES[case]
    assert shell.completes(line) == completed


def test_a_name_with_a_blank_is_quoted(shell: Shell) -> None:
    if shell.name != "tcsh":  # it cuts what it is offered at blanks
        assert shell.completes("omni-transcripts my\\ c") == "omni-transcripts my\\ call.json"


def test_another_shell_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "completion", "powershell").status == 2


@pytest.mark.parametrize("shell", SHELLS)
def test_foreign_command_lines_complete_nothing(shell: str, tmp_path: Path) -> None:
    asks: Any = {"OMNI_TRANSCRIPTS_COMPLETE": shell, "COMMAND_LINE": "'"}
    for words in (
        [],
        ["a", "b", ""],
        ["--nope", "x", ""],
        ["export", "--format", "x", "y", "z", ""],
        ["--time=", "\x1b"],
    ):
        ended = run(tmp_path, *words, **asks)
        assert (ended.status, ended.err) == (0, b"")


def test_every_shell_has_its_script(tmp_path: Path) -> None:
    for shell in SHELLS:
        assert "OMNI_TRANSCRIPTS_COMPLETE" in run(tmp_path, "completion", shell).text
