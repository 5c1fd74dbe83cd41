"""Mouse reports: clicks and the wheel, no movements, which cost more than all keys on a slow link.

Drags are not reported either: with shift they select text in the terminal, as in other programs that use the mouse.
"""

from __future__ import annotations

from tui.terminal.window import WindowDriver

_ON = "\x1b[?1000h\x1b[?1006h"
_OFF = "\x1b[?1000l\x1b[?1006l"
_PIXELS_OFF = "\x1b[?1016l"


class MouseDriver(WindowDriver):
    """Textual's driver without reports of mouse movements."""

    def toggle_mouse(self) -> bool:
        """Turn mouse reports on or off; returns whether they are on."""
        if self._mouse:
            self._disable_mouse_support()
            self._mouse = False
        else:
            self._mouse = True
            self._enable_mouse_support()
            if self._in_band_window_resize:  # Textual's parser then reads positions as pixels
                self._enable_mouse_pixels()
        return self._mouse

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_OFF + (_PIXELS_OFF if self._mouse_pixels else ""))
