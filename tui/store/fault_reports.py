"""Writes a private report of a crash: where it happened, without any data of calls.

Owns its content. It omits local variables, which hold keys, and the messages of exceptions, which may quote
transcripts.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType

from tui import __version__
from tui.core.text import safe_line
from tui.store import files

_MOST_REPORTS = 20
_MOST_FRAMES = 60
_PACKAGES = ("textual", "rich", "httpx", "pydantic")


def keep_report(error: BaseException, now: datetime | None = None) -> Path:
    """Write a report to the state directory, mode 0600; the oldest reports are removed.

    Returns:
        The path of the report.

    Raises:
        OutputError: It cannot be written.
    """
    now = now or datetime.now(UTC)
    directory = files.private_dir(files.state_dir() / "faults")
    path = directory / f"{now:%Y-%m-%dT%H%M%S}-{os.getpid()}.txt"
    files.write_new(path, report(error, now).encode(), force=True)
    for old in sorted(directory.glob("*.txt"))[:-_MOST_REPORTS]:
        old.unlink(missing_ok=True)
    return path


def report(error: BaseException, now: datetime) -> str:
    """The report's text: the program, the terminal, and every exception of the chain with its stack."""
    size = shutil.get_terminal_size()
    facts = {
        "when": f"{now:%Y-%m-%d %H:%M:%S} UTC",
        "program": f"omni-transcripts {__version__}",
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "packages": ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        "terminal": f"{safe_line(os.environ.get('TERM', 'none'))}, {size.columns}x{size.lines}, {sys.stderr.encoding}",
    }
    head = [f"{name + ':':10}{value}" for name, value in facts.items()]
    return "\n".join([*head, "", *_exception_lines(error)]) + "\n"


def place(error: BaseException) -> str:
    """Type and position of an exception: ``ValueError in tui.core.text:120``."""
    frames = _stack(error)
    return f"{type(error).__name__} in {frames[-1].split()[0]}" if frames else type(error).__name__


def _exception_lines(error: BaseException) -> Iterator[str]:
    """The lines of the exception chain, the first cause first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _exception_lines(cause)
        yield "which led to"
    yield f"{type(error).__module__}.{type(error).__qualname__}{_errno(error)}"
    yield from (f"  {frame}" for frame in _shortened(_stack(error)))
    for number, part in enumerate(error.exceptions if isinstance(error, BaseExceptionGroup) else (), 1):
        yield f"part {number}"
        yield from (f"  {line}" for line in _exception_lines(part))


def _stack(error: BaseException) -> list[str]:
    """Module, line and function of each frame, outermost first; no paths, as these reveal the user's name."""
    return [_frame(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]


def _frame(frame: FrameType, line: int) -> str:
    return f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"


def _shortened(stack: list[str]) -> list[str]:
    """The stack without the middle of an endless recursion."""
    if len(stack) <= _MOST_FRAMES:
        return stack
    half = _MOST_FRAMES // 2
    return [*stack[:half], f"… {len(stack) - 2 * half} more …", *stack[-half:]]


def _errno(error: BaseException) -> str:
    return f" {error.errno}" if isinstance(error, OSError) and error.errno is not None else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
