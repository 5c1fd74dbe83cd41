"""The choices of the last export in a session, with which the next one begins.

Imports no export module, as it is created before the first picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class ExportMemory:
    """The last choice.

    Attributes:
        suffix: The ending of the file, which selects the format.
        directory: The directory as typed; empty for the current one.
        switches: The options that were on.
        call_id: The exported call.
        file: The file as typed; offered again only for the same call.
        turns: The range as typed; offered again only for the same call.
    """

    suffix: str = ".txt"
    directory: Path = Path()
    switches: frozenset[str] = frozenset()
    call_id: str = ""
    file: str = ""
    turns: str = ""
