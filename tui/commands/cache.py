"""``omni-transcripts cache``: what the program keeps on this machine, and an end of it."""

from __future__ import annotations

from tui.commands.output import write_out
from tui.core.errors import ExitStatus
from tui.core.text import safe_line
from tui.store import kept


def info() -> ExitStatus:
    """Tell what is kept, and where.

    Raises:
        OutputError: It cannot be looked at.
    """
    return _tell(kept.kept(), "Nothing is kept.\n")


def clear() -> ExitStatus:
    """Remove it.

    Raises:
        OutputError: It cannot be removed.
    """
    return _tell(kept.clear(), "There was nothing to remove.\n", "Removed:\n")


def _tell(files: list[kept.Kept], nothing: str, heading: str = "") -> ExitStatus:
    lines = [f"{safe_line(str(one.path))}  {one.size:,} bytes\n  {one.what}\n" for one in files]
    told = heading + "".join(lines) if lines else nothing
    write_out(told.encode(errors="replace"))
    return ExitStatus.DONE
