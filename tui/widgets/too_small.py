"""The sizes of a window at which a screen changes, and the message in one that is too small."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

LEAST_WIDTH = 20
LEAST_HEIGHT = 6
"""The least height in rows at which every screen shows its essential parts."""
LEAST_WIDTH_BESIDE = 140
"""From this width on, in cells, a panel stands beside the chat."""
TALL = 30
"""From this height on, in rows, there is room for the timeline."""

BREAKPOINTS_ACROSS = [(0, "-too-narrow"), (LEAST_WIDTH, "-wide-enough")]
BREAKPOINTS_DOWN = [(0, "-too-low"), (LEAST_HEIGHT, "-high-enough"), (TALL, "-tall")]
"""Classes by screen size, for the app's ``HORIZONTAL_BREAKPOINTS`` and ``VERTICAL_BREAKPOINTS``."""


def size_classes(width: int, height: int) -> list[str]:
    """The classes of a screen of this size, to begin with: Textual adds them only after the first layout.

    None for a window without room, whose screen is covered, and styled for that, after that layout.
    """
    sizes = (width, BREAKPOINTS_ACROSS), (height, BREAKPOINTS_DOWN)
    room = [max(one for one in breakpoints if one[0] <= size)[1] for size, breakpoints in sizes]
    return room if has_room(width, height) else []


def has_room(width: int, height: int) -> bool:
    """Whether a window of this size can show a screen."""
    return width >= LEAST_WIDTH and height >= LEAST_HEIGHT


class TooSmall(Widget):
    """Covers a screen while the window is too small; the widgets below keep position, focus and keys."""

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
        """The message, shortened in the smallest windows."""
        return Content("too small")
