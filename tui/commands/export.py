"""``omni-transcripts export``: writes a transcript to a file or to standard output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui.commands.fetching import anomalies, fetched
from tui.commands.output import say, write_file, write_out
from tui.core.errors import ExitStatus
from tui.core.export import Options, check_options, format_for
from tui.core.layout import TimeStyle
from tui.core.missing import is_empty, missing
from tui.core.target import Target
from tui.options import Arguments
from tui.sources.calls import open_source
from tui.sources.connection import Connection


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
    format_, options = format_for(args.format, output), _options(args)
    check_options(format_, options)
    async with open_source(connection, stdin=stdin) as source:
        transcript, call = await fetched(source, target, args.wait)
        if is_empty(transcript) and format_.name != "json":
            raise missing(None, call or transcript.record)
        marks = await source.marks.of(target) if args.marks else frozenset[int]()
        options = replace(options, turns=target.place.range_in(transcript), marks=marks)
        rendered = format_.render(transcript, call, options)
        if output is None:
            write_out(rendered.text.encode())
        else:
            await write_file(output, rendered.text.encode(), force=args.force)
        for note in (*anomalies(transcript, call), *rendered.notes):
            say(note)
    return ExitStatus.DONE


def _options(args: Arguments) -> Options:
    """The options of the format; only printed text has the times of the app."""
    time = TimeStyle(args.time) if args.command == "open" else TimeStyle.OFFSET
    given = {"whole_turns": args.whole_turns, "speakers": args.speakers, "bom": args.bom}
    wanted = frozenset({0}) if args.marks else frozenset[int]()  # those of the call are not known yet
    return Options(**given, marks=wanted, time=time, silence_ms=args.silence_ms)
