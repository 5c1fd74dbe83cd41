"""What the program does: from arguments to a command or the app, faults to one line and an exit status.

Nothing heavy is imported here: what a command needs, it imports when it runs. What may be said on the command
line is in ``arguments``.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Coroutine, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from tui.core.errors import ExitStatus, OmniError, UsageError
from tui.naming import all_named, named, stdin_for, target_or_question

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.core.target import Target
    from tui.sources.connection import Connection
    from tui.sources.prefetch import Prefetch
    from tui.store.settings import Settings

_PICTURES_A_SECOND = "1000"
"""At most, as Textual draws only when there is something new: 60 make the second picture of a key wait for 33 ms."""
_PATIENCE_FOR_WORDS_S = 0.5
"""How long the keyring may take to answer while a word is completed, in seconds."""
_STAND_INS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


def main(argv: Sequence[str] | None = None, prefetch: Prefetch | None = None) -> int:
    """Run the program.

    Args:
        argv: The command line without the program's name; None for the process's own.
        prefetch: A process that is ready to fetch what may be named there.

    Returns:
        The exit status.
    """
    gc.disable()  # nothing of what is imported now is garbage; who goes on for long enables it
    _open_closed_streams()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv), prefetch)
    except OmniError as error:
        _say(error.line())
        return int(error.exit_status)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except Exception as error:
        return _end_with(error)
    finally:
        gc.enable()
        if prefetch is not None:
            prefetch.close()
        _settle_streams()


def _run(arguments: list[str], prefetch: Prefetch | None) -> int:
    from tui.options import parse

    args = parse(arguments)
    if args.command == "open" and sys.stdout.isatty():
        return _open(args, prefetch)
    gc.enable()
    if args.command == "open":
        return _print(args)
    return int(_COMMANDS[args.command](args))


def _end_with(error: Exception) -> int:
    """Tell an error that is none of the user's, and give it its exit status."""
    from tui.core.shortage import shortage

    if (lack := shortage(error)) is not None:
        _say(lack.line())
        return int(lack.exit_status)
    _say(_fault(error))
    return int(ExitStatus.FAULT)


def _say(line: str) -> None:
    from tui.commands.output import say

    say(line)


def _settle_streams() -> None:
    from tui.commands.output import settle_streams

    settle_streams()


def _fault(error: Exception) -> str:
    """What is told of a fault of the program, with the place of the report it leaves."""
    from tui.store.fault_reports import keep_report, place

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


def _open(args: Namespace, prefetch: Prefetch | None) -> int:
    settings = _settings(args)
    connection = _connection(args, settings)
    target, typed = target_or_question(args, connection)
    stdin = stdin_for(target, settings)
    _need_terminal()
    if prefetch is not None:
        prefetch = _use(prefetch, target, connection)
    os.environ.setdefault("TEXTUAL_FPS", _PICTURES_A_SECOND)
    if os.environ.get("COLORTERM"):  # the colours are those of the cube: a short sequence says which
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")
    if not os.environ.get("NO_COLOR"):  # empty, it means colours, but not to Textual (https://no-color.org)
        os.environ.pop("NO_COLOR", None)
    from tui.app import AppOptions, run_app
    from tui.themes import Background, background_of

    options = AppOptions(
        target=target,
        typed=typed,
        host=connection.host,
        time=getattr(args, "time", settings.time),
        layout=getattr(args, "layout", settings.layout),
        mouse=settings.mouse and not getattr(args, "no_mouse", False),
        background=Background(settings.background) if settings.background else background_of(os.environ),
        differs=not (settings.full_redraw or getattr(args, "full_redraw", False)),
    )
    return _drive(run_app(connection, options, stdin, prefetch))


def _use(prefetch: Prefetch, target: Target | None, connection: Connection) -> Prefetch | None:
    """Have it fetch what was named, or end it where that is nothing to be fetched."""
    if target is None or target.call_id is None or connection.demo or connection.offline:
        prefetch.close()
        return None
    prefetch.fetch(target.call_id, connection)
    return prefetch


def _print(args: Namespace) -> int:
    """Print the transcript as text, as there is no terminal to draw on."""
    from tui.options import refuse_idle

    refuse_idle(args, ("layout", "full_redraw", "no_mouse"), "where the output is no terminal")
    if args.target is None:
        raise UsageError("standard output is no terminal", "name a TARGET to print its transcript")
    from tui.commands.export import ExportRequest, export
    from tui.core.export import Options
    from tui.core.layout import TimeStyle

    settings = _settings(args)
    connection = _connection(args, settings)
    target = named(args, connection)
    options = Options(time=TimeStyle(getattr(args, "time", settings.time)))
    request = ExportRequest(target, stdin=stdin_for(target, settings), options=options)
    return _drive(export(connection, request))


def _export(args: Namespace) -> int:
    from pathlib import Path

    from tui.commands.export import ExportRequest, export
    from tui.core.export import Options

    settings = _settings(args)
    connection = _connection(args, settings)
    target = named(args, connection)
    output = None if args.output == Path("-") else args.output
    options = Options(whole_turns=args.whole_turns, speakers=args.speakers, bom=args.bom)
    request = ExportRequest(target, args.format, output, args.force, stdin_for(target, settings), options)
    return _drive(export(connection, request))


def _insights(args: Namespace) -> int:
    from tui.commands.insights import insights

    settings = _settings(args)
    connection = _connection(args, settings)
    target = named(args, connection)
    return _drive(insights(connection, target, stdin=stdin_for(target, settings), as_json=args.json))


def _check(args: Namespace) -> int:
    from tui.commands.check import CheckRequest, check
    from tui.core.checks import COUNT_LIMITS, FIXED_LIMITS, TIME_LIMITS, make_checks
    from tui.core.transcript import Role

    given = {name: getattr(args, name.replace("-", "_")) for name in (*TIME_LIMITS, *COUNT_LIMITS)}
    limits = given | {name: limit if given[name] else None for name, limit in FIXED_LIMITS.items()}
    role = Role(args.role) if args.role else None
    checks = make_checks(limits, args.words, role, is_strict=args.strict)
    settings = _settings(args)
    connection = _connection(args, settings)
    request = CheckRequest(all_named(args, connection, settings), checks, args.json, args.junit)
    return _drive(check(connection, request))


def _search(args: Namespace) -> int:
    from tui.commands.search import SearchRequest, search
    from tui.options import refuse_idle

    if args.json:
        refuse_idle(args, ("all_hits",), "with --json, which writes all hits")
    connection = _connection(args, _settings(args))
    request = SearchRequest(args.query, args.role, args.regex, args.json, args.all_hits)
    return int(search(connection, request))


def _auth(args: Namespace) -> int:
    from tui.commands import auth
    from tui.terminal.lifecycle import ended_by_signals

    connection = _connection(args, _settings(args))
    if args.action == "login":
        with ended_by_signals():
            key = auth.asked_key(connection)
        return _drive(auth.login(connection, key))
    return _drive({"status": auth.status, "logout": auth.logout}[args.action](connection))


def _cache(args: Namespace) -> int:
    from tui.commands import cache

    return int({"info": cache.info, "clear": cache.clear}[args.action]())


def _demo_server(args: Namespace) -> int:
    from tui.commands.demo_server import run

    return int(run(args.port, args.turns))


def _completion(args: Namespace) -> int:
    from tui.commands.completion import completion

    return int(completion(args.shell))


def complete(arguments: list[str], shell: str) -> int:
    """Tell a shell what can stand at the end of a command line, and nothing else; returns the exit status."""
    from tui.commands.completion import Completer, answer
    from tui.options import build_parser

    try:
        return answer(arguments, shell, Completer(build_parser(), _recent_calls, _sample_calls))
    except (Exception, KeyboardInterrupt):  # there is no place to tell it: the user is in the middle of a line
        return int(ExitStatus.FAULT)


def _recent_calls() -> list[tuple[str, str]]:
    """The calls of the account that were fetched last, with their labels."""
    import asyncio
    from argparse import Namespace

    from tui.core.clock import Clock
    from tui.sources.archive import Archive
    from tui.store import system_keyring

    system_keyring.patience_s = _PATIENCE_FOR_WORDS_S
    connection = _connection(Namespace(), _settings(Namespace()))
    recent = asyncio.run(Archive(connection, None, Clock().now_ms).recent())
    return [(call.call_id, call.label or "") for call in recent if call.call_id.isprintable()]


def _sample_calls() -> list[tuple[str, str]]:
    from tui.demo.calls import SAMPLES

    return [(sample.call_id, sample.title) for sample in SAMPLES]


_COMMANDS = {
    "export": _export,
    "insights": _insights,
    "check": _check,
    "search": _search,
    "auth": _auth,
    "cache": _cache,
    "demo-server": _demo_server,
    "completion": _completion,
}


def _drive(task: Coroutine[Any, Any, int]) -> int:
    import asyncio

    from tui.core.background import DaemonExecutor
    from tui.terminal.lifecycle import cancelled_by_signals

    async def watched() -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_report_quietly)
        loop.set_default_executor(DaemonExecutor())
        return await cancelled_by_signals(task)

    with closing(watched()) as whole, closing(task):  # neither was begun where the system has no files for a loop
        return int(asyncio.run(whole))


def _report_quietly(_: object, context: dict[str, Any]) -> None:
    """Keep a report of a fault that nobody waits for; asyncio would print it, with a traceback."""
    from tui.store.fault_reports import keep_report

    error = context.get("exception")
    if error is not None:
        with suppress(OmniError):
            keep_report(error)


def _settings(args: Namespace) -> Settings:
    from tui.store.settings import load

    return load(getattr(args, "config", None))


def _connection(args: Namespace, settings: Settings) -> Connection:
    from tui.options import DEFAULT_BASE_URL
    from tui.sources.connection import Connection
    from tui.store.credentials import KEY_VARIABLE

    environ = os.environ
    base_url = getattr(args, "base_url", environ.get("PYAI_BASE_URL") or settings.base_url or DEFAULT_BASE_URL)
    key_file = getattr(args, "api_key_file", None if environ.get(KEY_VARIABLE) else settings.api_key_file)
    demo, offline = getattr(args, "demo", False), getattr(args, "offline", False)
    keeps = settings.cache and not getattr(args, "no_cache", False)
    if offline and (demo or not keeps):
        raise UsageError("--offline shows what is kept on this machine", "leave out --demo, --no-cache, cache = false")
    return Connection(
        base_url, key_file, demo=demo, max_body_bytes=settings.max_body_bytes, offline=offline, keeps=keeps
    )


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
