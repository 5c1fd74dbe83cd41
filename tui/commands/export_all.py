"""``omni-transcripts export --all``: the tables of all calls that are kept on this machine.

The calls are streamed: one is in memory at a time, and what is written is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tui.commands.export import check_effects
from tui.commands.fetching import when_ms
from tui.commands.output import destination, say
from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.errors import ExitStatus, NotFoundError, UsageError
from tui.core.export import ROW_FORMATS, RowFormat, check_rows, ending_note, row_format_for
from tui.core.export.model import Options
from tui.core.export.rows import Row, Table, table_of
from tui.core.missing import NO_KEPT_CALL
from tui.options import Arguments
from tui.sources.connection import Connection
from tui.sources.demo_library import archive_of
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
    wanted, table = _wanted(args), table_of(by_turn=args.by_turn)
    status, is_any = ExitStatus.DONE, False
    with ended_by_signals(), ExitStack() as resources:
        calls = archive_of(connection, resources).kept(wanted)
        with destination(output, force=args.force) as write, format_.writing(write, table.columns) as add:
            for call in calls:
                if call.fault is not None:  # does not stop the others
                    say(f"{call.call_id}: {call.fault.line()}")
                    status = status or call.fault.exit_status
                elif (rows := _rows_of(call, table, args.silence_ms)) is not None:
                    add(rows)
                else:
                    continue
                is_any = True
            if not is_any:
                raise NotFoundError(NO_KEPT_CALL if wanted == Wanted() else "no such call is kept on this machine")
        if output is not None:
            say(f"written to {whole_path(output)}")
    if note := ending_note(format_, output):
        say(note)
    return status


def _rows_of(call: KeptCall, table: Table, silence_ms: int) -> Iterator[Row] | None:
    """The rows of a call; None if the table has none of a call without a transcript."""
    if call.transcript is not None:
        return table.rows_of(CallDocument(call.transcript), Options(silence_ms=silence_ms, marks=call.marks))
    return None if call.record is None or table.rows_without is None else table.rows_without(call.record)


def _row_format(args: Arguments, output: Path | None) -> RowFormat:
    """The format of the rows.

    Raises:
        UsageError: It is none of rows, or an option has no effect on it.
    """
    format_ = row_format_for(args.format, output)
    if format_ is None:
        raise UsageError("--all writes tables", f"ask for -f {' or -f '.join(ROW_FORMATS)}")
    check_rows(format_, output)
    check_effects(format_, args)
    return format_


def _wanted(args: Arguments) -> Wanted:
    clock = Clock()
    return Wanted(args.label, when_ms("--since", args.since, clock), when_ms("--before", args.before, clock))
