"""A list of lines of which one is highlighted, in a way that every terminal shows."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.style import Style
from textual.widgets import OptionList

from tui.keys import Place
from tui.widgets.bindings import bindings

_REVERSE = Style(reverse=True)


class ChoiceList(OptionList):
    """Textual's list, with the keys that move among the turns of a call; the highlighted line is reversed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.LIST,
        next_turn="cursor_down",
        previous_turn="cursor_up",
        first_turn="first",
        last_turn="last",
        accept="select",
    )

    def action_page_up(self) -> None:
        """As Textual's, which fails in a list without room."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]  # Textual annotates neither

    def action_page_down(self) -> None:
        """As Textual's, which fails in a list without room."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]  # Textual annotates neither

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """As Textual's, which leaves out ``reverse``."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return style + _REVERSE if "option-list--option-highlighted" in component_classes else style
