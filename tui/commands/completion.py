"""``omni-transcripts completion``: prints completion scripts, and answers the requests that these make.

The script of each shell, in ``completions``, runs the program with a variable set; so completions always match the
table of options, and include the calls opened last. File names are completed by the shell.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tui.commands.output import write_out
from tui.core.errors import ExitStatus, OmniError
from tui.core.text import safe_line
from tui.demo.calls import SAMPLES
from tui.option_kinds import OptionKind
from tui.options import COMMANDS, options_of, split

Calls = Callable[[], Sequence[tuple[str, str]]]
"""Finds the ids of calls, each with a description."""
_WHOLE_WORDS = {"fish", "tcsh"}
"""The shells that compare completions with a whole word such as ``--format=s``."""


class Completions(NamedTuple):
    """The possible completions at the cursor.

    Attributes:
        words: Words with their descriptions.
        files: Whether a file name is possible too.
    """

    words: Sequence[tuple[str, str]] = ()
    files: bool = False


def completion(shell: str) -> ExitStatus:
    """Print the completion script of a shell.

    Raises:
        OutputError: It could not be written.
    """
    write_out((Path(__file__).parent / "completions" / shell).read_bytes())
    return ExitStatus.DONE


def answer(arguments: list[str], shell: str, recent: Calls) -> int:
    """Write the completions at the cursor: ``files`` or ``words``, then a line for each word.

    Args:
        arguments: The words up to the cursor; the last one is to be completed.
        shell: Its name. tcsh passes its line in a variable, and expects no first line.
        recent: Finds the calls that were opened last.
    """
    if shell == "tcsh":
        arguments = _words_of(os.environ.get("COMMAND_LINE", ""))
    *words, current = arguments or [""]
    words, current, stem = _parted(words, current)
    found = _completions(words, current, partial(_calls, recent, words))
    stem = stem if shell in _WHOLE_WORDS else ""
    matching = [(f"{stem}{word}", safe_line(about)) for word, about in found.words if word.startswith(current)]
    if shell == "tcsh":
        lines = [word for word, _ in matching] + [f"{stem}{name}" for name in (_files(current) if found.files else ())]
    else:
        lines = ["files" if found.files else "words", *map("\t".join, matching)]
    write_out("".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))
    return int(ExitStatus.DONE)


def _completions(words: Sequence[str], current: str, calls: Calls) -> Completions:
    """The completions after some words."""
    name, _, arguments, pending = split(words)
    if pending is not None:
        return _values(pending.kind, calls)
    if current.startswith("-") and "--" not in words:
        unused = [option for option in options_of(name) if not {*option.flags} & {*words}]
        return Completions([(option.flag, option.help) for option in unused])
    if not name and not arguments:
        commands = [(name, command.help) for name, command in COMMANDS.items()]
        return Completions([*commands, *calls()], files=True)
    if not name or (arguments and COMMANDS[name].nargs != "+"):
        return Completions()
    return _values(COMMANDS[name].kind, calls)


def _values(kind: OptionKind, calls: Calls) -> Completions:
    """The values of an option or an argument."""
    found = calls() if kind.completes == "calls" else ()
    return Completions([*((choice, "") for choice in kind.choices), *found], files=bool(kind.completes))


def _calls(recent: Calls, words: Sequence[str]) -> Sequence[tuple[str, str]]:
    """The calls that can be opened; none after an error, which opening a call reports."""
    if "--demo" in words:
        return [(sample.call_id, sample.title) for sample in SAMPLES]
    try:
        return recent()
    except (OmniError, OSError):
        return ()


def _parted(words: list[str], current: str) -> tuple[list[str], str, str]:
    """Separate an option from its value at ``=``; also returns the text before the value."""
    if current == "=" and words:  # so bash cuts it
        return words, "", ""
    if words and words[-1] == "=":
        return words[:-1], current, ""
    if current.startswith("--") and "=" in current:
        option, _, value = current.partition("=")
        return [*words, option], value, f"{option}="
    return words, current, ""


def _words_of(line: str) -> list[str]:
    """The words of tcsh's command line after the program's name; the last one is empty after a blank."""
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation that is still open
        words = line.split()
    return [*words[1:], *([""] if line.endswith(" ") else [])]


def _files(prefix: str) -> list[str]:
    """The files and directories with a prefix."""
    parent, _, start = prefix.rpartition("/")
    directory = Path(f"{parent}/" if parent or prefix.startswith("/") else ".").expanduser()
    try:
        found = sorted(entry for entry in directory.iterdir() if entry.name.startswith(start))
    except OSError:
        return []
    stem = prefix[: len(prefix) - len(start)]
    return [f"{stem}{entry.name}{'/' if entry.is_dir() else ''}" for entry in found]
