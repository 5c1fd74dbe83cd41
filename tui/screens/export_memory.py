"""What was chosen for the last export of a session: the next one begins with it.

Loads nothing of the exports, since it is there before the first picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui.core.limits import SILENCE_MS


@dataclass
class ExportMemory:
    """The last choice.

    Attributes:
        suffix: The ending of the file, which tells the format.
        directory: The directory as it was typed; empty for the one in which the program runs.
        switches: The options that were on.
        call_id: The call that was exported.
        file: The file as it was typed, which is offered again for the same call alone.
        turns: The range as it was typed, likewise.
        silence_ms: From which length on a silence is a moment; the settings say it.
    """

    suffix: str = ".txt"
    directory: Path = Path()
    switches: frozenset[str] = frozenset()
    call_id: str = ""
    file: str = ""
    turns: str = ""
    silence_ms: int = SILENCE_MS
