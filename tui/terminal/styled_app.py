"""Base class of the app: it finds the styles of its first widgets once, and Textual's own more often."""

from __future__ import annotations

from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import Theme


class StyledApp(App[int]):
    """An app that begins with a theme of its own."""

    _is_parsed_for_theme = False

    def begin_with(self, theme: Theme) -> None:
        """Set the first theme, before the app runs; the style sheets are parsed for it from the start."""
        self.register_theme(theme)
        self.theme = theme.name
        self.stylesheet.set_variables(self.get_css_variables())
        self._is_parsed_for_theme = True

    def refresh_css(self, animate: bool = True) -> None:
        """Parse the style sheets again; not when Textual asks for it at the start, as their variables are the same."""
        if self._is_parsed_for_theme:
            self._is_parsed_for_theme = False
            self.stylesheet.update(self, animate=animate)
        else:
            super().refresh_css(animate)

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Style a node and what it holds; not a screen without a size yet, whose widgets were styled when mounted."""
        if not isinstance(node, Screen) or node.outer_size:
            super().update_styles(node, animate)
