"""Export formats: one module per format, and their registry."""

from tui.core.export.model import Export, Format, Options
from tui.core.export.registry import FORMATS, check_options, default_name, format_for, options_of

__all__ = ["FORMATS", "Export", "Format", "Options", "check_options", "default_name", "format_for", "options_of"]
