"""``omni-transcripts export --all``: the tables of all calls that are kept on this machine.

The calls are streamed: one is in memory at a time, and what is written is not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tui.commands.export import switched_on
from tui.commands.fetching import when_ms
from tui.commands.output import destination, say
from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.errors import ExitStatus, NotFoundError, UsageError
from tui.core.export import ROW_FORMATS, RowFormat, check_rows, check_switches, row_format_for
from tui.core.export.model import Options, RowWriter
from tui.core.export.rows import Table, table_of
from tui.core.missing import NO_KEPT_CALL
from tui.options import Arguments
from tui.sources.archive import Archive
from tui.sources.connection import Connection
from tui.sources.kept_calls import KeptCall
from tui.store.files import whole_path
from tui.store.listing import Wanted
from tui.terminal.lifecycle import ended_by_signals


def export_all(connection: Connection, args: Arguments) -> ExitStatus:
    """Write the rows of all calls of the account that are kept on this machine, the newest first.

    Args:
        connection: The account; with its demo, the sample calls.
        args: The command line of ``export --all``.

    Returns:
        The status of the first call that cannot be read.

    Raises:
        NotFoundError: There is no such call; nothing is written.
        UsageError: The format has no rows, or an option is invalid.
        OmniError: There is no key, the library cannot be used, or the rows cannot be written.
    """
    output = None if args.output == Path("-") else args.output
    format_ = _row_format(args, output)
    wanted = _wanted(args)
    export = _LibraryExport(format_, table_of(by_turn=args.by_turn), args.silence_ms)
    with ended_by_signals(), ExitStack() as resources:
        calls = _archive(connection, resources).kept(wanted)
        with destination(output, force=args.force) as write:
            export.write(calls, write, is_filtered=wanted != Wanted())
        if output is not None:
            say(f"written to {whole_path(output)}")
    return export.status


class _LibraryExport:
    """An export of many calls.

    Attributes:
        status: The exit status; that of the first call that cannot be read.

    Args:
        format_: Its format.
        table: Its table.
        silence_ms: From which length on a silence is a moment.
    """

    def __init__(self, format_: RowFormat, table: Table, silence_ms: int) -> None:
        self._format, self._table, self._silence_ms = format_, table, silence_ms
        self._count = 0
        self.status = ExitStatus.DONE

    def write(self, calls: Iterator[KeptCall], write: Callable[[bytes], object], *, is_filtered: bool) -> None:
        """Write the rows of the calls; those that cannot be read are reported, and do not stop the others.

        Raises:
            NotFoundError: There is no call.
        """
        with self._format.writing(write, self._table.columns) as writer:
            for call in calls:
                self._write_call(call, writer)
            if not self._count:
                raise NotFoundError("no such call is kept on this machine" if is_filtered else NO_KEPT_CALL)

    def _write_call(self, call: KeptCall, writer: RowWriter) -> None:
        self._count += 1
        if call.fault is not None:
            say(f"{call.call_id}: {call.fault.line()}")
            self.status = self.status or call.fault.exit_status
        elif call.transcript is not None:
            options = Options(silence_ms=self._silence_ms, marks=call.marks)
            writer.add(self._table.rows_of(CallDocument(call.transcript), options))


def _row_format(args: Arguments, output: Path | None) -> RowFormat:
    """The format of the rows.

    Raises:
        UsageError: It is none of rows, or an option has no effect on it.
    """
    format_ = row_format_for(args.format, output)
    if format_ is None:
        raise UsageError("--all writes tables", f"ask for -f {' or -f '.join(ROW_FORMATS)}")
    check_rows(format_, output)
    check_switches(format_, switched_on(args))
    return format_


def _wanted(args: Arguments) -> Wanted:
    clock = Clock()
    return Wanted(args.label, when_ms("--since", args.since, clock), when_ms("--before", args.before, clock))


def _archive(connection: Connection, resources: ExitStack) -> Archive:
    """The archive of the account, or the one of the demo."""
    if not connection.demo:
        return Archive(connection, None, Clock().now_ms)
    from tui.sources.demo_library import demo_archive

    return asyncio.run(demo_archive(resources))
