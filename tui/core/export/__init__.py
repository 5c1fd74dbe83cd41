"""Export formats: one module per format, and their registry."""

from tui.core.export.model import Export, Format, Options, RowFormat, RowWriter
from tui.core.export.registry import (
    FORMATS,
    HARNESS,
    ROW_FORMATS,
    check_options,
    check_rows,
    default_name,
    format_for,
    options_of,
    row_format_for,
)

__all__ = [
    "FORMATS", "HARNESS", "ROW_FORMATS", "Export", "Format", "Options", "RowFormat", "RowWriter", "check_options",
    "check_rows", "default_name", "format_for", "options_of", "row_format_for",
]  # fmt: skip
