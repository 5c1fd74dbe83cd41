"""``omni-transcripts export``: a transcript to a file or to standard output, without a screen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tui.access import Access
from tui.commands.output import say, write_out
from tui.core.background import in_daemon_thread, start
from tui.core.call import CallDocument
from tui.core.errors import ExitStatus, NotFoundError
from tui.core.export import Format, Options, format_for, refuse_idle_options
from tui.core.missing import is_empty, missing
from tui.core.progress import Progress, StoodIn, Waiting
from tui.core.survey import Survey
from tui.core.target import Target
from tui.core.transcript import Call, Transcript
from tui.fetch import Fetcher, open_fetcher
from tui.store.files import whole_path, write_new
from tui.store.streams import is_stream, write_stream

_RECORD_GRACE_S = 2.0
"""How long an export waits for the record, which only adds to its heading, once the transcript is there."""


class ExportRequest(NamedTuple):
    """What to export, and where to.

    Attributes:
        target: What was named; with a place, that turn or range alone.
        format_name: The format asked for; None to go by the file's ending.
        output: The file, pipe or device; None for standard output.
        force: Whether a file that exists may be overwritten.
        stdin: What came on standard input.
        options: What was chosen about the format.
    """

    target: Target
    format_name: str | None = None
    output: Path | None = None
    force: bool = False
    stdin: bytes = b""
    options: Options = Options()


async def export(access: Access, request: ExportRequest) -> ExitStatus:
    """Fetch, render, write.

    Raises:
        OmniError: As its classes tell; nothing was written then.
    """
    format_ = format_for(request.format_name, request.output)
    refuse_idle_options(format_, request.options)
    async with open_fetcher(access, stdin=request.stdin) as fetcher:
        transcript, call = await _fetched(fetcher, request.target)
        if is_empty(transcript) and format_.name != "json":
            raise missing(None, call or transcript.record)
        await _export(transcript, call, format_, request)
        if trouble := await fetcher.keep(request.target, transcript, call):
            say(trouble)
    return ExitStatus.DONE


async def _fetched(fetcher: Fetcher, target: Target) -> tuple[Transcript, Call | None]:
    """The transcript, and the record if it is there in time.

    Raises:
        OmniError: There is no transcript; of a call without one, with what the record says.
    """
    record = start(fetcher.call(target))
    try:
        transcript = await fetcher.transcript(target, _tell)
        return transcript, await _in_time(record)
    except NotFoundError as fault:
        raise missing(fault, await _in_time(record)) from fault
    finally:
        record.cancel()


async def _in_time(record: asyncio.Task[Call | None]) -> Call | None:
    await asyncio.wait([record], timeout=_RECORD_GRACE_S)
    return record.result() if record.done() else None


async def _export(transcript: Transcript, call: Call | None, format_: Format, request: ExportRequest) -> None:
    options = replace(request.options, turns=request.target.place.range_in(transcript))
    rendered = format_.render(transcript, call, options)
    await _write(rendered.text.encode(), request)
    for note in (*_oddities(transcript, call), *rendered.notes):
        say(note)


def _oddities(transcript: Transcript, call: Call | None) -> tuple[str, ...]:
    """What was wrong with the answers, as the header of the app tells it; in a line of its own, or none."""
    survey = Survey()
    survey.take(transcript.turns)
    odd = " · ".join(filter(None, (*CallDocument(transcript, call).record.odd, survey.oddities())))
    return (odd,) if odd else ()


async def _write(data: bytes, request: ExportRequest) -> None:
    if request.output is None:
        write_out(data)
        return
    if is_stream(request.output):
        await in_daemon_thread(partial(write_stream, request.output, data))
    else:
        write_new(request.output, data, force=request.force)
    say(f"written to {whole_path(request.output)}")


def _tell(progress: Progress) -> None:
    """Say why it takes long, or why it is an old copy."""
    if isinstance(progress, StoodIn):
        say(f"{progress.reason.line()}; this is the copy that is kept on this machine")
    if isinstance(progress, Waiting):
        say(f"{progress.reason.line()}; trying again in {progress.seconds:.0f} s")
