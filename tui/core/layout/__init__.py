"""Turns to lines and back: wrapping, the two layouts, and the window over them. Knows no widget and no colour."""

from tui.core.layout.block import Block, Ink, Kind, Line, Piece
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.layout.layouts import Layout
from tui.core.layout.page import Page
from tui.core.layout.reader import Reader, Standpoint
from tui.core.layout.viewport import Place, Viewport
from tui.core.layout.wrap import wrap

__all__ = [
    "Block",
    "Ink",
    "Kind",
    "Layout",
    "Line",
    "Page",
    "Piece",
    "Place",
    "Reader",
    "Standpoint",
    "TimeLabels",
    "TimeStyle",
    "Viewport",
    "wrap",
]
