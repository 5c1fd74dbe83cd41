"""What the calls of one run share: the user's choices, which hold in the next call too.

Imports no export module, as it is created before the first picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tui.core.clock import Clock
from tui.core.layout import Layout, TimeStyle
from tui.keys import Keymap


class ExportMemory(NamedTuple):
    """The last export, with whose choices the next one begins.

    Attributes:
        call_id: The exported call.
        file: The file as typed; only its directory and ending are offered for another call.
        turns: The range as typed; offered again only for the same call.
        switches: The options that were on.
    """

    call_id: str = ""
    file: str = ""
    turns: str = ""
    switches: frozenset[str] = frozenset()


class ViewOptions(NamedTuple):
    """How to show a call.

    Attributes:
        time: The style of times.
        layout: The layout; None to choose chat or script by the width.
        before: The layout before the outline.
        unfolds_all: Whether the structures of all turns are unfolded.
        around: How many turns the filter shows around each with a hit.
    """

    time: TimeStyle = TimeStyle.OFFSET
    layout: Layout | None = None
    before: Layout | None = None
    unfolds_all: bool = False
    around: int = 0

    def with_next_layout(self, shown: Layout) -> ViewOptions:
        """The options with the layout after the one on show."""
        if shown is Layout.SCRIPT:
            return self._replace(layout=Layout.OUTLINE, before=self.layout)
        return self._replace(layout=Layout.SCRIPT if shown is Layout.CHAT else Layout.CHAT)

    def without_outline(self) -> ViewOptions:
        """The options with the layout before the outline."""
        return self._replace(layout=self.before)


@dataclass
class Session:
    """Outlives the screens of calls, which read and change it.

    Attributes:
        clock: The current time and zone.
        keymap: The keys of all actions.
        view: How to show a call.
        silence_ms: From which length on a silence is a moment.
        player: The command that plays recordings; None for none.
        command: The words of a command that opens a call, but for its TARGET: the program, and where calls come from.
        exports: What was chosen for the last export.
    """

    clock: Clock
    keymap: Keymap
    view: ViewOptions
    silence_ms: int
    player: str | None = None
    command: tuple[str, ...] = ("omni-transcripts",)
    exports: ExportMemory = field(default_factory=ExportMemory)
