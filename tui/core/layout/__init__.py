"""Lays turns out as lines: wrapping, the layouts, and the window over them. Knows no widget and no colour."""

from tui.core.layout.block import MARKED, NO_REMARKS, Block, Line, LineKind, Look, Part, Piece, PieceKind, Remarks
from tui.core.layout.folds import Folds
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.layout.layouts import NARROW, Layout
from tui.core.layout.reader import Reader
from tui.core.layout.reading_window import ReadingPosition
from tui.core.layout.transcript_layout import TranscriptLayout
from tui.core.layout.viewport import LinePosition, Viewport
from tui.core.layout.wrap import Span, lines_within, pieces, wrap

__all__ = [
    "MARKED", "NARROW", "NO_REMARKS", "Block", "Folds", "Layout", "Line", "LineKind", "LinePosition", "Look", "Part",
    "Piece", "PieceKind", "Reader", "ReadingPosition", "Remarks", "Span", "TimeLabels", "TimeStyle",
    "TranscriptLayout", "Viewport", "lines_within", "pieces", "wrap",
]  # fmt: skip
