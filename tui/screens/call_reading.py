"""Navigation in a call, to hits, places and moments, and from it to its neighbours; and how the turns are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partialmethod

from textual.message import Message
from textual.widget import Widget

from tui.core.layout import Layout
from tui.screens import presenters
from tui.screens.call_screen import CallScreen


class CallReading(CallScreen):
    """The actions that move the reader in the call of a screen or to its neighbours, or change how its turns look."""

    @dataclass
    class NeighbourWanted(Message):
        """The user wants another call of the list: the next one, or with a step of -1 the previous one."""

        step: int

    @property
    def focus_chain(self) -> list[Widget]:
        """The widgets that Tab goes through; while a bar of the foot is open, the keyboard stays in it."""
        return self._foot.open_inputs or super().focus_chain

    async def action_find(self) -> None:
        """Ask what to find."""
        self.say("")
        await self._foot.ask_what_to_find()

    async def action_go_to(self) -> None:
        """Ask where to go."""
        await self._foot.ask_where_to_go()

    async def _step_to_hit(self, direction: int) -> None:
        self.say(await self._foot.find.step(direction))

    action_next_hit = partialmethod(_step_to_hit, 1)
    action_previous_hit = partialmethod(_step_to_hit, -1)

    async def action_toggle_filter(self) -> None:
        """Show only turns with a hit, or all."""
        self.say(await self._foot.find.toggle_filter(self._session.view.around))

    async def _show_around(self, count: int) -> None:
        self._session.view = self._session.view._replace(around=count)
        self.say(await self._foot.find.show_around(count))

    action_around_0 = partialmethod(_show_around, 0)
    action_around_1 = partialmethod(_show_around, 1)
    action_around_2 = partialmethod(_show_around, 2)
    action_around_3 = partialmethod(_show_around, 3)

    async def _step_to_moment(self, direction: int) -> None:
        await self._analysis.wait()
        if self._analyzed is None:
            self.say("still looking for moments")
        elif moment := self._analyzed.walk.step(self._view.current, direction, self._view.is_shown):
            self.say("")
            self._view.go_to_turn(moment.turn)
        else:
            self.say(presenters.no_moment(self._analyzed))

    action_next_moment = partialmethod(_step_to_moment, 1)
    action_previous_moment = partialmethod(_step_to_moment, -1)

    def _ask_for_neighbour(self, step: int) -> None:
        self.post_message(self.NeighbourWanted(step))

    action_next_call = partialmethod(_ask_for_neighbour, 1)
    action_previous_call = partialmethod(_ask_for_neighbour, -1)

    def action_cycle_time(self) -> None:
        """Show times in the next style that the call supports."""
        styles = self.labels.styles()
        view = self._session.view
        at = styles.index(view.time) if view.time in styles else 0
        time = styles[(at + 1) % len(styles)]
        self._session.view = view._replace(time=time)
        self._show_as_wanted()
        self.say(f"times: {time.value}")

    def action_toggle_layout(self) -> None:
        """Change between chat, script and outline."""
        self._session.view = self._session.view.with_next_layout(self._view.layout_shown)
        self._show_as_wanted()

    def action_unfold(self) -> None:
        """Unfold the structures of the current turn, or fold them; from the outline go to the turn itself."""
        if self._view.layout_shown is Layout.OUTLINE:
            self._session.view = self._session.view.without_outline()
            self._show_as_wanted()
        else:
            self.say("" if self._view.unfold() else "nothing to unfold in this turn")

    def action_unfold_all(self) -> None:
        """Unfold the structures of all turns, or fold them."""
        self._session.view = self._session.view._replace(unfolds_all=self._view.unfold_all())

    def _show_as_wanted(self) -> None:
        self._view.show_as(self.labels, self._session.view.layout)
