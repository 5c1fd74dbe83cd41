"""Base class of the app: its theme, which may follow from the background that the terminal reports.

It parses its style sheets and styles its first screen once, where Textual does so twice.
"""

from __future__ import annotations

from collections.abc import Callable

from textual._styles_cache import StylesCache
from textual.app import App
from textual.dom import DOMNode
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme

from tui.core.memory import give_back_memory
from tui.terminal.background_colour import BackgroundReported


class StyledApp(App[int]):
    """An app that begins with a theme of its own.

    Attributes:
        wants_background: Whether the colour of the terminal's background is asked for, and waited for.
    """

    wants_background = False
    _background = ""
    _is_parsed_for_theme = False

    def begin_with(self, theme: Theme) -> None:
        """Set the first theme, before the app runs; the style sheets are parsed for it from the start."""
        self.register_theme(theme)
        self.theme = theme.name
        self.stylesheet.set_variables(self.get_css_variables())
        self._is_parsed_for_theme = True

    def on_background_reported(self, message: BackgroundReported) -> None:
        """Take the colour, as long as it is waited for."""
        if self.wants_background:
            self._background = message.colour

    def suit_background(self, theme_on: Callable[[str], Theme]) -> None:
        """Change to the theme for the background if the terminal has reported it, and stop waiting for it.

        Args:
            theme_on: Gives the theme for the colour of a background.
        """
        self.wants_background = False
        if self._background:
            theme = theme_on(self._background)
            self.register_theme(theme)
            self.theme = theme.name

    def refresh_css(self, animate: bool = True) -> None:
        """Parse the style sheets again; not when Textual asks for it at the start, as their variables are the same."""
        if self._is_parsed_for_theme:
            self._is_parsed_for_theme = False
            self.stylesheet.update(self, animate=animate)
        else:
            super().refresh_css(animate)

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Style a node and what it holds.

        Skips the first screen until it has a size: its widgets were styled when mounted, as its style sheets are read
        at the start. Those of a later screen are read when it is pushed, and from Python 3.12 on, where tasks begin at
        once, its widgets are mounted before that.
        """
        is_first = isinstance(node, Screen) and not node.outer_size and node is self.screen_stack[0]
        if not is_first:
            super().update_styles(node, animate)


def forget_pictures() -> None:
    """Let Textual forget how widgets looked and where they stood: it holds thousands of each, of closed screens too."""
    StylesCache.get_inner_outer.cache_clear()
    for function in (*vars(Strip).values(), *vars(Region).values()):
        clear = getattr(getattr(function, "__func__", function), "cache_clear", None)
        if clear is not None:
            clear()
    give_back_memory()
