"""What the calls of one run share."""

from __future__ import annotations

from dataclasses import dataclass

from tui.core.clock import Clock
from tui.keys import Keymap
from tui.screens.export_memory import ExportMemory
from tui.screens.view_options import ViewOptions


@dataclass
class Session:
    """Outlives the screens of calls, which read and change it.

    Attributes:
        clock: The current time and zone.
        keymap: The keys of all actions.
        exports: What was chosen for the last export.
        view: How to show a call.
        silence_ms: From which length on a silence is a moment.
        player: The command that plays recordings; None for none.
    """

    clock: Clock
    keymap: Keymap
    exports: ExportMemory
    view: ViewOptions
    silence_ms: int
    player: str | None = None
