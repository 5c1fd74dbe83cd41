"""What is shown instead of a screen in a window that has no room for one."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

LEAST_WIDTH = 20
LEAST_HEIGHT = 6
"""In cells; from here on every screen has room for what it cannot do without."""

BREAKPOINTS_ACROSS = [(0, "-too-narrow"), (LEAST_WIDTH, "-wide-enough")]
BREAKPOINTS_DOWN = [(0, "-too-low"), (LEAST_HEIGHT, "-high-enough")]
"""The classes that tell a screen's size, for the app's ``HORIZONTAL_BREAKPOINTS`` and ``VERTICAL_BREAKPOINTS``."""


def has_room(width: int, height: int) -> bool:
    """Whether a window of so many cells has room for a screen."""
    return width >= LEAST_WIDTH and height >= LEAST_HEIGHT


class TooSmall(Widget):
    """Covers a screen as long as the window is too small; what lies below keeps its place, its focus and its keys."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    TooSmall {
        display: none;
        position: absolute;
        overlay: screen;
        constrain: inside inside;
        width: 100vw;
        height: 100vh;
        background: $background;
    }
    .-too-narrow > TooSmall, .-too-low > TooSmall { display: block; }
    .-too-narrow, .-too-low { overflow: hidden; }
    """

    def render(self) -> Content:
        """What is wrong; in the smallest windows as much of it as there is room for."""
        return Content("too small")
