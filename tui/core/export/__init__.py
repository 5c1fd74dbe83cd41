"""Transcripts as files: one module per format, and the registry of them."""

from tui.core.export.model import Export, Format, Options
from tui.core.export.registry import FORMATS, default_name, format_for, refuse_idle_options

__all__ = ["FORMATS", "Export", "Format", "Options", "default_name", "format_for", "refuse_idle_options"]
