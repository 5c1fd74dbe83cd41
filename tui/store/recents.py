"""The calls that were opened last, for the prompt: a small private JSON file in the state directory.

Whatever is wrong with the file or its place, the program goes on: a file that cannot be understood is set
aside and made anew, one that cannot be written is not. Two instances may write at once: the file is whole
at any moment, and the last one wins. No text of a transcript is ever in it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tui.core.errors import BadAnswerError, OmniError
from tui.store import files

_VERSION = 1
_MOST = 50
_LIMIT_BYTES = 2**20


class Recent(NamedTuple):
    """A call that was opened. Its id and label are as the server sent them: not yet safe to show.

    Attributes:
        call_id: The call's id.
        base_url: The API that it is of; together with the id, what tells it from others.
        opened_ms: Unix time in ms at which it was last opened.
        label: The session label; None if there is none.
        started_at_ms: Unix time in ms of its start; None if not known.
        turns: How many turns it has; None if it has none (a legacy text).
    """

    call_id: str
    base_url: str
    opened_ms: int
    label: str | None = None
    started_at_ms: int | None = None
    turns: int | None = None


def load(directory: Path | None = None) -> list[Recent]:
    """The recent calls, the last opened first; what is not understood of them is left out.

    Args:
        directory: Where the file is; None for the state directory.
    """
    try:
        return _read(_file_in(directory))
    except (OmniError, OSError):
        return []


def remember(recent: Recent, directory: Path | None = None) -> bool:
    """Put a call in front of the others, and forget those beyond the fiftieth.

    Args:
        recent: The call; an older entry of the same call is dropped.
        directory: Where the file is; None for the state directory. Made if need be.

    Returns:
        Whether it was kept: a place that cannot be written is no reason to stop.
    """
    try:
        path = _file_in(directory)
        others = [other for other in _read(path) if _key(other) != _key(recent)]
        files.private_dir(path.parent)
        files.write_new(path, _document([recent, *others][:_MOST]), force=True)
    except (OmniError, OSError):
        return False
    return True


def _file_in(directory: Path | None) -> Path:
    return (files.state_dir() if directory is None else directory) / "recent.json"


def _key(recent: Recent) -> tuple[str, str]:
    return recent.base_url, recent.call_id


def _document(recents: list[Recent]) -> bytes:
    document = {"version": _VERSION, "calls": [recent._asdict() for recent in recents]}
    return json.dumps(document, indent=1).encode()


def _read(path: Path) -> list[Recent]:
    if not path.is_file():
        return []
    try:
        entries = _entries(files.read_bounded(path, _LIMIT_BYTES))
    except (BadAnswerError, ValueError, TypeError, KeyError, RecursionError):
        _set_aside(path)
        return []
    return [recent for entry in entries[:_MOST] if (recent := _recent(entry))]


def _entries(data: bytes) -> list[Any]:
    """The calls in the file, not yet checked; raises where it is no file of ours, or of another version."""
    document = json.loads(data)
    if document["version"] != _VERSION:
        raise ValueError("it is of another version")
    return list(document["calls"])


def _set_aside(path: Path) -> None:
    """Keep what cannot be read under another name, for whoever wants to look."""
    with suppress(OSError):
        path.replace(path.with_suffix(".bad"))


def _recent(entry: Any) -> Recent | None:
    """An entry of the file as a recent call; None if what identifies and orders it is missing."""
    match entry:
        case {"call_id": str(call_id), "base_url": str(base_url), "opened_ms": int(opened_ms)}:
            label, started_at_ms, turns = map(entry.get, ("label", "started_at_ms", "turns"))
            return Recent(
                call_id,
                base_url,
                opened_ms,
                label if isinstance(label, str) else None,
                started_at_ms if isinstance(started_at_ms, int) else None,
                turns if isinstance(turns, int) else None,
            )
    return None
