"""``omni-transcripts completion``: prints completion scripts, and answers the requests that these make.

The script of each shell, in ``completions``, runs the program with a variable set; so completions always match the
parser, and include the calls opened last. File names are completed by the shell.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tui.commands.output import write_out
from tui.core.errors import ExitStatus, OmniError
from tui.core.text import safe_line

Calls = Callable[[], Sequence[tuple[str, str]]]
"""Finds the ids of calls, each with a description."""
_WHOLE_WORDS = {"fish", "tcsh"}
"""The shells that compare completions with a whole word such as ``--format=s``."""


class Offer(NamedTuple):
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


def answer(arguments: list[str], shell: str, completer: Completer) -> int:
    """Write the completions at the cursor: ``files`` or ``words``, then a line for each word.

    Args:
        arguments: The words up to the cursor; the last one is to be completed.
        shell: Its name. tcsh passes its line in a variable, and expects no first line.
        completer: Finds the completions.
    """
    if shell == "tcsh":
        arguments = _words_of(os.environ.get("COMMAND_LINE", ""))
    *words, current = arguments or [""]
    words, current, stem = _parted(words, current)
    offer = completer.offer(words, current)
    stem = stem if shell in _WHOLE_WORDS else ""
    matching = [(f"{stem}{word}", safe_line(about)) for word, about in offer.words if word.startswith(current)]
    if shell == "tcsh":
        lines = [word for word, _ in matching] + [f"{stem}{name}" for name in (_files(current) if offer.files else ())]
    else:
        lines = ["files" if offer.files else "words", *map("\t".join, matching)]
    write_out("".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))
    return int(ExitStatus.DONE)


class Completer:
    """Finds completions for the command line.

    Args:
        parser: The whole command line.
        recent: Finds the calls that were opened last.
        samples: Finds those of the demo.
    """

    def __init__(self, parser: argparse.ArgumentParser, recent: Calls, samples: Calls) -> None:
        self._parser = parser
        self._recent = recent
        self._samples = samples
        # argparse has no public access to its actions
        self._choices = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))

    def offer(self, words: Sequence[str], current: str) -> Offer:
        """The completions after some words.

        Args:
            words: The words before, without the program's name.
            current: The beginning of the word to complete.
        """
        plain, pending = _plain_words(self._parser, words)
        parser = self._choices.choices.get(plain[0]) if plain else None
        if parser is not None:
            plain, pending = _plain_words(parser, words)
        if pending is not None:
            return self._values(pending, words)
        if current.startswith("-") and "--" not in words:
            return Offer(list(_options(parser or self._parser, words)))
        if parser is None:
            return Offer() if plain else self._first(words)
        arguments = [action for action in parser._actions if not action.option_strings]
        if arguments and arguments[-1].nargs == "+":
            return self._values(arguments[min(len(plain), len(arguments)) - 1], words)
        return self._values(arguments[len(plain) - 1], words) if len(plain) <= len(arguments) else Offer()

    def _first(self, words: Sequence[str]) -> Offer:
        """The first word: a command or a target."""
        commands = [(choice.dest, choice.help or "") for choice in self._choices._get_subactions()]
        return Offer([*commands, *self._targets(words)], files=True)

    def _values(self, action: argparse.Action, words: Sequence[str]) -> Offer:
        """The values of an argument."""
        if action.choices is not None:
            return Offer([(str(choice), "") for choice in action.choices])
        if action.metavar == "TARGET":
            return Offer(self._targets(words), files=True)
        return Offer(files=action.metavar == "FILE")

    def _targets(self, words: Sequence[str]) -> Sequence[tuple[str, str]]:
        """The calls that can be opened; none after an error, which opening a call reports."""
        try:
            return self._samples() if "--demo" in words else self._recent()
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


def _plain_words(parser: argparse.ArgumentParser, words: Sequence[str]) -> tuple[list[str], argparse.Action | None]:
    """The words that are neither options nor their values; and the option whose value comes next, if any."""
    plain, pending = list[str](), None
    for word in words:
        if pending is not None:
            pending = None
        elif word.startswith("-") and word != "-" and "--" not in words[: words.index(word)]:
            action = parser._option_string_actions.get(word)
            pending = action if action is not None and action.nargs is None else None
        elif word != "--":
            plain.append(word)
    return plain, pending


def _options(parser: argparse.ArgumentParser, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The unused options of a parser, by their long names."""
    for action in parser._actions:
        if action.option_strings and not {*action.option_strings} & {*words}:
            yield action.option_strings[-1], action.help or ""


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
