"""The mouse: clicks and the wheel, and nothing of its movements, which on a slow link cost more than all keys.

A drag is left to the terminal too: with shift, it selects text there, as in every program that takes the mouse.
"""

from __future__ import annotations

from tui.terminal.window import WindowDriver

_ON = "\x1b[?1000h\x1b[?1006h"
_OFF = "\x1b[?1000l\x1b[?1006l"
_PIXELS_OFF = "\x1b[?1016l"


class MouseDriver(WindowDriver):
    """Textual's own driver, but for the mouse, of which it takes every movement."""

    def toggle_mouse(self) -> bool:
        """Take the mouse, or leave it to the terminal; returns whether it is taken now."""
        if self._mouse:
            self._disable_mouse_support()
            self._mouse = False
        else:
            self._mouse = True
            self._enable_mouse_support()
            if self._in_band_window_resize:  # from then on Textual's parser takes places for pixels
                self._enable_mouse_pixels()
        return self._mouse

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_OFF + (_PIXELS_OFF if self._mouse_pixels else ""))
