"""Turns to lines and back: wrapping, the two layouts, and the window over them. Knows no widget and no colour."""

from tui.core.layout.block import Block, Geometry, Layout
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.layout.page import Page
from tui.core.layout.reader import Reader, Standpoint
from tui.core.layout.viewport import Place, Viewport
from tui.core.layout.wrap import wrap

__all__ = [
    "Block",
    "Geometry",
    "Layout",
    "Page",
    "Place",
    "Reader",
    "Standpoint",
    "TimeLabels",
    "TimeStyle",
    "Viewport",
    "wrap",
]
