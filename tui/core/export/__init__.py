"""Export formats: one module per format, and their registry, which imports none of them until it is used."""

from tui.core.export.registry import (
    FORMATS,
    HARNESS,
    ROW_FORMATS,
    SWITCHES,
    Format,
    RowFormat,
    check_rows,
    check_switches,
    check_time,
    ending_note,
    format_for,
    formats_with,
    formats_with_time,
    row_format_for,
)

__all__ = [
    "FORMATS", "HARNESS", "ROW_FORMATS", "SWITCHES", "Format", "RowFormat", "check_rows", "check_switches",
    "check_time", "ending_note", "format_for", "formats_with", "formats_with_time", "row_format_for",
]  # fmt: skip
