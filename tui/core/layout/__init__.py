"""Lays turns out as lines: wrapping, the layouts, and the window over them. Knows no widget and no colour."""

from tui.core.layout.block import Block, Line, LineKind, Look, Piece, PieceKind, Remarks
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.layout.layouts import Layout
from tui.core.layout.reader import Reader
from tui.core.layout.reading_window import ReadingPosition
from tui.core.layout.transcript_layout import TranscriptLayout
from tui.core.layout.viewport import LinePosition, Viewport
from tui.core.layout.wrap import wrap

__all__ = [
    "Block",
    "Layout",
    "Line",
    "LineKind",
    "LinePosition",
    "Look",
    "Piece",
    "PieceKind",
    "Reader",
    "ReadingPosition",
    "Remarks",
    "TimeLabels",
    "TimeStyle",
    "TranscriptLayout",
    "Viewport",
    "wrap",
]
