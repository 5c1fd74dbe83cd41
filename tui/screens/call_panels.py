"""The panels of a call: opened and closed by their keys, beside the chat or over it, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from tui.core.background import in_daemon_thread
from tui.core.layout import TimeLabels
from tui.core.transcript import Transcript
from tui.screens import presenters
from tui.screens.call_details import Detailed
from tui.screens.call_screen import CallScreen
from tui.widgets.call_header import HeaderFacts
from tui.widgets.too_small import LEAST_WIDTH_BESIDE, has_room

if TYPE_CHECKING:
    from tui.screens.line_panel import LinePanel, PanelLine, PanelScreen
    from tui.widgets.status_bar import Keys


class CallPanels(CallScreen):
    """The actions that open a panel, and the way from its lines to the turns."""

    _line_panel: LinePanel | None = None
    _moved_panel: LinePanel | None = None  # from beside the chat to over it, or back

    def _show_moments(self) -> None:
        """Show the moments of the call: beside the turns, on the timeline, and counted."""
        self._view.remark(self._remarks_of)
        self._show_header()
        self._show_foot()

    async def action_insights(self) -> None:
        """Show the figures and moments; again closes them."""
        await self._analysis.wait()
        if self._analyzed is not None and self._analysis.is_long:
            await in_daemon_thread(self._analyzed.timing.complete)
        if self._analyzed is None:  # not yet, or a newer transcript has come meanwhile
            self.say("still looking for moments")
        elif self.document.transcript.plain is not None:
            self.say("a plain text has no turns, and so no insights")
        elif self.is_attached:
            await self._toggle("insights", self._insight_list)

    def _insight_list(self) -> LinePanel:
        from tui.screens.insights_panel import InsightList

        return InsightList(self._insight_lines())

    def _insight_lines(self) -> Iterator[PanelLine]:
        from tui.screens.insights_panel import insight_lines

        known = self._analyzed
        assert known is not None
        remark, measured = self._header.shown.remark, self._details.measured
        keymap = self._session.keymap
        return insight_lines(self.document, known.timing, known.walk, keymap, remark=remark, measured=measured)

    async def action_details(self) -> None:
        """Show the record, summary, recording, Recap and Trace; again closes them."""
        await self._toggle("details", self._detail_list)

    def _detail_list(self) -> LinePanel:
        """The panel of the details, for which Trace and Recap are asked."""
        from tui.screens.details_panel import DetailList

        self._details.trace.ask()
        self._details.recap.ask()
        return DetailList(self._detail_lines(), self._details)

    def _detail_lines(self) -> Iterator[PanelLine]:
        from tui.screens.details_panel import Known, detail_lines

        timing = None if self._analyzed is None else self._analyzed.timing
        return detail_lines(Known(self._loader.state.record, self._details, timing, self._session))

    @on(Detailed)
    def _renew_panel(self) -> None:
        """Show what is known now in the open panel; what the details report is moments of the call."""
        if self._analyzed is not None and self._analyzed.report(self._details.reported):
            self._show_moments()
        panel = self._line_panel
        if panel is None or not panel.is_attached:
            return
        if panel.opened_by == "details":
            panel.show(self._detail_lines())
        elif self._analyzed is not None:
            panel.show(self._insight_lines())
        elif self._analysis.is_long:  # no key may meet lines that lead to turns of an older transcript
            panel.show_instead("still looking for moments in the newer transcript")

    def on_unmount(self) -> None:
        """Stop the player, which would outlive the screen."""
        self._details.stop()

    async def _toggle(self, action: str, make: Callable[[], LinePanel]) -> None:
        """Open a panel in the place of another one, or close it if it is open."""
        opened = self._panel_beside
        if opened is not None:
            await self.on_line_panel_closed()
        if opened is None or opened.opened_by != action:
            await self._open(make())

    @property
    def _panel_beside(self) -> LinePanel | None:
        """The panel beside the chat; None if there is none."""
        panel = self._line_panel
        return panel if panel is not None and panel.is_attached and panel.screen is self else None

    @property
    def _screen_over(self) -> PanelScreen | None:
        """The screen of the panel over the chat; None if there is none."""
        panel = self._line_panel
        if panel is None or not panel.is_attached or panel.screen is self:
            return None
        from tui.screens.line_panel import PanelScreen

        return panel.screen if isinstance(panel.screen, PanelScreen) else None

    def say(self, text: str, *, trouble: bool = False) -> None:
        """Show a notice in the foot, and in that of a panel over the chat, which covers it."""
        super().say(text, trouble=trouble)
        if (screen := self._screen_over) is not None:
            screen.say(text, trouble=trouble)

    @property
    def _panel_has_keyboard(self) -> bool:
        """Whether the panel beside the chat has the keyboard, and so keys of its own."""
        return self._panel_beside is not None and self._panel_beside.has_focus

    def _panel_keys(self) -> Keys:
        """The keys of the panel beside the chat; none if there is none."""
        panel, keymap = self._panel_beside, self._session.keymap
        if panel is None:
            return ()
        if not self._panel_has_keyboard:
            return ((keymap.word("dismiss"), "close"),)
        from tui.screens.line_panel import panel_keys

        return panel_keys(keymap, panel)

    def on_option_list_option_highlighted(self) -> None:
        """Show the keys of the chosen line of the panel beside the chat."""
        self._show_foot()

    async def _open(self, panel: LinePanel) -> None:
        from tui.screens.line_panel import PanelScreen

        self._line_panel = panel
        if self._moved_panel is not None and self._moved_panel.opened_by == panel.opened_by:
            panel.begin_as(self._moved_panel)
        self._moved_panel = None
        if self.app.size.width < LEAST_WIDTH_BESIDE or not self._view.turns:
            call, keymap = self._header.shown, self._session.keymap
            screen = PanelScreen(panel, (call.name, call.label), keymap, may_move=bool(self._view.turns))
            self.app.push_screen(screen, self._go_to_chosen)
        else:
            await self._middle.mount(panel)
            panel.focus()
            self._show_foot()

    async def _go_to_chosen(self, chosen: int | str | None) -> None:
        """Go to the turn that was chosen in the panel over the chat, or run the action that was."""
        if isinstance(chosen, str):
            self._moved_panel = self._line_panel
            self.call_after_refresh(partial(self.run_action, chosen))
        elif chosen is not None and chosen < len(self._view.turns):
            self._go_to(chosen)

    def on_line_panel_chosen(self, message: LinePanel.Chosen) -> None:
        """Go to the turn of a line; the panel stays."""
        self._go_to(message.turn)

    def _go_to(self, turn: int) -> None:
        """Go to a turn, or say that the filter leaves it out."""
        is_shown, shows_all = self._view.is_shown(turn), self._session.keymap.word("toggle_filter")
        self.say("" if is_shown else f"{presenters.left_out(turn)}; {shows_all} shows all turns")
        if is_shown:
            self._view.go_to_turn(turn)

    async def on_line_panel_closed(self) -> None:
        """Give the place back to the chat."""
        await self.query("LinePanel").remove()
        self._give_keyboard()
        self._show_foot()

    async def on_resize(self) -> None:
        """Show the panel over the chat in a window that has become too narrow for both."""
        panel = self._panel_beside
        if panel is not None and self.size.width < LEAST_WIDTH_BESIDE and has_room(*self.size):
            await self.on_line_panel_closed()
            self._moved_panel = panel
            await self.run_action(panel.opened_by)  # which may have to wait for a newer transcript

    def _show_nothing(self, name: str) -> None:
        """Remove a cached call that the API refuses from the screen and its panels, except for the name."""
        if (screen := self._screen_over) is not None:
            screen.dismiss()
        self._analyzed = self._line_panel = None
        self.query("LinePanel").remove()
        self._view.show(Transcript(name), TimeLabels(), self._session.view.layout)
        self._header.shown = HeaderFacts(name=name)
