"""Runs a command or the app for the given arguments; an error becomes one line and an exit status.

Nothing heavy is imported at the top: each command imports what it needs. ``options`` describes the command line.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Coroutine, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from tui.commands.output import say, settle_streams
from tui.core.errors import ExitStatus, OmniError, UsageError
from tui.naming import all_named, named, stdin_for, target_or_question

if TYPE_CHECKING:
    from tui.core.target import Target
    from tui.options import Arguments
    from tui.sources.connection import Connection
    from tui.sources.prefetch import Prefetch
    from tui.store.retention import Retention

COLLECT_AT = (50_000, 5, 5)
"""The thresholds of Python's garbage collector, for its generations 0, 1 and 2.

With its own 700 and 10 a step costs 15 % more processor time, and the figures of a long call 20 %; memory is the same.
"""
_PICTURES_A_SECOND = "1000"
"""The frame limit; Textual draws only changes. Its default of 60 delays the second picture of a key by 33 ms."""
_PATIENCE_FOR_WORDS_S = 0.5
"""The timeout of the keyring during shell completion, in seconds."""
_STAND_INS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


def main(argv: Sequence[str] | None = None, prefetch: Prefetch | None = None) -> int:
    """Run the program.

    Args:
        argv: The command line without the program's name; None for the process's own.
        prefetch: A process that is ready to fetch the call named there.

    Returns:
        The exit status.
    """
    gc.disable()  # imports leave no garbage; long-running commands enable it again
    gc.set_threshold(*COLLECT_AT)
    _open_closed_streams()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv), prefetch)
    except OmniError as error:
        say(error.line())
        return int(error.exit_status)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except Exception as error:
        return _end_with(error)
    finally:
        gc.enable()
        if prefetch is not None:
            prefetch.close()
        settle_streams()


def _run(arguments: list[str], prefetch: Prefetch | None) -> int:
    from tui.arguments import parse

    args = parse(arguments)
    if args.command == "open" and sys.stdout.isatty():
        return _open(args, prefetch)
    if prefetch is not None:  # an id stood behind options of another command
        prefetch.close()
    gc.enable()
    if args.command == "open":
        return _print(args)
    return int(_COMMANDS[args.command](args))


def _end_with(error: Exception) -> int:
    """Report an unexpected error; returns its exit status."""
    if isinstance(error, ModuleNotFoundError):  # modules are loaded late, and the report needs some too
        say(f"the module {error.name} cannot be loaded, as after an upgrade while the program runs – start it again")
        return int(ExitStatus.FAULT)
    from tui.core.shortage import shortage

    if (lack := shortage(error)) is not None:
        say(lack.line())
        return int(lack.exit_status)
    say(_fault(error))
    return int(ExitStatus.FAULT)


def _fault(error: Exception) -> str:
    """The message for a fault of the program, with the path of its report."""
    from tui.store.fault_reports import keep_report, place

    what = f"a fault of the program, {place(error)}"
    try:
        return f"{what} – where it happened, and nothing that was said, is in {keep_report(error)}"
    except OmniError as refusal:
        return f"{what} – no report is kept, as {refusal.line()}"


def _open_closed_streams() -> None:
    """Replace each standard stream that the caller has closed.

    Otherwise the next opened file takes its descriptor, and messages for standard error may go to standard output.
    Reading standard input and writing standard output still fail; only standard error is discarded.
    """
    for number, (name, kind, flags) in enumerate(_STAND_INS):
        if getattr(sys, name) is None:
            os.open(os.devnull, flags)
            setattr(sys, name, os.fdopen(number, kind))


def _open(args: Arguments, prefetch: Prefetch | None) -> int:
    connection = _connection(args)
    target, typed = target_or_question(args, connection)
    stdin = stdin_for(target, args.max_body_bytes)
    _need_terminal()
    if prefetch is not None:
        prefetch = _use(prefetch, target, connection)
    _prepare_environment()
    from tui.app import AppOptions, run_app
    from tui.themes import Background, background_of

    options = AppOptions(
        target=target,
        typed=typed,
        host=connection.host,
        time=args.time,
        layout=args.layout,
        mouse=args.mouse,
        background=Background(args.background) if args.background else background_of(os.environ),
        silence_ms=args.silence_ms,
        keys=args.keys,
        player=args.player,
        differs=not args.full_redraw,
        command=("omni-transcripts", *_source_options(connection)),
    )
    return _drive(run_app(connection, options, stdin, prefetch))


def _source_options(connection: Connection) -> tuple[str, ...]:
    """The options by which another command has its calls from the same source; the key is left to the environment."""
    from tui.options import DEFAULT_BASE_URL

    if connection.demo:
        return ("--demo",)
    return () if connection.base_url == DEFAULT_BASE_URL else ("--base-url", connection.base_url)


def _prepare_environment() -> None:
    """Set the variables that Textual reads when it is imported."""
    os.environ.setdefault("TEXTUAL_FPS", _PICTURES_A_SECOND)
    if os.environ.get("COLORTERM"):  # the themes use colours of the 256-colour cube, whose sequences are shorter
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")
    if not os.environ.get("NO_COLOR"):  # an empty value means colours (https://no-color.org), but not to Textual
        os.environ.pop("NO_COLOR", None)


def _use(prefetch: Prefetch, target: Target | None, connection: Connection) -> Prefetch | None:
    """Start the prefetch of the named call, or end the process if there is nothing to fetch."""
    if target is None or target.call_id is None or connection.demo or connection.offline:
        prefetch.close()
        return None
    prefetch.fetch(target.call_id, connection)
    return prefetch


def _print(args: Arguments) -> int:
    """Print the transcript as text, for a standard output that is no terminal."""
    from tui.arguments import refuse_idle

    refuse_idle(args, ("layout", "full_redraw", "mouse"), "where the output is no terminal")
    if args.target is None:
        raise UsageError("standard output is no terminal", "name a TARGET to print its transcript")
    return _export(args)


def _export(args: Arguments) -> int:
    connection = _connection(args)
    if args.all:
        from tui.commands.export_all import export_all

        return int(export_all(connection, args))
    if args.target is None:
        raise UsageError("export takes a TARGET", "name a call, or ask for all that are kept with --all")
    from tui.commands.export import export

    target = named(args, connection)
    return _drive(export(connection, target, stdin_for(target, args.max_body_bytes), args))


def _insights(args: Arguments) -> int:
    from tui.commands.insights import insights

    connection = _connection(args)
    target = named(args, connection)
    return _drive(insights(connection, target, stdin_for(target, args.max_body_bytes), args))


def _check(args: Arguments) -> int:
    from tui.commands.check import check, checks_of, refuse_part

    checks, connection = checks_of(args), _connection(args)
    return _drive(check(connection, all_named(args, connection, refuse_part), checks, args))


def _search(args: Arguments) -> int:
    from tui.commands.search import search

    return int(search(_connection(args), args))


def _calls(args: Arguments) -> int:
    from tui.commands.calls import calls

    return _drive(calls(_connection(args), args))


def _sync(args: Arguments) -> int:
    from tui.commands.sync import sync

    return _drive(sync(_connection(args), args))


def _auth(args: Arguments) -> int:
    from tui.commands import auth
    from tui.terminal.lifecycle import ended_by_signals

    connection = _connection(args)
    if args.action == "login":
        with ended_by_signals():
            key = auth.read_key(connection)
        return _drive(auth.login(connection, key))
    return _drive({"status": auth.status, "logout": auth.logout}[args.action](connection))


def _cache(args: Arguments) -> int:
    from tui.commands import cache

    return int(cache.clear() if args.action == "clear" else cache.info(_retention(args), as_json=args.json))


def _demo_server(args: Arguments) -> int:
    from tui.commands.demo_server import run

    return int(run(args.port, args.turns, args.many))


def _completion(args: Arguments) -> int:
    from tui.commands.completion import completion

    return int(completion(args.shell))


def complete(arguments: list[str], shell: str) -> int:
    """Write the completions of a command line for a shell, and nothing else; returns the exit status."""
    from tui.commands.completion import answer

    try:
        return answer(arguments, shell, _recent_calls)
    except (Exception, KeyboardInterrupt):  # a message would appear in the middle of the user's command line
        return int(ExitStatus.FAULT)


def _recent_calls() -> list[tuple[str, str]]:
    """The ids and labels of the calls fetched last."""
    import asyncio

    from tui.arguments import parse
    from tui.core.clock import Clock
    from tui.sources.archive import Archive
    from tui.store import system_keyring

    system_keyring.patience_s = _PATIENCE_FOR_WORDS_S
    connection = _connection(parse([]))
    recent = asyncio.run(Archive(connection, None, Clock().now_ms).recent())
    return [(call.call_id, call.label or "") for call in recent if call.call_id.isprintable()]


_COMMANDS = {
    "export": _export,
    "insights": _insights,
    "check": _check,
    "search": _search,
    "calls": _calls,
    "sync": _sync,
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

    with closing(watched()) as whole, closing(task):  # neither has started if creating the loop fails
        return int(asyncio.run(whole))


def _report_quietly(_: object, context: dict[str, Any]) -> None:
    """Write a fault report for an exception of a task without a waiter; asyncio would print a traceback."""
    from tui.store.fault_reports import keep_report

    error = context.get("exception")
    if error is not None:
        with suppress(OmniError):
            keep_report(error)


def _connection(args: Arguments) -> Connection:
    from tui.sources.connection import Connection

    return Connection(
        args.base_url,
        args.api_key_file,
        demo=args.demo,
        max_body_bytes=args.max_body_bytes,
        offline=args.offline,
        keeps=args.cache,
        retention=_retention(args),
    )


def _retention(args: Arguments) -> Retention:
    from tui.store.retention import Retention

    return Retention(args.cache_bytes, args.cache_days)


def _need_terminal() -> None:
    """Check that there is a terminal for pictures and keys; replaces a redirected standard input by it.

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
