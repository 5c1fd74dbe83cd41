"""Everything specific to a real terminal: drawing, input, signals and the clipboard. No feature logic."""
