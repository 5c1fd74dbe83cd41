"""The find of one transcript screen: what is sought, what was found, which turns are left on show.

The search itself is the core's; this owns its course while the user types and steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.core.search import Corpus, Hits
from tui.widgets.transcript_view import TranscriptView

_SLICE_S = 0.02


@dataclass(slots=True)
class Sought:
    """What is sought."""

    pattern: str = ""
    regex: bool = False


class Finding:
    """Runs finds over the turns of a view.

    Args:
        view: Shows the hits and goes to them.
    """

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._corpus: Corpus | None = None
        self.sought = Sought()
        self.hits: Hits | None = None
        self.only_hits = False
        self.trouble = ""
        self._origin = 0
