"""``omni-transcripts export``: writes a transcript to a file or to standard output."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from tui.commands.fetching import anomalies, check_whole, fetched
from tui.commands.output import say, write_file, write_out
from tui.core.call import CallDocument
from tui.core.counted import listed
from tui.core.errors import ExitStatus, UsageError
from tui.core.export import (
    HARNESS,
    ROW_FORMATS,
    SWITCHES,
    Format,
    RowFormat,
    check_rows,
    check_switches,
    check_time,
    ending_note,
    format_for,
    row_format_for,
)
from tui.core.export.model import Options
from tui.core.export.rows import Table, table_of
from tui.core.layout import TimeStyle
from tui.core.target import Target
from tui.options import Arguments
from tui.sources.calls import open_source
from tui.sources.connection import Connection

_NO_RECORD = "the record of this call did not come: its label, status and start are not known"


async def export(connection: Connection, target: Target, stdin: bytes, args: Arguments) -> ExitStatus:
    """Fetch, render, write.

    Args:
        connection: The account.
        target: The call; with a place, only that turn or range.
        stdin: The content of standard input.
        args: The command line of ``export``; or of ``open``, which prints the text.

    Raises:
        OmniError: The call cannot be fetched or written.
    """
    output = None if args.output == Path("-") else args.output
    format_ = _format(target, output, args)
    check_effects(format_, args)
    async with open_source(connection, stdin=stdin) as source:
        document = await fetched(source, target, args.wait, may_be_empty=format_.name == "json")
        tells_marks = args.marks or isinstance(format_, RowFormat)
        marks = await source.marks.of(target) if tells_marks else frozenset[int]()
        options = _options(args, target.place.range_in(document.transcript), marks)
        content, notes = _rendered(format_, document, options, args)
        if output is None:
            write_out(content)
        else:
            await write_file(output, content, force=args.force)
        has_record = document.fetched is not None or document.transcript.record is not None
        lack = "" if has_record or format_.name == "json" or source.unasked(target) else _NO_RECORD
        for note in filter(None, (ending_note(format_, output), lack, *anomalies(document), *notes)):
            say(note)
    return ExitStatus.DONE


def _format(target: Target, output: Path | None, args: Arguments) -> Format | RowFormat:
    """The format by its name, else by the file's ending.

    Raises:
        UsageError: There is none, or it has no use for ``--turns``, or for the place of the target.
    """
    if args.harness:
        return HARNESS
    rows = row_format_for(args.format, output)
    if rows is not None:
        if not args.by_turn:
            check_whole(target, "the row of a call is of the whole call", "leave out #turn= and #t=, or add --turns")
        check_rows(rows, output)
        return rows
    format_ = format_for(args.format, output)
    if args.by_turn:
        raise UsageError(f"--turns has no effect on {format_.name}", f"it is for {listed(ROW_FORMATS)}")
    return format_


def _rendered(
    format_: Format | RowFormat, document: CallDocument, options: Options, args: Arguments
) -> tuple[bytes, Sequence[str]]:
    """The whole file, and the notes on what was adjusted."""
    if isinstance(format_, RowFormat):
        return _rows(format_, table_of(by_turn=args.by_turn), document, options), ()
    rendered = format_.render(document, options)
    return rendered.text.encode(), rendered.notes


def _rows(format_: RowFormat, table: Table, document: CallDocument, options: Options) -> bytes:
    """The rows of a call as a whole file."""
    content = BytesIO()
    with format_.writing(content.write, table.columns) as add:
        add(table.rows_of(document, options))
    return content.getvalue()


def switched_on(args: Arguments) -> frozenset[str]:
    """What the command line turns on, by the names of ``SWITCHES``."""
    return frozenset(name for name in SWITCHES if getattr(args, name))


def check_effects(format_: Format | RowFormat, args: Arguments) -> None:
    """Reject what the command line asks for and has no effect on a format.

    Raises:
        UsageError: The format does not use it.
    """
    check_switches(format_, switched_on(args))
    if "time" in args.given:
        check_time(format_)


def _options(args: Arguments, turns: range | None, marks: frozenset[int]) -> Options:
    """The options of the format."""
    on: dict[str, Any] = dict.fromkeys(switched_on(args) - {"marks"}, True)
    return Options(**on, marks=marks, turns=turns, time=TimeStyle(args.time), silence_ms=args.silence_ms)
