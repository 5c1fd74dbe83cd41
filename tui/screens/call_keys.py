"""Which keys need the turns of a call, and wait for them while they are fetched; and which can do something now.

Keys typed ahead of a call, such as those sent in one piece with its id, are meant for the call and not for the screen
that fetches it. ``terminal.typeahead`` holds them back as long as ``due`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from textual import events

from tui.core.layout import Layout
from tui.keys import ACTIONS, Place
from tui.screens.call_screen import CallScreen
from tui.terminal.typeahead import Due

WANTS_TURNS = frozenset({
    "go_to", "cycle_time", "toggle_layout", "find", "next_hit", "previous_hit", "toggle_filter",
    "export", "copy_turn", "copy_command", "copy_transcript", "next_moment", "previous_moment", "insights", "unfold",
    "unfold_all", "toggle_mark", "next_mark",
})  # fmt: skip
AROUND = frozenset({"around_0", "around_1", "around_2", "around_3"})
_FOR_FETCH = frozenset({
    "dismiss", "refresh_call", "back", "copy_or_quit", "redraw", "toggle_mouse", "suspend_process",
})  # fmt: skip
"""The actions that act on a fetch itself, or on the terminal: never held back."""
_OF_TURNS = WANTS_TURNS | AROUND | {action.name for action in ACTIONS if Place.TURNS in action.places}


class CallKeys(CallScreen):
    """Tells which keys wait for the turns of the call of a screen, and which of its actions can do something."""

    _seen_s = float("inf")

    def due(self, key: events.Key) -> Due:
        """When a key acts: one that was typed ahead waits for the turns, and is dropped if there will be none."""
        is_ahead = key.time < self._seen_s
        if not is_ahead or self._loader.state.has_turns or key.key in self._keys(_FOR_FETCH):
            return Due.NOW
        if self._loader.is_fetching:
            return Due.LATER
        return Due.NEVER if key.key in self._keys(_OF_TURNS) else Due.NOW

    def _keys(self, names: Iterable[str]) -> set[str]:
        return {key for name in names for key in self._session.keymap.keys(name)}

    def can_do(self, name: str) -> bool:
        """Whether an action can do something now; foot and palette offer no other, while its key says why not."""
        if not self.check_action(name, ()) or (name in _OF_TURNS and not self._loader.state.has_turns):
            return False
        match name:
            case "next_same_role" | "previous_same_role":
                can = len(self._view.turns) > 1
            case "next_moment" | "previous_moment":
                known = self._analyzed
                can = known is None or any(self._view.is_shown(moment.turn) for moment in known.walk.moments)
            case "next_mark":
                can = any(map(self._view.is_shown, self._marks))
            case "unfold":
                can = self._view.can_unfold or self._view.layout_shown is Layout.OUTLINE
            case "unfold_all" | "insights":
                can = self.document.transcript.plain is None
            case "next_hit" | "previous_hit" | "toggle_filter":
                can = bool(self._foot.find.pattern)
            case "next_call" | "previous_call":
                can = self._is_above_list
            case "refresh_call":
                can = not self._target.stdin
            case _:
                can = True
        return can

    @property
    def _is_above_list(self) -> bool:
        """Whether the call was opened from the list of calls."""
        from tui.screens.calls import CallsScreen

        stack = self.app.screen_stack
        at = stack.index(self)
        return at > 0 and isinstance(stack[at - 1], CallsScreen)

    def _note_seen(self) -> None:
        """Note that the screen is drawn: keys that came before were typed without sight of it."""
        self._seen_s = monotonic()
