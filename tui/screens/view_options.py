"""The user's choices of how to show calls; those made in one call hold in the next."""

from __future__ import annotations

from typing import NamedTuple

from tui.core.layout import Layout, TimeStyle

LEAST_WIDTH_BESIDE = 140
"""From this width of the window on, in cells, the chat and the insights stand side by side."""


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
