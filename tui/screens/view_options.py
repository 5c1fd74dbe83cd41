"""How the user wants to read a call."""

from __future__ import annotations

from typing import NamedTuple

from tui.core.layout import Layout, TimeStyle


class ViewOptions(NamedTuple):
    """How the user wants to read.

    Attributes:
        time: The style of times.
        layout: Chat or script; None to go by the width.
    """

    time: TimeStyle = TimeStyle.OFFSET
    layout: Layout | None = None
