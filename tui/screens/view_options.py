"""How the user wants to read a call."""

from __future__ import annotations

from typing import NamedTuple

from tui.core.layout import Layout, TimeStyle
from tui.core.limits import SILENCE_MS


class ViewOptions(NamedTuple):
    """How the user wants to read.

    Attributes:
        time: The style of times.
        layout: The layout; None to choose chat or script by the width.
        before: The layout that was wanted before the outline.
        silence_ms: From which length on a silence is a moment.
    """

    time: TimeStyle = TimeStyle.OFFSET
    layout: Layout | None = None
    before: Layout | None = None
    silence_ms: int = SILENCE_MS

    def with_next_layout(self, shown: Layout) -> ViewOptions:
        """The same with the layout that comes after the one on show."""
        if shown is Layout.SCRIPT:
            return self._replace(layout=Layout.OUTLINE, before=self.layout)
        return self._replace(layout=Layout.SCRIPT if shown is Layout.CHAT else Layout.CHAT)

    def without_outline(self) -> ViewOptions:
        """The same with the layout that was wanted before the outline."""
        return self._replace(layout=self.before)
