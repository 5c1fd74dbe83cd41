"""The ways between the calls, the list of calls and the search of the library, and from a call to its neighbours.

Screens post what is wanted; the app, which owns the stack of screens, does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.core.errors import OmniError
from tui.sources.call_source import CallSource
from tui.terminal.guarded_app import GuardedApp

if TYPE_CHECKING:
    from tui.core.target import Target
    from tui.screens.calls import CallsScreen
    from tui.screens.library import LibraryScreen
    from tui.screens.session import Session
    from tui.screens.transcript import TranscriptScreen


class CallNavigation(GuardedApp):
    """The part of the app that leads through the list of calls and the search of the library."""

    _source: CallSource

    @property
    def _session(self) -> Session:
        """What the screens of this run share."""
        raise NotImplementedError

    def _transcript(self, target: Target) -> TranscriptScreen:
        """A screen for a call."""
        from tui.screens.transcript import TranscriptScreen

        return TranscriptScreen(self._source, target, self._session)

    @property
    def _below(self) -> Screen[Any] | None:
        """The screen below the one on show; None below the first one."""
        return self.screen_stack[-2] if len(self.screen_stack) > 1 else None

    def action_calls(self) -> None:
        """Show the list, or go back to it if it is just below."""
        from tui.screens.calls import CallsScreen

        if isinstance(self._below, CallsScreen):
            self.pop_screen()
        elif not isinstance(self.screen, CallsScreen):
            self.push_screen(CallsScreen(self._source, self._session))

    def action_library(self) -> None:
        """Search the library, or go back to the search that the call on show was opened from.

        From the list of calls the search begins with what is typed there.
        """
        from tui.screens.calls import CallsScreen
        from tui.screens.library import LibraryScreen

        if isinstance(self._below, LibraryScreen):
            self.pop_screen()
        elif not isinstance(self.screen, LibraryScreen):
            typed = self.screen.typed if isinstance(self.screen, CallsScreen) else ""
            self.push_screen(LibraryScreen(self._source, self._session, typed))

    def on_calls_screen_chosen(self, message: CallsScreen.Chosen) -> None:
        """Open a call above the list."""
        self.push_screen(self._transcript(message.target))

    def on_library_screen_chosen(self, message: LibraryScreen.Chosen) -> None:
        """Open a call at a hit, with the find set."""
        screen = self._transcript(message.target)
        screen.first_find = (message.typed, message.is_regex)
        self.push_screen(screen)

    def on_call_reading_neighbour_wanted(self, message: TranscriptScreen.NeighbourWanted) -> None:
        """Open another call of the list in the place of this one; at its end, load more of it first."""
        from tui.screens.calls import CallsScreen
        from tui.screens.transcript import TranscriptScreen

        calls, shown = self._below, self.screen
        if not isinstance(shown, TranscriptScreen):  # an earlier key has led elsewhere
            return
        if not isinstance(calls, CallsScreen):
            key, after, before = map(self._session.keymap.word, ("calls", "next_call", "previous_call"))
            shown.say(f"{after} and {before} go through the list of calls: {key} opens it")
        elif (target := calls.neighbour(message.step)) is not None:
            self._replace(target)
        elif message.step > 0 and calls.has_more:
            shown.say("fetching more of the list")
            shown.run_worker(self._load_and_go_on(calls, shown), group="neighbour", exclusive=True)
        else:
            shown.say("this is the last call of the list" if message.step > 0 else "this is the first call of the list")

    async def _load_and_go_on(self, calls: CallsScreen, shown: TranscriptScreen) -> None:
        try:
            await calls.load_more()
        except OmniError as fault:
            shown.say(fault.line(), trouble=True)
            return
        if self.screen is not shown:
            return
        if (target := calls.neighbour(1)) is not None:
            self._replace(target)
        else:
            shown.say("no further call in what is loaded of the list")

    def _replace(self, target: Target) -> None:
        self.switch_screen(self._transcript(target))
