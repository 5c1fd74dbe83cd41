"""One export of the app on its way to the disk: it can be given up until its file gets its name.

Owns the thread that renders and writes. What is asked before, and told after, is the screens' affair.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tui.core.background import in_daemon_thread, start
from tui.core.errors import OutputError
from tui.core.export import Options, format_for
from tui.core.transcript import Call, Transcript
from tui.store.files import write_new


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Attributes:
        path: Where it is.
        count: Its size in bytes.
        notes: What had to be adjusted.
    """

    path: Path
    count: int
    notes: tuple[str, ...]


class FileExistsAlreadyError(OutputError):
    """There is such a file, and nobody said that it may be overwritten."""


class _GivenUpError(Exception):
    """Nobody wants the file any more."""


class ExportJob:
    """Writes an export in a thread, from now on.

    Args:
        transcript: What to write.
        call: Its record.
        path: Where to; the ending tells the format.
        options: What was chosen about the format, and which turns.
        force: Whether a file that exists may be overwritten.

    Attributes:
        path: Where to.
        is_given_up: Whether it was given up in time: then nothing is written.
    """

    def __init__(self, transcript: Transcript, call: Call | None, path: Path, options: Options, *, force: bool) -> None:
        self.path = path
        self._options = options
        self.is_given_up = False
        self._force = force
        self._is_final = False
        self._decision = Lock()
        self._task = start(in_daemon_thread(self._write, transcript, call))

    async def written(self) -> Written | None:
        """What was written; None if it was given up.

        Raises:
            OmniError: It cannot be written.
        """
        if self.is_given_up:
            return None
        await asyncio.wait([self._task])
        return self._task.result()

    def give_up(self) -> None:
        """Have nothing written, unless it is too late: the file is getting its name, or has it."""
        with self._decision:
            self.is_given_up = not self._is_final

    def _write(self, transcript: Transcript, call: Call | None) -> Written:
        chosen = format_for(None, self.path)
        if not self._force and _is_file(self.path):
            raise FileExistsAlreadyError(f"{self.path} exists", "Enter overwrites it, Esc leaves it")
        export = chosen.render(transcript, call, self._options)
        data = export.text.encode()
        write_new(self.path, data, force=self._force, before_naming=self._decide)
        return Written(self.path, len(data), export.notes)

    def _decide(self) -> None:
        with self._decision:
            if self.is_given_up:
                raise _GivenUpError
            self._is_final = True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long: writing will say so
        return False
