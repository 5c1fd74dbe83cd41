"""``omni-transcripts cache``: lists or removes what the program stores on this machine."""

from __future__ import annotations

from tui.commands.output import say, write_out
from tui.core.errors import ExitStatus
from tui.core.text import safe_line
from tui.store import stored_files


def info() -> ExitStatus:
    """List the stored files.

    Raises:
        OutputError: They cannot be listed.
    """
    found = stored_files.list_files()
    _write(_lines(found) if found else "Nothing is kept.\n")
    return ExitStatus.DONE


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


def _lines(files: list[stored_files.StoredFile]) -> str:
    return "".join(f"{safe_line(str(one.path))}  {one.size:,} bytes\n  {one.what}\n" for one in files)


def _write(text: str) -> None:
    write_out(text.encode(errors="replace"))
