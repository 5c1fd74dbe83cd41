"""``omni-transcripts sync``: fetches what the library lacks; says how it comes along, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice

from tui.commands.columns import AlignedColumns, count_cell
from tui.commands.fetching import when_ms
from tui.commands.output import say, write_out
from tui.commands.progress_line import ProgressLine
from tui.core.clock import Clock
from tui.core.counted import counted
from tui.core.errors import ExitStatus, UsageError
from tui.core.progress import Waiting
from tui.core.record import Call
from tui.core.text import safe_line
from tui.options import Arguments
from tui.sources.calls import open_source
from tui.sources.connection import Connection
from tui.sources.sync import Came, Found, Missed, Sync, SyncEvent, SyncRequest, SyncResult
from tui.store.lock import SYNC, locked

_BAR_CELLS = 20
_NAMED_FAILURES = 20
_RIGHT_ALIGNED = frozenset((1, 2))
"""The columns of a call that end below each other: its start and its turns."""
_USUAL_TURNS = "999 turns"
"""Calls are written before the longest is known."""


async def sync(connection: Connection, args: Arguments) -> ExitStatus:
    """Fetch what is missing, unless another sync does so.

    Raises:
        UsageError: ``since`` is no time, or nothing is kept.
        OutputError: The lock cannot be used.
    """
    if args.limit == 0:
        raise UsageError("--limit 0 fetches nothing", "ask for 1 or more")
    clock = Clock()
    request = SyncRequest(args.label, when_ms("--since", args.since, clock), args.limit)
    if not connection.keeps:
        raise UsageError("with cache = false nothing is kept", "leave it out of the settings")
    with locked(SYNC) as is_held:
        if not is_held:
            say("another sync is running; this one ends")
            return ExitStatus.DONE
        progress = ProgressBar() if sys.stderr.isatty() else ProgressLines(clock)
        try:
            async with open_source(connection) as source:
                assert source.archive is not None
                result = await Sync(source, source.archive, progress.take).run(request)
        finally:
            progress.end()
    return _report(result)


class ProgressLines:
    """Writes a line for each call when it is stored."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._columns = AlignedColumns(_RIGHT_ALIGNED)
        self._columns.make_room([("", "", _USUAL_TURNS)])

    def take(self, event: SyncEvent) -> None:
        """Write what happened."""
        if isinstance(event, Found):
            self._columns.make_room(map(self._row, event.calls))
        elif isinstance(event, Came):
            row = (*self._row(event.call), count_cell(event.turns, "turn"))
            write_out("".join(f"{line.rstrip()}\n" for line in self._columns.lines([row])).encode(errors="replace"))
        elif isinstance(event, Waiting):
            say(event.remark())

    def _row(self, call: Call) -> tuple[str, str]:
        started_ms = call.started_at_ms
        return safe_line(call.call_id), "" if started_ms is None else self._clock.date_time(started_ms)

    def end(self) -> None:
        """Write nothing more."""


class ProgressBar:
    """Shows one line on the terminal of standard error."""

    def __init__(self) -> None:
        self._line = ProgressLine(begin_s=0)
        self._done = self._found = self._failed = 0
        self._last = ""

    def take(self, event: SyncEvent) -> None:
        """Show what happened, a pause at once."""
        if isinstance(event, Found):
            self._found += len(event.calls)
        elif isinstance(event, Waiting):
            self._last = f"{event.reason.brief()}; going on in {event.seconds:.0f} s"
        else:
            self._done += 1
            self._failed += isinstance(event, Missed) and event.fault is not None
            self._last = safe_line(event.call.call_id)
        self._line.show(self.line, at_once=isinstance(event, Waiting))

    def line(self) -> str:
        """The whole line, however wide the terminal."""
        filled = _BAR_CELLS * self._done // max(1, self._found)
        failed = f"   {self._failed:,} failed" if self._failed else ""
        bar = "#" * filled + "-" * (_BAR_CELLS - filled)
        return f"{bar}   {self._done:,} of {self._found:,}{failed}   {self._last}"

    def end(self) -> None:
        """Remove the line."""
        self._line.remove()


def _report(result: SyncResult) -> ExitStatus:
    """Say what came and what failed, and why; returns the exit status."""
    counts = (
        f"{counted(result.came, 'call')} came",
        f"{result.did_not_fit:,} did not fit" if result.did_not_fit else "",
        f"{result.present:,} {'was' if result.present == 1 else 'were'} here",
        f"{result.without:,} {'has' if result.without == 1 else 'have'} no transcript" if result.without else "",
        f"{result.removed:,} removed" if result.removed else "",
        f"{len(result.failures):,} failed" if result.failures else "",
    )
    write_out(f"{', '.join(filter(None, counts))}\n".encode())
    for line in _failures(result, _NAMED_FAILURES if sys.stderr.isatty() else len(result.failures)):
        say(line)
    for reason in filter(None, dict.fromkeys((result.bounds_notice, result.left_out, result.ended_early))):
        say(reason)
    if result.ended_by is not None:
        say(f"ended early: {result.ended_by.line()}; what is missing comes with the next sync")
        return result.ended_by.exit_status
    faults = [failure.fault for failure in result.failures if failure.fault is not None]
    if faults:
        return faults[0].exit_status
    return ExitStatus.DONE if result.is_list_whole else ExitStatus.BAD_ANSWER


def _failures(result: SyncResult, most: int) -> list[str]:
    """The calls that failed, a line for each reason, but for the one that ended the sync."""
    calls_of: dict[str, list[str]] = {}
    for failure in result.failures:
        if failure.fault is not None:
            calls_of.setdefault(failure.fault.line(), []).append(failure.call.call_id)
    if result.ended_by is not None:
        calls_of.pop(result.ended_by.line(), None)
    return [f"{_named(call_ids, most)}: {reason}" for reason, call_ids in islice(calls_of.items(), most)]


def _named(call_ids: Sequence[str], most: int) -> str:
    """Some ids: "c1, c2 and 3 more"."""
    more = f" and {len(call_ids) - most:,} more" if len(call_ids) > most else ""
    return f"{', '.join(call_ids[:most])}{more}"
