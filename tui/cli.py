"""The command line: arguments to a command or the app, faults to one line and an exit status.

Nothing heavy is imported here: what a command needs, it imports when it runs.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.commands.output import say, write_out
from tui.core.errors import ExitStatus, OmniError, UsageError
from tui.terminal.lifecycle import cancelled_by_signals

if TYPE_CHECKING:
    from tui.core.target import Target
    from tui.fetch import Access
    from tui.head_start import HeadStart
    from tui.store.settings import Settings

_DEFAULT_BASE_URL = "https://api.pyai.com"
_TIMES = ("offset", "local", "utc", "gap", "off")
_LAYOUTS = ("chat", "script")
_SHELLS = ("bash", "zsh", "tcsh")
_FORMATS = ("txt", "md", "json", "csv", "srt", "vtt", "html")
_STAND_INS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))
_TARGET_HELP = "a call id, CALL#turn=14 or CALL#t=1:23, a pasted API address, a file of JSON, or - for standard input"
_EPILOG = """\
exit status: 0 done, 1 a fault of the program, 2 wrong usage or no terminal, 3 no such call or transcript,
4 refused, 5 not reachable or overloaded, 6 an answer that cannot be understood, 7 output could not be written,
130 interrupted. The key is read from PYAI_API_KEY or a private file; the address also from PYAI_BASE_URL.
Arguments go before the environment, and that before the settings.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _open_closed_streams()
    try:
        args = _parse(arguments)
        return int(args.run(args))
    except OmniError as error:
        say(error.line())
        return int(error.exit_status)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except Exception as error:
        say(_fault(error))
        return int(ExitStatus.FAULT)


def _fault(error: Exception) -> str:
    """What is told of a fault of the program, with the place of the report it leaves."""
    from tui.store.crash import keep_report, place

    what = f"a fault of the program, {place(error)}"
    try:
        return f"{what} – where it happened, and nothing that was said, is in {keep_report(error)}"
    except OmniError as refusal:
        return f"{what} – no report is kept, as {refusal.line()}"


def _open_closed_streams() -> None:
    """Give each standard stream that the caller has closed a stand-in.

    Else the next file that is opened takes its number, and what is meant for standard error goes to standard
    output. Reading and writing there fail as they should; only complaints have to go nowhere.
    """
    for number, (name, kind, flags) in enumerate(_STAND_INS):
        if getattr(sys, name) is None:
            os.open(os.devnull, flags)
            setattr(sys, name, os.fdopen(number, kind))


class _Parser(argparse.ArgumentParser):
    """Tells a wrong command line as every other fault is told: safe to show, in one line.

    Options are not to be abbreviated: a script would break with the next option.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End after ``--help`` or ``--version``, once they are out."""
        write_out()
        super().exit(status, message)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, "see omni-transcripts --help")


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = build_parser()
    commands = parser.get_default("commands")
    words = _words_parser().parse_known_args(arguments)[0].words
    if not words or words[0] not in commands or _is_quoted(words[0], arguments):
        asked = [argument for argument in arguments if argument in {"-h", "--help", "--version"}]
        arguments = asked or ["open", *arguments]
    return parser.parse_args(arguments)


def _is_quoted(word: str, arguments: list[str]) -> bool:
    """Whether ``--`` stands before a word, so that it cannot be the name of a command."""
    return "--" in arguments[: arguments.index(word)]


def _words_parser() -> argparse.ArgumentParser:
    """Tells the words of a command line from its options, whatever the command."""
    parser = _Parser(add_help=False, parents=[_common(), _app_options()])
    parser.add_argument("words", nargs="*")
    return parser


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="omni-transcripts",
        usage="%(prog)s [OPTION]... [TARGET]\n       %(prog)s COMMAND [OPTION]...",  # ASCII, as is the rest of the help
        description=f"Read the transcript of a PyAI Omni voice call as a chat. TARGET: {_TARGET_HELP}.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_common(), _app_options()],
    )
    parser.add_argument("--version", action="version", version=f"omni-transcripts {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="omni-transcripts")
    _add_open(commands)
    _add_export(commands)
    _add_demo_server(commands)
    _add_completion(commands)
    parser.set_defaults(commands=tuple(commands.choices))
    return parser


def _common() -> argparse.ArgumentParser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("where the calls come from")
    group.add_argument("--demo", action="store_true", help="start the embedded server and use it; needs no account")
    group.add_argument(
        "--base-url", metavar="URL", help=f"the API's address (else PYAI_BASE_URL, else {_DEFAULT_BASE_URL})"
    )
    group.add_argument(
        "--api-key-file", metavar="FILE", type=Path, help="a private file with the key (else PYAI_API_KEY)"
    )
    group.add_argument("--config", metavar="FILE", type=Path, help="the settings (else settings.toml, if it is there)")
    return common


def _app_options() -> argparse.ArgumentParser:
    options = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = options.add_argument_group("how the call is shown")
    group.add_argument("--time", choices=_TIMES, help="times as offset, local or UTC clock, gap, or off")
    group.add_argument("--layout", choices=_LAYOUTS, help="chat or script; else by the width")
    group.add_argument("--full-redraw", action="store_true", help="send every update whole, not only what changed")
    group.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    return options


_Commands = Any  # argparse names the type only privately


def _add_open(commands: _Commands) -> None:
    parser = commands.add_parser(
        "open",
        parents=[_common(), _app_options()],
        help="open TARGET, also one that is the name of a command",
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help=_TARGET_HELP)
    parser.set_defaults(run=_run_open)


def _add_export(commands: _Commands) -> None:
    parser = commands.add_parser(
        "export", parents=[_common()], help="write a transcript to a file or to standard output"
    )
    parser.add_argument("target", metavar="TARGET", help=_TARGET_HELP)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="the file; else, and as -, standard output")
    parser.add_argument("-f", "--format", choices=_FORMATS, help="the format; else by FILE's ending, else txt")
    parser.add_argument("--force", action="store_true", help="overwrite a file that exists")
    parser.set_defaults(run=_run_export)


def _add_demo_server(commands: _Commands) -> None:
    parser = commands.add_parser("demo-server", help="serve the sample calls on this machine, as the API would")
    parser.add_argument("--port", type=int, default=0, help="the port; else any free one")
    parser.add_argument("--turns", type=int, metavar="N", help="add a call of N turns")
    parser.set_defaults(run=_run_demo_server)


def _add_completion(commands: _Commands) -> None:
    parser = commands.add_parser("completion", help="print what makes a shell complete this command line")
    parser.add_argument("shell", choices=_SHELLS, help="the shell")
    parser.set_defaults(run=_run_completion)


def _run_open(args: argparse.Namespace) -> int:
    target = _target(args.target) if args.target is not None else None
    settings = _settings(args)
    if not sys.stdout.isatty():
        if target is None:
            raise UsageError("standard output is no terminal", "name a TARGET to print its transcript")
        return _print(_access(args, settings), target, _stdin_for(target, settings))
    gc.disable()  # nothing of what is imported now is garbage; the app enables it when its first picture is there
    access, stdin = _access(args, settings), _stdin_for(target, settings)
    _need_terminal()
    head_start = _head_start(access, target)
    from tui.app import AppOptions, run_app

    options = AppOptions(
        target=target,
        time=getattr(args, "time", settings.time),
        layout=getattr(args, "layout", settings.layout),
        mouse=settings.mouse and not getattr(args, "no_mouse", False),
        frugal=not (settings.full_redraw or getattr(args, "full_redraw", False)),
    )
    return _drive(run_app(access, options, stdin, head_start))


def _head_start(access: Access, target: Target | None) -> HeadStart | None:
    """Begin to fetch what is to be opened, before what draws the screen is imported."""
    if target is None or target.call_id is None or access.demo:
        return None
    from contextlib import ExitStack

    from tui.head_start import begin

    return begin(target.call_id, lambda: access.connect(ExitStack()))


def _print(access: Access, target: Target, stdin: bytes) -> int:
    from tui.commands.export import ExportRequest, export

    return _drive(export(access, ExportRequest(target, stdin=stdin)))


def _run_export(args: argparse.Namespace) -> int:
    from tui.commands.export import ExportRequest, export

    target, settings = _target(args.target), _settings(args)
    output = None if args.output == Path("-") else args.output
    request = ExportRequest(target, args.format, output, args.force, _stdin_for(target, settings))
    return _drive(export(_access(args, settings), request))


def _run_demo_server(args: argparse.Namespace) -> int:
    from tui.commands.demo_server import run

    return int(run(args.port, args.turns))


def _run_completion(args: argparse.Namespace) -> int:
    from tui.commands.completion import completion

    return int(completion(build_parser(), args.shell))


def _drive(task: Coroutine[Any, Any, int]) -> int:
    import asyncio

    return int(asyncio.run(cancelled_by_signals(task)))


def _target(word: str) -> Target:
    from tui.core.target import parse_target

    return parse_target(word, exists=os.path.exists)


def _settings(args: argparse.Namespace) -> Settings:
    from tui.store.settings import load

    return load(getattr(args, "config", None))


def _access(args: argparse.Namespace, settings: Settings) -> Access:
    from tui.fetch import Access
    from tui.store.credentials import KEY_VARIABLE

    environ = os.environ
    base_url = getattr(args, "base_url", environ.get("PYAI_BASE_URL") or settings.base_url or _DEFAULT_BASE_URL)
    key_file = getattr(args, "api_key_file", None if environ.get(KEY_VARIABLE) else settings.api_key_file)
    return Access(base_url, key_file, demo=getattr(args, "demo", False), max_body_bytes=settings.max_body_bytes)


def _stdin_for(target: Target | None, settings: Settings) -> bytes:
    """All of standard input where the target names it; bounded."""
    if target is None or not target.stdin:
        return b""
    try:
        data = sys.stdin.buffer.read(settings.max_body_bytes + 1)
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror}", "name a file instead") from error
    if len(data) > settings.max_body_bytes:
        from tui.core.bounds import RAISE_LIMIT

        raise UsageError(f"standard input holds more than {settings.max_body_mib} MiB", RAISE_LIMIT)
    return data


def _need_terminal() -> None:
    """See to it that there is a terminal to draw on and to read keys from, also when standard input is used up.

    Raises:
        UsageError: There is none.
    """
    hint = "use omni-transcripts export TARGET"
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise UsageError("this terminal cannot draw a screen (TERM is dumb or not set)", hint)
    if not sys.stderr.isatty():
        raise UsageError("standard error is no terminal, and the screen is drawn there", hint)
    if not sys.stdin.isatty():
        try:
            os.dup2(os.open("/dev/tty", os.O_RDONLY), 0)
        except OSError:
            raise UsageError("there is no terminal to read keys from", hint) from None
