"""Defines and parses the command line; ``cli`` runs the commands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from tui import __version__
from tui.commands.output import write_out
from tui.core.errors import UsageError

DEFAULT_BASE_URL = "https://api.pyai.com"
_TIMES = ("offset", "local", "utc", "gap", "off")
_LAYOUTS = ("chat", "script", "outline")
_SHELLS = ("bash", "zsh", "tcsh", "fish")
_CACHE_ACTIONS = ("info", "clear")
_ACTIONS = ("login", "status", "logout")
_ROLES = ("user", "assistant")
_TURN_ROLES = (*_ROLES, "tool", "system")
"""The roles to search for, as after ``role:`` in a query."""
_LENGTH_LIMITS = {
    "max-response": "the longest that the assistant may take to answer",
    "max-response-p50": "the same for half of its answers",
    "max-response-p95": "the same for 95 in 100 of its answers",
    "max-silence": "the longest that nobody may talk",
    "max-stop": "the longest that the assistant may go on after the user cut in",
}
"""The options of ``check`` that limit a time, in ms, or in s with that unit."""
_WORDS = {
    "contains": ("TEXT", "words that must stand in a turn, by the rules of the find; may be given again"),
    "not-contains": ("TEXT", "words that no turn may have"),
    "regex": ("RE", "a regular expression that must match in a turn"),
    "not-regex": ("RE", "one that may match in no turn"),
}
"""The options of ``check`` that look for words."""
_FORMATS = ("txt", "md", "json", "csv", "srt", "vtt", "html")
_TARGET_HELP = (
    "a call id, CALL#turn=14, CALL#turn=9..14 or CALL#t=1:23, a pasted API address or log line, a file of JSON, "
    "or - for standard input"
)
_CALL_HELP = "a call id, a pasted API address or log line, a file of JSON, or - for standard input"
_QUERY_HELP = (
    "what to find; a capital letter makes case matter; is:slow, is:silence, is:cut, is:error, role:user and "
    '"two words" must all hold beside words, and - before any of them excludes it'
)
_HINT = "see omni-transcripts --help"
_ALIKE = 0.7
"""The least similarity, from 0 to 1, of a word that may be a typo of a command."""
_ACCOUNT = ("base_url", "api_key_file", "config")
_CALLS = (*_ACCOUNT, "demo", "offline", "no_cache")
_LOOKS = ("time", "layout", "full_redraw", "no_mouse")
_ANYWHERE = (*_CALLS, *_LOOKS)
"""The options that are accepted before the command too."""
_TAKES = {
    "open": _ANYWHERE, "export": _CALLS, "insights": _CALLS, "check": _CALLS, "search": _ACCOUNT, "auth": _ACCOUNT,
    "cache": (), "demo-server": (), "completion": (),
}  # fmt: skip
"""The options of these that have an effect on each command."""
_EPILOG = """\
exit status: 0 done, 1 a fault of the program, 2 wrong usage or no terminal, 3 no such call or transcript, or
nothing found, 4 refused, 5 not reachable or overloaded, 6 an answer that cannot be understood, 7 output could not
be written, or the library not read, 8 a check failed, 130 interrupted. The key is read from PYAI_API_KEY, a
private file or the keyring; the address also from PYAI_BASE_URL. Arguments go before the environment, and that
before the settings.
"""


class _Parser(argparse.ArgumentParser):
    """Reports an invalid command line like other errors: safe to show, in one line.

    Options cannot be abbreviated: a new option would make an abbreviation in a script ambiguous.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Exit after ``--help`` or ``--version``, once the output is written."""
        write_out()
        super().exit(status, message)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, _HINT)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parse a command line; ``command`` in the result is the name of the command.

    Raises:
        UsageError: It is invalid.
        SystemExit: Help or version were requested, and are printed.
    """
    args, unknown = _open_parser().parse_known_args(arguments)
    if args.words and args.words[0] in _COMMANDS and not _is_quoted(args.words[0], arguments):
        return _checked(_parse_command(arguments))
    if requested := [argument for argument in arguments if argument in {"-h", "--help", "--version"}]:
        return build_parser().parse_args(requested)
    if unexpected := [*args.words[1:], *unknown]:
        raise _unrecognized(unexpected, args.words)
    return _checked(argparse.Namespace(**vars(args), target=args.words[0] if args.words else None, command="open"))


def _parse_command(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments of a command; argparse omits the targets of ``check`` after an option, so they are added."""
    parser = build_parser()
    args, rest = parser.parse_known_args(arguments)
    unexpected = [word for word in rest if args.command != "check" or (word.startswith("-") and word != "-")]
    if unexpected:
        parser.error(f"unrecognized arguments: {' '.join(unexpected)}")
    if rest:
        args.targets += rest
    return args


def command_like(word: str) -> str | None:
    """The command that a word may be a typo of; None if it resembles none."""
    from difflib import get_close_matches  # needed only for an error

    return next(iter(get_close_matches(word, _COMMANDS, n=1, cutoff=_ALIKE)), None)


def _unrecognized(unexpected: list[str], words: list[str]) -> UsageError:
    """The error for unexpected arguments; the first word may be a typo of a command."""
    if words and (command := command_like(words[0])):
        return UsageError(f"there is no command “{words[0]}”", f"did you mean omni-transcripts {command}?")
    is_pasted = len(words) > 1 and "call" in " ".join(words)
    hint = "put what was pasted between single quotes" if is_pasted else _HINT
    return UsageError(f"unrecognized arguments: {' '.join(unexpected)}", hint)


def refuse_idle(args: argparse.Namespace, options: Iterable[str], where: str) -> None:
    """Refuse options without effect, instead of ignoring them.

    Args:
        args: The parsed command line.
        options: The names of the options.
        where: Describes where they have no effect.

    Raises:
        UsageError: One of them was given.
    """
    for option in options:
        if getattr(args, option, None):
            raise UsageError(f"--{option.replace('_', '-')} has no effect {where}", "leave it out")


def _checked(args: argparse.Namespace) -> argparse.Namespace:
    """The parsed command line, after a check that each option has an effect on the command."""
    refuse_idle(args, (option for option in _ANYWHERE if option not in _TAKES[args.command]), f"on {args.command}")
    if getattr(args, "demo", False):
        refuse_idle(args, _ACCOUNT[:2], "beside --demo, which has an address and a key of its own")
    if args.command == "export" and args.output in {None, Path("-")}:
        refuse_idle(args, ("force",), "without -o FILE")
    if args.command == "check" and args.junit == Path("-"):
        raise UsageError("--junit writes a file, and no standard output", "name a file")
    if args.command == "check" and not args.words and args.max_interruptions is None:
        refuse_idle(args, ("role",), "without --max-interruptions or words to look for")
    if args.command == "auth" and args.action == "login":
        refuse_idle(args, ("api_key_file",), "on auth login, which asks for the key")
    return args


def _is_quoted(word: str, arguments: list[str]) -> bool:
    """Whether ``--`` precedes a word, which makes it a target even if it is the name of a command."""
    return "--" in arguments[: arguments.index(word)]


def _open_parser() -> argparse.ArgumentParser:
    """A parser for a command line without a command, which also separates words from options in any other.

    Building the whole parser would delay the first picture.
    """
    parser = _Parser(add_help=False)
    _add_common(parser)
    _add_app_options(parser)
    parser.add_argument("words", nargs="*")
    return parser


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog="omni-transcripts",
        usage="%(prog)s [OPTION]... [TARGET]\n       %(prog)s COMMAND [OPTION]...",  # ASCII, as is the rest of the help
        description=f"Read the transcript of a PyAI Omni voice call as a chat. TARGET: {_TARGET_HELP}.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_common(parser)
    _add_app_options(parser)
    parser.add_argument("--version", action="version", version=f"omni-transcripts {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="omni-transcripts")
    for add in _COMMANDS.values():
        add(commands)
    return parser


def _add_common(parser: argparse.ArgumentParser, *, opens: bool = True) -> None:
    group = parser.add_argument_group("where the calls come from", argument_default=argparse.SUPPRESS)
    if opens:
        group.add_argument("--demo", action="store_true", help="start the embedded server and use it; needs no account")
    group.add_argument(
        "--base-url", metavar="URL", help=f"the API's address (else PYAI_BASE_URL, else {DEFAULT_BASE_URL})"
    )
    group.add_argument(
        "--api-key-file", metavar="FILE", type=Path, help="a private file with the key (else PYAI_API_KEY)"
    )
    if opens:
        group.add_argument("--offline", action="store_true", help="show what is kept on this machine, and ask nobody")
        group.add_argument("--no-cache", action="store_true", help="keep nothing on this machine")
    group.add_argument("--config", metavar="FILE", type=Path, help="the settings (else settings.toml, if it is there)")


def _add_app_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how the call is shown", argument_default=argparse.SUPPRESS)
    group.add_argument("--time", choices=_TIMES, help="times as offset, local or UTC clock, gap, or off")
    group.add_argument("--layout", choices=_LAYOUTS, help="chat, script or outline; else chat or script by the width")
    group.add_argument("--full-redraw", action="store_true", help="send every update whole, not only what changed")
    group.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")


_Commands = Any  # argparse names the type only privately


def _add_open(commands: _Commands) -> None:
    parser = commands.add_parser(
        "open",
        help="open TARGET, also one that is the name of a command",
    )
    _add_common(parser)
    _add_app_options(parser)
    parser.add_argument("target", nargs="?", metavar="TARGET", help=_TARGET_HELP)
    parser.set_defaults(command="open")


def _add_export(commands: _Commands) -> None:
    parser = commands.add_parser("export", help="write a transcript to a file or to standard output")
    _add_common(parser)
    parser.add_argument("target", metavar="TARGET", help=_TARGET_HELP)
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="the file, pipe or device; else, and as -, standard output"
    )
    parser.add_argument(
        "-f",
        "--format",
        choices=_FORMATS,
        help="the format; else by FILE's ending, which must be one of these; else txt",
    )
    parser.add_argument("--force", action="store_true", help="overwrite a file that exists")
    parser.add_argument("--whole-turns", action="store_true", help="srt, vtt: one cue per turn, however long")
    parser.add_argument("--speakers", action="store_true", help="srt: begin each turn with its speaker")
    parser.add_argument("--bom", action="store_true", help="csv: begin with a byte order mark, for Excel")
    parser.set_defaults(command="export")


def _add_insights(commands: _Commands) -> None:
    parser = commands.add_parser("insights", help="tell when who spoke: latencies, silences, interruptions, errors")
    _add_common(parser)
    parser.add_argument("target", metavar="TARGET", help=_CALL_HELP)
    parser.add_argument("--json", action="store_true", help="write one line of JSON: times in ms, turns from 1")
    parser.set_defaults(command="insights")


def _add_check(commands: _Commands) -> None:
    parser = commands.add_parser("check", help="hold calls against limits, for CI; the exit status is 8 if one fails")
    _add_common(parser)
    parser.add_argument(
        "targets", nargs="+", metavar="TARGET", help="a call id, an API address or log line, a file of JSON, or - for "
        "a list of these on standard input, one a line",
    )  # fmt: skip
    group = parser.add_argument_group("what must hold; limits are inclusive, as in 800, 800ms or 1.5s")
    for name, about in _LENGTH_LIMITS.items():
        group.add_argument(f"--{name}", metavar="MS|s", type=_length, help=about)
    group.add_argument("--max-interruptions", metavar="N", type=_count, help="how often one may cut the other off")
    for name, (metavar, about) in _WORDS.items():
        kind = partial(_named_words, name)
        group.add_argument(f"--{name}", metavar=metavar, dest="words", action="append", type=kind, help=about)
    group.add_argument("--role", choices=_ROLES, help="whose words and interruptions; else both sides'")
    group.add_argument("--no-errors", action="store_true", help="no turn and no tool may tell an error")
    group.add_argument("--bands", action="store_true", help="the bands of PyAI's own harness: p95 up to 1500 ms")
    group.add_argument("--strict", action="store_true", help="what is unknown, as without times, has failed")
    parser.add_argument("--json", action="store_true", help="write a line of JSON for each call")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write a JUnit report too; replaces the file")
    parser.set_defaults(command="check", words=[])


def _length(word: str) -> int:
    """A limit in ms, for argparse."""
    from tui.core.times import parse_length

    try:
        return parse_length(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r}: {error}") from error


def _count(word: str) -> int:
    """A non-negative number, for argparse."""
    if not re.fullmatch("[0-9]{1,9}", word):
        raise argparse.ArgumentTypeError(f"{word!r} is no number of times")
    return int(word)


def _named_words(name: str, text: str) -> tuple[str, str]:
    """The words of an option with its name, for argparse."""
    return name, text


def _add_demo_server(commands: _Commands) -> None:
    parser = commands.add_parser("demo-server", help="serve the sample calls on this machine, as the API would")
    parser.add_argument("--port", type=int, default=0, help="the port; else any free one")
    parser.add_argument("--turns", type=int, metavar="N", help="add a call of N turns")
    parser.set_defaults(command="demo-server")


def _add_completion(commands: _Commands) -> None:
    parser = commands.add_parser("completion", help="print what makes a shell complete this command line")
    parser.add_argument("shell", choices=_SHELLS, help="the shell")
    parser.set_defaults(command="completion")


def _add_auth(commands: _Commands) -> None:
    parser = commands.add_parser("auth", help="keep the key in this machine's keyring, tell whose it is, or forget it")
    _add_common(parser, opens=False)
    parser.add_argument("action", choices=_ACTIONS, help="what to do with the key")
    parser.set_defaults(command="auth")


def _add_search(commands: _Commands) -> None:
    parser = commands.add_parser("search", help="find words in all the calls that are kept on this machine")
    _add_common(parser, opens=False)
    parser.add_argument("query", metavar="QUERY", help=_QUERY_HELP)
    parser.add_argument("--regex", action="store_true", help="take it for a regular expression, without conditions")
    parser.add_argument("--role", choices=_TURN_ROLES, help="find turns of this role alone")
    parser.add_argument("--json", action="store_true", help="write a line of JSON for each turn with a hit")
    parser.add_argument("--all-hits", action="store_true", help="print all turns with a hit, not five of each call")
    parser.set_defaults(command="search")


def _add_cache(commands: _Commands) -> None:
    parser = commands.add_parser("cache", help="tell what is kept on this machine, or remove it")
    parser.add_argument("action", choices=_CACHE_ACTIONS, help="what to do with it")
    parser.set_defaults(command="cache")


_COMMANDS = {
    "open": _add_open,
    "export": _add_export,
    "insights": _add_insights,
    "check": _add_check,
    "search": _add_search,
    "auth": _add_auth,
    "cache": _add_cache,
    "demo-server": _add_demo_server,
    "completion": _add_completion,
}
