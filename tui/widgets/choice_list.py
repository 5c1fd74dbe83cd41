"""A list of lines of which one is highlighted, in a way that every terminal shows."""

from __future__ import annotations

from textual.style import Style
from textual.widgets import OptionList

_REVERSE = Style(reverse=True)


class ChoiceList(OptionList):
    """Textual's list; the highlighted line is reversed."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """As Textual's, which leaves out ``reverse``."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return style + _REVERSE if "option-list--option-highlighted" in component_classes else style
