"""Builds argparse's parsers from the table of options, and prints their help."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterable
from shlex import quote
from typing import Any, NoReturn

from tui import __version__
from tui.commands.output import write_out
from tui.core.errors import UsageError
from tui.option_kinds import OptionKind
from tui.options import COMMANDS, Option, command_like, options_of, split

_EPILOG = """\
exit status:
  0    done
  1    a fault of the program
  2    wrong usage, or no terminal
  3    no such call or transcript, or nothing found
  4    refused
  5    not reachable or overloaded
  6    an answer that cannot be understood, or a list without its end
  7    output could not be written, or the library not read
  8    a check failed
  130  interrupted

The key is read from PYAI_API_KEY, a private file or the keyring; the address also from PYAI_BASE_URL. Arguments go \
before the environment, and that before the settings.
"""


class _MissingArgumentError(UsageError):
    """The argument of a command is missing."""


class _Paragraphs(argparse.HelpFormatter):
    """Wraps each line of a text by itself, as wide as the terminal; argparse's own make one paragraph, or wrap none."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = text.splitlines()
        return "\n".join(textwrap.fill(line, width, subsequent_indent=" " * 7 * line.startswith(" ")) for line in lines)


class _Parser(argparse.ArgumentParser):
    """Reports an invalid command line like other errors: safe to show, in one line.

    Options cannot be abbreviated: a new option would make an abbreviation in a script ambiguous. Options that are
    not given leave no attribute.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, add_help=False, argument_default=argparse.SUPPRESS, **settings)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Exit after ``--help`` or ``--version``, once the output is written."""
        write_out()
        super().exit(status, message)

    def error(self, message: str) -> NoReturn:
        is_missing = message.startswith("the following arguments are required")
        raise (_MissingArgumentError if is_missing else UsageError)(message, _see_help(self.prog.partition(" ")[2]))

    def add_options(self, options: Iterable[Option]) -> None:
        """Add options, under their headings."""
        groups: dict[str, Any] = {"": self}
        for option in options:
            if option.group not in groups:
                groups[option.group] = self.add_argument_group(option.group, argument_default=argparse.SUPPRESS)
            groups[option.group].add_argument(*option.flags, dest=option.name, **_settings(option))


def parse_words(words: list[str]) -> dict[str, Any]:
    """Parse a command line to its command, the command's argument and the options given, by their names.

    Raises:
        UsageError: It is invalid.
        SystemExit: Help or version were requested, and are printed.
    """
    command, at, targets, _ = split(words)
    if command:
        return _parse_command(command, [*words[:at], *words[at + 1 :]])
    if requested := [word for word in words if word in {"-h", "--help", "--version"}]:
        build_parser().parse_args(requested)
    parsed, unexpected = _command_parser("open").parse_known_args(words)
    if unexpected:
        raise _unrecognized(unexpected, words, targets)
    return {**vars(parsed), "command": "open"}


def _parse_command(command: str, words: list[str]) -> dict[str, Any]:
    """Parse the other words of a command; argparse omits targets that stand after an option, so they are added."""
    try:
        args, rest = _command_parser(command).parse_known_args(words)
    except _MissingArgumentError as error:  # an option that does not exist is the likelier mistake
        flags = {flag for option in (*options_of(command), *options_of("")) for flag in option.flags}
        if unexpected := [word for word in words if word.startswith("-") and word.partition("=")[0] not in flags]:
            raise _unexpected(unexpected, command, words) from error
        raise
    takes_several = COMMANDS[command].nargs == "+"
    unexpected = [word for word in rest if not takes_several or (word.startswith("-") and word != "-")]
    if unexpected:
        raise _unexpected(unexpected, command, words)
    if rest:
        args.targets += rest
    return {**vars(args), "command": command}


def _unrecognized(unexpected: list[str], words: list[str], targets: list[str]) -> UsageError:
    """The error for unexpected arguments; the first word may be a typo of a command."""
    if targets and (command := command_like(targets[0])):
        return UsageError(f"there is no command “{targets[0]}”", f"did you mean omni-transcripts {command}?")
    return _unexpected(unexpected, "open", words)


def _unexpected(unexpected: list[str], command: str, words: list[str]) -> UsageError:
    """The error for unexpected arguments of a command; in a query a word may begin with a dash."""
    hint = _hint(unexpected, command)
    if hint == _see_help(command) and not any(word.startswith("--") for word in unexpected):
        hint = _quotes_hint(unexpected, command, words) or hint
    return UsageError(f"unrecognized arguments: {' '.join(unexpected)}", hint)


def _quotes_hint(unexpected: list[str], command: str, words: list[str]) -> str:
    """Asks for quotes around a text of several words; empty where none is taken."""
    argument, flag = COMMANDS[command].argument, words[max(0, words.index(unexpected[0]) - 2)]
    if any(flag in option.flags and option.kind.is_text for option in options_of(command)):
        return f"put the words behind {flag} between quotes"
    if argument == "query" and any(word.startswith("-") for word in unexpected):
        return "words that begin with - stand between quotes behind --, as in search -- 'refund -delay'"
    if argument == "query":
        return f"put the query between quotes: {quote(' '.join(split([command, *words])[2]))}"
    is_pasted = argument == "target" and not unexpected[0].startswith("-")
    return "put what was pasted between single quotes" if is_pasted else ""


def _hint(unexpected: list[str], command: str) -> str:
    """Names the commands that take the first of the unexpected arguments if it is a flag of theirs, else the help."""
    flag = unexpected[0].partition("=")[0]
    commands = [command for command in COMMANDS for option in options_of(command) if flag in option.flags]
    return f"{flag} is an option of {', '.join(commands)}" if commands else _see_help(command)


def _see_help(command: str) -> str:
    return "see omni-transcripts --help" if command in {"", "open"} else f"see omni-transcripts {command} --help"


def build_parser() -> argparse.ArgumentParser:
    """The parser whose help describes the program; ``_command_parser`` makes those that parse."""
    parser = _Parser(
        prog="omni-transcripts",
        usage="%(prog)s [OPTION]... [TARGET]\n       %(prog)s COMMAND [OPTION]...",  # ASCII, as is the rest of the help
        description=f"Read the transcript of a PyAI Omni voice call as a chat. TARGET: {COMMANDS['open'].about}.",
        epilog=_EPILOG,
        formatter_class=_Paragraphs,
    )
    parser.add_options(options_of(""))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="omni-transcripts")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help)
    return parser


def _command_parser(name: str) -> _Parser:
    """The parser of a command; it also takes the options of other commands that may stand before a command."""
    parser, command, own = _Parser(prog=f"omni-transcripts {name}"), COMMANDS[name], options_of(name)
    parser.add_options(own)
    parser.add_options(option._replace(help=argparse.SUPPRESS) for option in options_of("") if option not in own)
    if command.argument:
        values = {"default": None, "nargs": command.nargs or None, **_values(command.kind)}
        parser.add_argument(command.argument, help=command.about, **values)
    return parser


def _settings(option: Option) -> dict[str, Any]:
    """The settings of an option for argparse."""
    special: dict[str, dict[str, Any]] = {
        "help": {}, "version": {"version": f"omni-transcripts {__version__}"},
        "store_const": {"const": not option.default},
    }  # fmt: skip
    action = option.kind.action
    return {"action": action, "help": option.help, **(special[action] if action in special else _values(option.kind))}


def _values(kind: OptionKind) -> dict[str, Any]:
    """The settings of its values for argparse."""
    if kind.choices:
        return {"choices": kind.choices, "metavar": f"{{{','.join(kind.choices)}}}"}
    return {"metavar": kind.metavar, "type": _reported(kind.read)}


def _reported(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader of words whose errors argparse reports with their reasons."""

    def read_word(word: str) -> Any:
        try:
            return read(word)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{word!r}: {error}") from error

    return read_word
