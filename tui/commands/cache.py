"""``omni-transcripts cache``: lists what the program stores on this machine, with the kept calls, or removes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tui.commands.columns import AlignedColumns, count_cell
from tui.commands.output import say, write_out
from tui.core.counted import counted
from tui.core.errors import ExitStatus, OutputError
from tui.core.text import safe_line
from tui.store import stored_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.core.clock import Clock
    from tui.store.inventory import Inventory, InventoryEntry
    from tui.store.retention import Retention

_RIGHT_ALIGNED = frozenset((1, 2, 3, 4, 5))
"""The columns of a call that end below each other: times and numbers."""


def info(retention: Retention, *, as_json: bool = False) -> ExitStatus:
    """List the stored files, and the calls in the library.

    Raises:
        OutputError: They cannot be listed.
    """
    found = stored_files.list_files()
    kept, trouble = _kept()
    if as_json:
        _write(f"{json.dumps(_document(found, kept, retention))}\n")
    else:
        _write(_lines(found) + "".join(_kept_lines(kept, retention)) if found else "Nothing is kept.\n")
    if trouble:
        say(trouble)
    return ExitStatus.OUTPUT if trouble else ExitStatus.DONE


def clear() -> ExitStatus:
    """Remove the stored files, and report those that cannot be removed.

    Raises:
        OutputError: There is no home.
    """
    gone, left = stored_files.clear()
    if gone:
        _write(f"Removed:\n{_lines(gone)}")
    elif not left:
        _write("There was nothing to remove.\n")
    for trouble in left:
        say(trouble)
    return ExitStatus.OUTPUT if left else ExitStatus.DONE


def _kept() -> tuple[Inventory, str]:
    """What the library holds, and why that is not known."""
    from tui.store.inventory import Inventory

    try:
        from tui.store.library import Library

        library = Library()
        kept = library.inventory()
    except ImportError:
        return Inventory(0, ()), "this Python has no SQLite – install its package sqlite3"
    except OutputError as fault:
        return Inventory(0, ()), fault.line()
    place = library.quarantined
    return kept, "" if place is None else f"the library was damaged: it is {place} now"


def _lines(files: list[stored_files.StoredFile]) -> str:
    rows = [(safe_line(str(one.path)), f"{one.size:,} bytes") for one in files]
    return "".join(f"{line}\n  {one.what}\n" for line, one in zip(AlignedColumns({1}).lines(rows), files, strict=True))


def _kept_lines(kept: Inventory, retention: Retention) -> Iterator[str]:
    """The number of calls with their size, and a line for each."""
    from tui.core.clock import Clock

    if kept.calls:
        marked = sum(call.marks > 0 for call in kept.calls)
        turns = sum(call.turns or 0 for call in kept.calls)
        bare = sum(not call.has_transcript for call in kept.calls)
        counts = (
            counted(len(kept.calls), "call"),
            counted(turns, "turn"),
            f"{marked:,} with marks" if marked else "",
            f"{bare:,} without a transcript" if bare else "",
        )
        yield f"\n{', '.join(filter(None, counts))}; {kept.size:,} bytes in use, at most {retention}\n"
    clock = Clock()
    rows = [_call_row(call, clock) for call in kept.calls]
    yield from (f"  {line.rstrip()}\n" for line in AlignedColumns(_RIGHT_ALIGNED).lines(rows))


def _call_row(call: InventoryEntry, clock: Clock) -> tuple[str, ...]:
    """The columns of a call; empty where nothing is known."""
    return (
        safe_line(call.call_id),
        "" if call.started_at_ms is None else clock.date_time(call.started_at_ms),
        _turns_cell(call),
        f"{call.size:,} bytes",
        f"kept {clock.date_time(call.cached_ms)}",
        count_cell(call.marks, "mark") if call.marks else "",
        safe_line(call.label or ""),
    )


def _turns_cell(call: InventoryEntry) -> str:
    if not call.has_transcript:
        return "no transcript"
    return "" if call.turns is None else count_cell(call.turns, "turn")


def _document(files: list[stored_files.StoredFile], kept: Inventory, retention: Retention) -> dict[str, Any]:
    return {
        "files": [{"path": str(one.path), "bytes": one.size, "what": one.what} for one in files],
        "bytes": kept.size,
        "max_bytes": retention.max_bytes,
        "max_days": retention.max_days,
        "calls": [_call_facts(call) for call in kept.calls],
    }


def _call_facts(call: InventoryEntry) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "label": call.label,
        "started_at": call.started_at_ms,
        "turns": call.turns,
        "bytes": call.size,
        "kept_at": call.cached_ms,
        "marks": call.marks,
        "has_transcript": bool(call.has_transcript),
        "base_url": call.base_url,
    }


def _write(text: str) -> None:
    write_out(text.encode(errors="replace"))
