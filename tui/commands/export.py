"""``omni-transcripts export``: a transcript to a file or to standard output, without a screen."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from tui.core.errors import ExitStatus, OutputError
from tui.core.export import Options, format_for
from tui.core.progress import Progress, Waiting
from tui.core.target import Target
from tui.core.text import safe_line
from tui.fetch import Access, open_fetcher
from tui.store.files import write_new


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export, and where to.

    Attributes:
        target: What was named.
        format_name: The format asked for; None to go by the file's ending.
        output: The file; None for standard output.
        force: Whether a file that exists may be overwritten.
        stdin: What came on standard input.
    """

    target: Target
    format_name: str | None = None
    output: Path | None = None
    force: bool = False
    stdin: bytes = b""


async def export(access: Access, request: ExportRequest) -> ExitStatus:
    """Fetch, render, write.

    Raises:
        OmniError: As its classes tell; nothing was written then.
    """
    format_ = format_for(request.format_name, request.output)
    async with open_fetcher(access, stdin=request.stdin) as fetcher:
        transcript, call = await asyncio.gather(fetcher.transcript(request.target, _tell), fetcher.call(request.target))
    rendered = format_.render(transcript, call, Options())
    _write(rendered.text.encode(), request)
    for note in rendered.notes:
        _say(note)
    return ExitStatus.DONE


def _write(data: bytes, request: ExportRequest) -> None:
    if request.output is not None:
        write_new(request.output, data, force=request.force)
        _say(f"written to {request.output}")
        return
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stdout = None  # the reader has seen enough; nothing is left to flush
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror}", "look at where it leads") from error


def _tell(progress: Progress) -> None:
    """Say why it takes long."""
    if isinstance(progress, Waiting):
        _say(f"{progress.reason.line()}; trying again in {progress.seconds:.0f} s")


def _say(text: str) -> None:
    print(f"omni-transcripts: {safe_line(text)}", file=sys.stderr)
