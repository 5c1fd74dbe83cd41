"""A panel of lines about a call, some of which lead to a turn: beside the chat in a wide window, else over it.

Owns the list, its keys, and the screen that holds it over the chat. Which lines there are is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.keys import BY_NAME, Action, Keymap, Place, Scope
from tui.screens.dialog import Dialog
from tui.themes import QUIET
from tui.widgets.bindings import bindings
from tui.widgets.choice_list import ChoiceList
from tui.widgets.hanging_text import HangingText
from tui.widgets.rule import Rule
from tui.widgets.safe_input import leaves_keyboard_to_text
from tui.widgets.status_bar import Keys, StatusBar, StatusFacts
from tui.widgets.too_small import LEAST_WIDTH_BESIDE

HANG_CELLS = 2
_NO_HEAD = Content("")


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


BLANK = hanging(_NO_HEAD)
"""The row above a heading; the cursor passes it by."""


def _spaced(lines: Iterable[PanelLine]) -> Iterator[PanelLine]:
    """The lines, with a blank row above every heading but a first line."""
    for index, line in enumerate(lines):
        if index and line.heads:
            yield BLANK
        yield line


def panel_keys(keymap: Keymap, panel: LinePanel) -> Keys:
    """The keys of a panel for the foot."""
    go = ((keymap.word("accept"), panel.chosen_does),) if panel.chosen_does else ()
    return (*go, (keymap.word("next_part"), "next part"), (keymap.word("dismiss"), "close"))


class LinePanel(ChoiceList):
    """The list, in the panel and on the screen.

    Args:
        lines: Its lines.

    Attributes:
        opened_by: The name of the action that opens the panel; its keys close it.
    """

    opened_by: ClassVar[str]

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
    LinePanel > .option-list--option-hover, LinePanel > .option-list--option-disabled { background: $background; }
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

    def __init__(self, lines: Iterable[PanelLine]) -> None:
        super().__init__(markup=False)
        self._has_begun = False
        self._begins_at: PanelLine | None = None
        self._listed: list[PanelLine] = []
        self._left: tuple[int, float, list[PanelLine]] | None = None
        self.show(lines)

    def show(self, lines: Iterable[PanelLine]) -> None:
        """Replace the lines; the cursor stays at its line if that is still there, else at its index."""
        shown = list(_spaced(lines))
        if shown == self._listed:
            return
        at, top, before = self._position
        self._left, self._listed = None, shown
        self._headings = [index for index, line in enumerate(shown) if line.heads]
        self.set_options(Option(line.content, disabled=line == BLANK) for line in shown)  # which scrolls to the top
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        if before and before[at] in shown and shown[at : at + 1] != [before[at]]:
            at = shown.index(before[at])
        self.highlighted = min(at, len(shown) - 1)

    def show_instead(self, text: str) -> None:
        """Show a text in the place of lines that no longer hold; the next lines have the cursor where these had it."""
        position = self._position
        self.show([quiet(text)])
        self._left = position

    @property
    def _position(self) -> tuple[int, float, list[PanelLine]]:
        """The line of the cursor, the row at the top, and the lines; as they were left if a text is shown instead."""
        return self._left or (self.highlighted or 0, self.scroll_y, self._listed)

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

    def on_mount(self) -> None:
        """Begin where it is most useful; Textual sends no resize to a list laid out as another screen closes."""
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """Begin as soon as the size is known, and before any key; keep the chosen line on the screen from there on."""
        if self._has_begun:
            self.call_after_refresh(self.scroll_to_highlight)
        if self._has_begun or not self.size:
            return
        self._has_begun = True
        if self._begins_at in self._listed:
            self.highlighted = self._listed.index(self._begins_at)
            self.scroll_to_highlight()
        else:
            self.begin()

    def begin_as(self, other: LinePanel) -> None:
        """Begin at the line at which another panel stands, or was to begin."""
        stands = other._has_begun and other.highlighted is not None
        self._begins_at = other._listed[other.highlighted or 0] if stands else other._begins_at

    def begin(self) -> None:
        """Go to the line to begin at; the first one here."""

    def go_below(self, heading: int, line: int) -> None:
        """Go to a line, with a heading above it at the top."""
        self.highlighted = heading
        self.scroll_to_highlight(top=True)
        self.highlighted = line

    @property
    def chosen_does(self) -> str:
        """What Enter does on the chosen line, in a word or two; empty for nothing."""
        if self.highlighted is None:
            return ""
        line = self._listed[self.highlighted]
        return "go to the turn" if line.turn is not None else BY_NAME[line.action].label if line.action else ""

    def focus_on_click(self) -> bool:
        """Whether a click takes the keyboard."""
        return not leaves_keyboard_to_text(self)

    def action_step_part(self, direction: int) -> None:
        """Go to the heading of the next or previous part; wraps around."""
        at = self.highlighted or 0
        here = max((index for index in self._headings if index <= at), default=-1)
        beyond = [index for index in self._headings if (index - here) * direction > 0] or self._headings
        heading = beyond[0 if direction > 0 else -1]
        self.go_below(heading, self._first_link(heading))

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
        if event.option not in self.options:  # other lines are shown since the key
            return
        line = self._listed[event.option_index]
        if line.turn is not None:
            self.post_message(self.Chosen(line.turn))
        elif line.action:
            await self.run_action(line.action)


class PanelScreen(Dialog[int | str]):
    """A panel over the chat; its result is the index of the turn to go to, or the name of an action of the call.

    Args:
        panel: The panel.
        call: The name and the label of the call, safe.
        keymap: The keys.
        may_move: Whether the panel goes beside the chat where there is room.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    PanelScreen > #title { height: 1; padding: 0 1; margin-bottom: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    PanelScreen > LinePanel, PanelScreen > LinePanel:focus { height: 1fr; }
    """
    FIRST_IN_HELP: ClassVar[tuple[Scope, ...]] = (Scope.LINES, Scope.CALL, Scope.TERMINAL)
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.PANEL_SCREEN,
        command_palette="app.command_palette",
        insights="show('insights')",
        details="show('details')",
    )

    def __init__(self, panel: LinePanel, call: tuple[str, str], keymap: Keymap, *, may_move: bool) -> None:
        super().__init__()
        self._panel, self._keymap, self._may_move = panel, keymap, may_move
        self._notice, self._is_trouble, self._said_at = "", False, panel.highlighted
        name, label = call
        title = (panel.opened_by.capitalize(), "bold"), "   ", name, (f"  {label}", QUIET)
        self._title, self._foot = Static(Content.assemble(*title), id="title"), StatusBar()

    def compose(self) -> ComposeResult:
        """What it is of, the list, and its keys."""
        yield from (self._title, self._panel, Rule(), self._foot)

    def on_option_list_option_highlighted(self) -> None:
        """Show the keys of the chosen line; a notice goes with the line at which it came."""
        if self._panel.highlighted != self._said_at:
            self.say("")
        else:
            self._show_foot()

    def say(self, text: str, *, trouble: bool = False) -> None:
        """Show a notice in the foot, and the keys that have room beside it."""
        self._notice, self._is_trouble, self._said_at = text, trouble, self._panel.highlighted
        self._show_foot()

    def _show_foot(self) -> None:
        other = "details" if self._panel.opened_by == "insights" else "insights"
        switch = ((self._keymap.word(other), other),) if self._may_move else ()
        keys = (*panel_keys(self._keymap, self._panel), *switch)
        self._foot.shown = StatusFacts(notice=self._notice, trouble=self._is_trouble, keys=keys)

    def on_resize(self, event: events.Resize) -> None:
        """Make room for the panel in a window that is wide enough for it."""
        if self._may_move and event.size.width >= LEAST_WIDTH_BESIDE:
            self.dismiss(self._panel.opened_by)

    def label_of(self, action: Action) -> str:
        """What an action does now; empty if it can do nothing."""
        match action.name:
            case "accept":
                return self._panel.chosen_does
            case "dismiss":
                return "close"
            case "insights" | "details" if action.name == self._panel.opened_by or not self._may_move:
                return ""
            case "back":  # closes it, as the other
                return ""
        return "" if action.scope is Scope.READ else action.label

    def action_show(self, action: str) -> None:
        """Close the panel by the key that has opened it, or end with the action that opens another."""
        self.dismiss(None if action == self._panel.opened_by else action)

    def on_line_panel_chosen(self, message: LinePanel.Chosen) -> None:
        """End with the turn."""
        self.dismiss(message.turn)

    def on_line_panel_closed(self) -> None:
        """End without a turn."""
        self.dismiss()
