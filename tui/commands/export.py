"""``omni-transcripts export``: writes a transcript to a file or to standard output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tui.commands.fetching import anomalies, fetched
from tui.commands.output import say, write_file, write_out
from tui.core.errors import ExitStatus
from tui.core.export import Format, Options, check_options, format_for
from tui.core.missing import is_empty, missing
from tui.core.target import Target
from tui.core.transcript import Call, Transcript
from tui.sources.calls import open_source
from tui.sources.connection import Connection


class ExportRequest(NamedTuple):
    """What to export, and where to.

    Attributes:
        target: The call; with a place, only that turn or range.
        format_name: The format asked for; None to go by the file's ending.
        output: The file, pipe or device; None for standard output.
        force: Whether to overwrite an existing file.
        stdin: The content of standard input.
        options: The options of the format.
        wait_s: How long to wait for a transcript that is not there yet; None for not at all.
    """

    target: Target
    format_name: str | None = None
    output: Path | None = None
    force: bool = False
    stdin: bytes = b""
    options: Options = Options()
    wait_s: float | None = None


async def export(connection: Connection, request: ExportRequest) -> ExitStatus:
    """Fetch, render, write.

    Raises:
        OmniError: The call cannot be fetched or written.
    """
    format_ = format_for(request.format_name, request.output)
    check_options(format_, request.options)
    async with open_source(connection, stdin=request.stdin) as source:
        transcript, call = await fetched(source, request.target, request.wait_s)
        if is_empty(transcript) and format_.name != "json":
            raise missing(None, call or transcript.record)
        await _export(transcript, call, format_, request)
    return ExitStatus.DONE


async def _export(transcript: Transcript, call: Call | None, format_: Format, request: ExportRequest) -> None:
    options = replace(request.options, turns=request.target.place.range_in(transcript))
    rendered = format_.render(transcript, call, options)
    await _write(rendered.text.encode(), request)
    for note in (*anomalies(transcript, call), *rendered.notes):
        say(note)


async def _write(data: bytes, request: ExportRequest) -> None:
    if request.output is None:
        write_out(data)
    else:
        await write_file(request.output, data, force=request.force)
