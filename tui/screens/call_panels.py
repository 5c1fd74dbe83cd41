"""The panels of a call: opened and closed by their keys, beside the chat or over it, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from tui.core.background import in_daemon_thread
from tui.core.layout import TimeLabels
from tui.core.transcript import Transcript
from tui.screens.call_details import Detailed
from tui.screens.call_screen import CallScreen
from tui.screens.view_options import LEAST_WIDTH_BESIDE
from tui.widgets.call_header import HeaderFacts
from tui.widgets.too_small import has_room

if TYPE_CHECKING:
    from tui.screens.line_panel import LinePanel, PanelLine


class CallPanels(CallScreen):
    """The actions that open a panel, and the way from its lines to the turns."""

    _lines_shown: LinePanel | None = None

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
            await self._toggle("insights", self._insights)

    def _insights(self) -> LinePanel:
        from tui.screens.insights_panel import InsightList

        return InsightList(self._insight_lines(), "insights")

    def _insight_lines(self) -> Iterator[PanelLine]:
        from tui.screens.insights_panel import Analysis, insight_lines

        assert self._analyzed is not None
        remark, keymap = self._header.shown.remark, self._session.keymap
        known = Analysis(self.document, self._analyzed.timing, self._analyzed.walk, remark)
        return insight_lines(known, keymap, self._details.measured)

    async def action_details(self) -> None:
        """Show the record, summary, recording, Recap and Trace; again closes them."""
        await self._toggle("details", self._open_details)

    def _open_details(self) -> LinePanel:
        from tui.screens.details_panel import DetailList

        self._details.ask()
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
        panel = self._lines_shown
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
        panel = self._lines_shown
        return panel if panel is not None and panel.is_attached and panel.screen is self else None

    async def _open(self, panel: LinePanel) -> None:
        from tui.screens.line_panel import PanelScreen

        self._lines_shown = panel
        if self.app.size.width < LEAST_WIDTH_BESIDE or not self._view.turns:
            self.app.push_screen(PanelScreen(panel, may_move=bool(self._view.turns)), self._go_to_chosen)
        else:
            await self._middle.mount(panel)
            panel.focus()

    async def _go_to_chosen(self, chosen: int | str | None) -> None:
        """Go to the turn that was chosen in the panel over the chat, or run the action that was."""
        if isinstance(chosen, str):
            self.call_after_refresh(partial(self.run_action, chosen))
        elif chosen is not None and chosen < len(self._view.turns):
            self._view.go_to_turn(chosen)

    def on_line_panel_chosen(self, message: LinePanel.Chosen) -> None:
        """Go to the turn of a line; the panel stays."""
        self._view.go_to_turn(message.turn)

    async def on_line_panel_closed(self) -> None:
        """Give the place back to the chat."""
        await self.query("LinePanel").remove()
        self._give_keyboard()

    async def on_resize(self) -> None:
        """Show the panel over the chat in a window that has become too narrow for both."""
        panel = self._panel_beside
        if panel is not None and self.size.width < LEAST_WIDTH_BESIDE and has_room(*self.size):
            await self.on_line_panel_closed()
            await self.run_action(panel.opened_by)  # which may have to wait for a newer transcript

    def _show_nothing(self, name: str) -> None:
        """Remove a cached call that the API refuses from the screen and its panels, except for the name."""
        panel, self._analyzed, self._lines_shown = self._lines_shown, None, None
        if panel is not None and panel.is_attached and panel.screen is not self:
            panel.screen.dismiss()
        self.query("LinePanel").remove()
        self._view.show(Transcript(name), TimeLabels(), self._session.view.layout)
        self._header.shown = HeaderFacts(name=name)
