"""An export of the app, in a thread: it can be cancelled until the file gets its name.

The screens ask for its options and report its result.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tui.core.background import in_daemon_thread, start
from tui.core.call import CallDocument
from tui.core.errors import OutputError
from tui.core.export import FORMATS, format_for
from tui.core.export.model import Options
from tui.store.files import write_new


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Attributes:
        count: Its size in bytes.
        notes: The adjustments, as sentences.
    """

    count: int
    notes: tuple[str, ...]


class FileExistsAlreadyError(OutputError):
    """The file exists, and the user has not agreed to overwrite it."""


class _GivenUpError(Exception):
    """The export was cancelled."""


class ExportJob:
    """Writes an export in a thread, started at once.

    Args:
        document: The call to write.
        path: The file; its ending selects the format.
        options: The options of the format, and the turns.
        force: Whether to overwrite an existing file.

    Attributes:
        path: The file.
    """

    def __init__(self, document: CallDocument, path: Path, options: Options, *, force: bool) -> None:
        self.path = path
        self._options = options
        self._force = force
        self._is_given_up = False  # once it is, nothing is written
        self._is_final = False
        self._decision = Lock()
        self._task = start(in_daemon_thread(self._write, document))

    async def written(self) -> Written | None:
        """The written file; None if the export was cancelled.

        Raises:
            OmniError: It cannot be written.
        """
        if self._is_given_up:
            return None
        await asyncio.wait([self._task])
        return None if self._is_given_up else self._task.result()  # it may be given up while it is waited for

    def give_up(self) -> None:
        """Cancel the export, unless the file is already getting its name."""
        with self._decision:
            self._is_given_up = not self._is_final

    def _write(self, document: CallDocument) -> Written:
        chosen = format_for(None, self.path, names=FORMATS)
        if not self._force and os.path.isfile(self.path):  # noqa: PTH113 - false for a name that is too long
            raise FileExistsAlreadyError(f"{self.path} exists", "Enter overwrites it, Esc leaves it")
        export = chosen.render(document, self._options)
        data = export.text.encode()
        write_new(self.path, data, force=self._force, before_naming=self._decide)
        return Written(len(data), export.notes)

    def _decide(self) -> None:
        with self._decision:
            if self._is_given_up:
                raise _GivenUpError
            self._is_final = True
