"""``omni-transcripts calls``: lists the account's calls, as a table or as JSON Lines; each page when it has come."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import islice

from tui.commands.columns import AlignedColumns
from tui.commands.fetching import tell, when_ms
from tui.commands.output import say, write_out
from tui.core.call_row import HEADINGS, CallRow, call_row, is_older
from tui.core.clock import Clock
from tui.core.errors import ExitStatus, UsageError
from tui.core.json_values import representable
from tui.core.record import Call
from tui.core.status import status_words
from tui.core.text import cell_len, clip, safe_line
from tui.options import Arguments
from tui.sources.call_pager import PAGE_CALLS, CallPager
from tui.sources.calls import open_source
from tui.sources.connection import Connection

_LABEL_CELLS = 32
"""The width of the labels on a terminal; longer ones are cut off there."""
_MOST_STATUSES = 10
_USUAL_LABEL, _SHORT_LABEL, _LEAST_SUMMARY = 20, 8, 12
"""How much of them goes before other columns."""
_LAST = "summary_or_error"
_RIGHT_ALIGNED = frozenset(("when", "length"))
_BETWEEN = "  "
_WHOLE = sys.maxsize


async def calls(connection: Connection, args: Arguments) -> ExitStatus:
    """List the calls of the account, newest first.

    Returns:
        Whether there are any, and the list came to its end.

    Raises:
        UsageError: ``since`` is no time.
        OmniError: A page cannot be loaded; those before it are written.
    """
    if args.limit == 0:
        raise UsageError("--limit 0 lists nothing", "ask for 1 or more")
    clock = Clock()
    begin_ms = when_ms("--since", args.since, clock)
    page_calls = PAGE_CALLS
    if args.limit is not None and args.status is None and begin_ms is None:
        page_calls = min(args.limit, PAGE_CALLS)
    async with open_source(connection) as source:
        pager = CallPager(source, args.label, page_calls=page_calls)
        statuses: set[str] = set()
        written = await _write(_listed(pager, args, begin_ms, statuses), _writer(args, clock))
    is_enough = args.limit is not None and written >= args.limit
    if pager.ended_early and not is_enough:
        say(pager.ended_early)
        return ExitStatus.BAD_ANSWER
    if written:
        return ExitStatus.DONE
    say(_why_none(args, statuses))
    return ExitStatus.NOT_FOUND


def _why_none(args: Arguments, statuses: set[str]) -> str:
    """Why no call is listed; the API has no closed list of statuses, so those of the calls are named."""
    if args.status is not None and statuses:
        named = sorted(statuses)[:_MOST_STATUSES]
        return f"no call has the status {safe_line(args.status)!r}: those listed are {', '.join(named)}"
    is_narrowed = {"label", "status", "since"} & args.given.keys()
    return "there are no such calls" if is_narrowed else "the account has no calls yet"


async def _listed(
    pager: CallPager, args: Arguments, since_ms: int | None, statuses: set[str]
) -> AsyncIterator[list[Call]]:
    """The wanted calls, page by page; a page of calls that are all older than ``since`` ends them.

    Not so offline: there calls without a time, which may be as new, stand behind all others.
    ``statuses`` receives those of all calls that are not older.
    """
    left = args.limit
    while left != 0 and (page := await pager.next_calls(tell)):
        statuses |= {status_words(call.status) or "unknown" for call in page if not is_older(call, since_ms)}
        wanted = list(islice((call for call in page if _is_wanted(call, args.status, since_ms)), left))
        left = None if left is None else left - len(wanted)
        yield wanted
        if since_ms is not None and not args.offline and all(is_older(call, since_ms) for call in page):
            return


def _is_wanted(call: Call, status: str | None, since_ms: int | None) -> bool:
    """Whether a call has the status, and is not older than ``since``; one without a time may be."""
    if status is not None and status_words(call.status).lower() != status_words(status).lower():
        return False
    return not is_older(call, since_ms)


async def _write(pages: AsyncIterator[list[Call]], lines_of: Callable[[list[Call]], list[str]]) -> int:
    """Write pages as they come, until the reader closes the pipe; returns the number of calls."""
    written = 0
    async for page in pages:
        written += len(page)
        lines = lines_of(page) if page else []
        if not write_out("".join(f"{line}\n" for line in lines).encode(errors="replace")):
            break
    return written


def _writer(args: Arguments, clock: Clock) -> Callable[[list[Call]], list[str]]:
    """Turns a page into lines."""
    if args.json:
        return lambda page: list(map(_json_line, page))
    cells = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    table = _CallLines(cells)
    return lambda page: table.lines([call_row(call, clock) for call in page])


def _json_line(call: Call) -> str:
    """The facts of a call in ASCII: times in ms, the summary as sent if the list has one."""
    facts = {
        "call_id": call.call_id, "label": call.label, "status": call.status, "duration_s": call.duration_s,
        "started_at": call.started_at_ms, "created_at": call.created_at_ms, "has_recording": call.has_recording,
        "has_summary": call.has_summary, "error": call.error, "summary": call.fields.get("summary"),
    }  # fmt: skip
    return json.dumps(representable(facts), allow_nan=False)


class _CallLines:
    """Aligns rows; its columns only grow, so that pages can be written one by one.

    Args:
        cells: The width of the terminal; None where nothing is cut off or left out.
    """

    def __init__(self, cells: int | None) -> None:
        self._cells = cells
        self._widths: dict[str, int] = {}
        self._columns = AlignedColumns()

    def lines(self, rows: Sequence[CallRow]) -> list[str]:
        """The lines of some rows; at first the headings, of the columns that fit the first rows."""
        shown = list(map(CallRow._asdict, rows))
        if not self._widths:
            shown.insert(0, dict(zip(CallRow._fields, HEADINGS, strict=True)))
            self._begin(shown)
        written = [[clip(row[name], width) for name, width in self._widths.items()] for row in shown]
        self._columns.make_room(written)
        return list(map(self._line, written))

    def _begin(self, rows: Sequence[Mapping[str, str]]) -> None:
        needed = {name: max(cell_len(row[name]) for row in rows) for name in CallRow._fields}
        self._widths = dict.fromkeys(needed, _WHOLE)
        if self._cells is not None:
            self._widths = _fitting(needed, self._cells)
        self._columns = AlignedColumns([at for at, name in enumerate(self._widths) if name in _RIGHT_ALIGNED])

    def _line(self, row: Sequence[str]) -> str:
        """One line; on a terminal, what does not fit behind the id is cut off."""
        padded = self._columns.padded(row)
        line = _BETWEEN.join(padded).rstrip()
        if self._cells is None or cell_len(line) <= self._cells:
            return line
        whole = _BETWEEN.join(padded[: list(self._widths).index("call_id") + 1]).rstrip()
        return clip(line, self._cells) if self._cells > cell_len(whole) + len(_BETWEEN) else whole


def _fitting(needed: Mapping[str, int], cells: int) -> dict[str, int]:
    """The columns that can be read in a line of a terminal, and how wide each is at most; the id is always whole.

    The last column and the recording go before the label is cut short; then length, status, label and time.
    """
    least = dict(needed)
    least["label"] = min(needed["label"], _USUAL_LABEL)
    least[_LAST] = min(needed[_LAST], _LEAST_SUMMARY)
    _leave_out((_LAST, "recording"), least, cells)
    if _width(least) > cells:
        least["label"] = min(needed["label"], _SHORT_LABEL)
    _leave_out(("length", "status", "label", "when"), least, cells)
    label = min(needed["label"], _LABEL_CELLS, least.get("label", 0) + max(0, cells - _width(least)))
    return {name: label if name == "label" else _WHOLE for name in least}


def _leave_out(names: Sequence[str], widths: dict[str, int], cells: int) -> None:
    """Leave out columns one after the other until the others fit."""
    for name in names:
        if _width(widths) > cells:
            del widths[name]


def _width(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + len(_BETWEEN) * (len(widths) - 1)
