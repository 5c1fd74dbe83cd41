"""The least that a Textual program can be: one app, one Static. It is the floor for what ours adds.

``python tests/benchmarks/bare_app.py [FILE]``; it holds the JSON of a file in memory, for the floor of memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Static

MARKER = "Bonjour"


class BareApp(App[None]):
    """Shows a word."""

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static(MARKER)


if __name__ == "__main__":
    document = [json.loads(Path(name).read_bytes()) for name in sys.argv[1:]]
    BareApp().run()
