"""The palette: finds an action by its name, among those that are available on the screen below.

Its result is the chosen action, which the app runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.fuzzy import Matcher
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.core.text import cell_len
from tui.keys import ACTIONS, BY_NAME, Action, Keymap, Labelling, Place, Scope
from tui.screens.dialog import Dialog
from tui.widgets.bindings import bindings
from tui.widgets.choice_list import ChoiceList
from tui.widgets.safe_input import SafeInput

_MOST_CHARACTERS = 200
_LABEL_CELLS, _KEY_CELLS, _GAP_CELLS = 18, 12, 2
_RANKS = {Scope.LINES: 0, Scope.CALL: 1}


class Offered(NamedTuple):
    """An available action.

    Attributes:
        action: The action.
        node: The node that runs it.
        runs: What it runs there.
        label: What it does there, in a word or two.
    """

    action: Action
    node: DOMNode
    runs: str
    label: str


def possible_actions(screen: Screen[Any]) -> list[Offered]:
    """The actions available on a screen, those for a list and those for the call first."""
    bound = {
        active.binding.id: Offered(action, active.node, active.binding.action, label)
        for active in screen.active_bindings.values()
        if active.enabled and (action := BY_NAME.get(active.binding.id or "")) is not None
        if (label := _label(screen, action))
    }
    by_scope = sorted(ACTIONS, key=lambda action: _RANKS.get(action.scope, len(_RANKS)))
    return [bound[action.name] for action in by_scope if action.name in bound]


def _label(screen: Screen[Any], action: Action) -> str:
    """What an action does on a screen; empty if it can do nothing there, or only opens the palette."""
    if action.name == "command_palette" or not isinstance(screen, Labelling):
        return ""
    return screen.label_of(action)


class Palette(Dialog[Offered]):
    """Finds an action; its result is the chosen one.

    Args:
        offered: The available actions.
        keymap: Their keys.
        is_typing: Whether characters are text on the screen below: then, those keys are not named.
    """

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.PALETTE,
        choose_next="step('cursor_down')",
        choose_previous="step('cursor_up')",
        choose_page_down="step('page_down')",
        choose_page_up="step('page_up')",
        choose_first="step('first')",
        choose_last="step('last')",
    )

    def __init__(self, offered: Sequence[Offered], keymap: Keymap, *, is_typing: bool = False) -> None:
        super().__init__()
        self._words = keymap.words_while_typing if is_typing else keymap.words
        self._offered = offered
        self._label_cells = max((_LABEL_CELLS, *(cell_len(one.label) + _GAP_CELLS for one in offered)))
        self._found: list[Offered] = []
        self._list = ChoiceList(id="found", markup=False)

    def compose(self) -> ComposeResult:
        """The input, and the list of matches below."""
        with Vertical(id="palette"):
            yield SafeInput(most=_MOST_CHARACTERS, placeholder="find an action")
            yield self._list

    def on_mount(self) -> None:
        """Begin with all actions; the list leaves the keyboard to the input."""
        self._list.can_focus = False
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the matches, before the next key is handled."""
        self._show(event.value.strip())

    def _show(self, query: str) -> None:
        lines = list(self._matches(query))
        self._found = [offered for offered, _ in lines]
        self._list.clear_options().add_options([Option(line) for _, line in lines])
        self._list.highlighted = 0 if lines else None

    def _matches(self, query: str) -> Iterator[tuple[Offered, Content]]:
        """The matches, the best first, with their lines."""
        if not query:
            yield from ((offered, self._line(offered.action, Content(offered.label))) for offered in self._offered)
            return
        matcher = Matcher(query, match_style=Style(bold=True, underline=True))
        scores = {offered: _score(matcher, offered) for offered in self._offered}
        for offered in sorted(self._offered, key=scores.__getitem__, reverse=True):
            if scores[offered] > 0:
                yield offered, self._line(offered.action, matcher.highlight(offered.label))

    def _line(self, action: Action, label: Content) -> Content:
        """The line of an action: its label, keys and description."""
        keys = self._words(action.name)
        texts = ((self._label_cells, label.plain), (_KEY_CELLS, keys))
        gaps = [" " * max(_GAP_CELLS, cells - cell_len(text)) for cells, text in texts]
        return Content.assemble(label, gaps[0], (keys, "bold"), gaps[1], action.help)

    def action_step(self, where: str) -> None:
        """Move the cursor."""
        getattr(self._list, f"action_{where}")()

    def on_input_submitted(self) -> None:
        """End with the action that is highlighted."""
        at = self._list.highlighted
        if at is not None:
            self.dismiss(self._found[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """End with the action that was clicked."""
        event.stop()
        self.dismiss(self._found[event.option_index])

    def on_click(self, event: events.Click) -> None:
        """Close the palette by a click beside it."""
        if event.widget is self:
            self.dismiss(None)


def _score(matcher: Matcher, offered: Offered) -> float:
    return max(matcher.match(offered.label), matcher.match(offered.action.help) / 2)
