"""The ways to the search of the library, and from it to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.call_navigation import CallNavigation

if TYPE_CHECKING:
    from tui.screens.library import LibraryScreen


class LibraryNavigation(CallNavigation):
    """The part of the app that leads through the search of the library."""

    def action_library(self) -> None:
        """Search the library, or go back to the search that the call on show was opened from.

        From the list of calls the search begins with what is typed there.
        """
        from tui.screens.calls import CallsScreen
        from tui.screens.library import LibraryScreen

        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else None
        if isinstance(below, LibraryScreen):
            self.pop_screen()
        elif not isinstance(self.screen, LibraryScreen):
            typed = self.screen.typed if isinstance(self.screen, CallsScreen) else ""
            self.push_screen(LibraryScreen(self._source, self._clock, self._keys, self._silence_ms, typed))

    def on_library_screen_chosen(self, message: LibraryScreen.Chosen) -> None:
        """Open a call at a hit, with the find set."""
        screen = self._transcript(message.target)
        screen.first_find = (message.typed, message.is_regex)
        self.push_screen(screen)
