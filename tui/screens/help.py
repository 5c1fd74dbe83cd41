"""The help screen: all keys of the keymap, and the syntax of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.search.query import QUERY_HELP
from tui.core.text import cell_len
from tui.keys import ACTIONS, Keymap, Place, Scope
from tui.screens.dialog import Dialog
from tui.widgets.bindings import bindings

_KEY_CELLS = 14


class HelpScreen(Dialog[None]):
    """The help, over another screen.

    Args:
        keymap: The keys of the actions.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.HELP,
        back="dismiss",
        help="dismiss",
        next_turn="scroll('down')",
        previous_turn="scroll('up')",
        page_down="scroll('page_down')",
        page_up="scroll('page_up')",
        first_turn="scroll('home')",
        last_turn="scroll('end')",
    )

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._text = VerticalScroll(id="help", can_focus=False)  # when focused, it would bind keys of its own

    def compose(self) -> ComposeResult:
        """The keys by scope."""
        with self._text:
            yield Static(help_text(self._keymap))

    def action_scroll(self, where: str) -> None:
        """Scroll the help."""
        getattr(self._text, f"scroll_{where}")(animate=False)


def help_text(keymap: Keymap) -> Content:
    """The help as styled text."""
    parts: list[str | tuple[str, str]] = []
    for scope in Scope:
        parts.append((f"{scope.value}\n", "bold underline"))
        for action in (action for action in ACTIONS if action.scope is scope):
            parts += _line(keymap.words(action.name), action.help)
        if scope is Scope.FIND:
            parts += _query_help()
        parts.append("\n")
    return Content.assemble(*parts).rstrip()


def _query_help() -> Iterator[str | tuple[str, str]]:
    """The syntax of queries."""
    yield "\n"
    yield ("What to find\n", "bold underline")
    for part, found in QUERY_HELP:
        yield from _line(part, found)


def _line(keys: str, does: str) -> tuple[tuple[str, str], str]:
    """A key or a part of a query, and its meaning."""
    return (keys, "bold"), f"{'':{max(2, _KEY_CELLS - cell_len(keys))}}{does}\n"
