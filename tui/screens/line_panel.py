"""A panel of lines about a call, some of which lead to a turn: beside the chat in a wide window, else over it.

Owns the list, its keys, and the screen that holds it over the chat. Which lines there are is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.keys import Keymap, Place
from tui.screens.dialog import Dialog
from tui.screens.view_options import LEAST_WIDTH_BESIDE
from tui.widgets.bindings import bindings
from tui.widgets.choice_list import ChoiceList
from tui.widgets.hanging_text import HangingText

HANG_CELLS = 2
_NO_HEAD = Content("")
QUIET = "$quiet $quiet-style"
"""The style of what is said beside the facts."""


class PanelLine(NamedTuple):
    """A line of a panel.

    Attributes:
        content: Its text; safe.
        turn: The index of the turn that Enter goes to; None for none.
        heads: Whether it is the heading of a section.
        action: The name of the panel's action that Enter runs; empty for none.
    """

    content: HangingText
    turn: int | None = None
    heads: bool = False
    action: str = ""


def heading(text: str) -> PanelLine:
    """The heading of a section."""
    return hanging(Content.assemble((text, "bold underline")))._replace(heads=True)


def hanging(text: Content, turn: int | None = None) -> PanelLine:
    """A line whose further lines are indented."""
    return PanelLine(HangingText(_NO_HEAD, text, HANG_CELLS), turn)


def quiet(text: str) -> PanelLine:
    """A line of what is said beside the facts."""
    return hanging(Content.assemble((text, QUIET)))


def key_line(keymap: Keymap) -> PanelLine:
    """The keys of a panel."""
    word = keymap.word
    return quiet(f"{word('accept')} goes to the turn   {word('next_part')} next part   {word('dismiss')} closes")


class LinePanel(ChoiceList):
    """The list, in the panel and on the screen.

    Args:
        lines: Its lines.
        opened_by: The name of the action that opens the panel; its keys close it.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    LinePanel, LinePanel:focus {
        width: 100%;
        height: 100%;
        background: $background;
        border: none;
        padding: 0 0 0 1;
        scrollbar-size-vertical: 1;
    }
    #middle > LinePanel, #middle > LinePanel:focus {
        layer: turns;
        dock: right;
        width: 60;
        border-left: solid $rule;
    }
    LinePanel > .option-list--option { color: $foreground; padding: 0 1 0 0; }
    LinePanel > .option-list--option-highlighted, LinePanel:focus > .option-list--option-highlighted {
        background: $background;
        color: $foreground;
    }
    LinePanel > .option-list--option-hover { background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.PANEL,
        back="close",
        dismiss="close",
        next_part="step_part(1)",
        previous_part="step_part(-1)",
    )

    @dataclass
    class Chosen(Message):
        """A line that leads to a turn was chosen.

        Attributes:
            turn: The index of the turn.
        """

        turn: int

    class Closed(Message):
        """The user closed the list."""

    def __init__(self, lines: Iterable[PanelLine], opened_by: str) -> None:
        super().__init__(markup=False)
        self.opened_by = opened_by
        self._has_begun = False
        self._listed: list[PanelLine] = []
        self._left: tuple[int, float, list[PanelLine]] | None = None
        self.show(lines)

    def show(self, lines: Iterable[PanelLine]) -> None:
        """Replace the lines; the cursor stays at its line if that is still there, else at its index."""
        shown = list(lines)
        if shown == self._listed:
            return
        at, top, before = self._left or (self.highlighted or 0, self.scroll_y, self._listed)
        self._left, self._listed = None, shown
        self._headings = [index for index, line in enumerate(shown) if line.heads]
        self.set_options(Option(line.content) for line in shown)  # which scrolls to the top
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        if before and before[at] in shown and shown[at : at + 1] != [before[at]]:
            at = shown.index(before[at])
        self.highlighted = min(at, len(shown) - 1)

    def show_instead(self, text: str) -> None:
        """Show a text in the place of lines that no longer hold; the next lines have the cursor where these had it."""
        left = self._left or (self.highlighted or 0, self.scroll_y, self._listed)
        self.show([quiet(text)])
        self._left = left

    def render_line(self, y: int) -> Strip:
        """As the base's; the chosen line has one tone, whatever is faint or coloured in it."""
        strip = super().render_line(y)
        chosen = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style
        tone = Style(color=chosen.color, dim=False)
        return Strip(
            (
                Segment(text, style + tone) if style and style.reverse else Segment(text, style)
                for text, style, _ in strip
            ),
            strip.cell_length,
        )

    def on_resize(self) -> None:
        """Begin where it is most useful, as soon as the size is known."""
        if not self._has_begun:
            self._has_begun = True
            self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """Go to the line to begin at; the first one here."""

    def go_to_part(self, index: int) -> None:
        """Go to the first line of a part that leads somewhere, with its heading at the top."""
        self.highlighted = index
        self.scroll_to_highlight(top=True)
        self.highlighted = self._first_link(index)

    def action_step_part(self, direction: int) -> None:
        """Go to the heading of the next or previous part; wraps around."""
        at = self.highlighted or 0
        here = max((index for index in self._headings if index <= at), default=-1)
        beyond = [index for index in self._headings if (index - here) * direction > 0] or self._headings
        self.go_to_part(beyond[0 if direction > 0 else -1])

    def _first_link(self, heading: int) -> int:
        """The first line of a part that leads somewhere, else its heading."""
        end = next((other for other in self._headings if other > heading), len(self._listed))
        return next((index for index in range(heading, end) if self._leads(index)), heading)

    def _leads(self, index: int) -> bool:
        line = self._listed[index]
        return line.turn is not None or bool(line.action)

    def action_close(self) -> None:
        """Close it."""
        self.post_message(self.Closed())

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Post the turn of the chosen line, or run its action."""
        event.stop()
        line = self._listed[event.option_index]
        if line.turn is not None:
            self.post_message(self.Chosen(line.turn))
        elif line.action:
            await self.run_action(line.action)


class PanelScreen(Dialog[int | str]):
    """A panel over the chat; its result is the index of the turn to go to, or the name of an action of the call.

    Args:
        panel: The panel.
        may_move: Whether the panel goes beside the chat where there is room.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.PANEL_SCREEN, help="app.help", insights="show('insights')", details="show('details')"
    )

    def __init__(self, panel: LinePanel, *, may_move: bool = True) -> None:
        super().__init__()
        self._may_move = may_move
        self._panel = panel

    def compose(self) -> ComposeResult:
        """The list alone."""
        yield self._panel

    def on_resize(self, event: events.Resize) -> None:
        """Make room for the panel in a window that is wide enough for it."""
        if self._may_move and event.size.width >= LEAST_WIDTH_BESIDE:
            self.dismiss(self._panel.opened_by)

    def action_show(self, action: str) -> None:
        """Close the panel by the key that has opened it, or end with the action that opens another."""
        self.dismiss(None if action == self._panel.opened_by else action)

    def on_line_panel_chosen(self, message: LinePanel.Chosen) -> None:
        """End with the turn."""
        self.dismiss(message.turn)

    def on_line_panel_closed(self) -> None:
        """End without a turn."""
        self.dismiss()
