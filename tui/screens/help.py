"""All keys with what they do, read from the registry."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.text import cell_len
from tui.keys import ACTIONS, Scope, key_word
from tui.screens.dialog import Dialog

_KEY_CELLS = 14


class HelpScreen(Dialog[None]):
    """The help, over the screen that asked for it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "close"),
        Binding("j,down", "scroll('down')", show=False),
        Binding("k,up", "scroll('up')", show=False),
        Binding("space,pagedown", "scroll('page_down')", show=False),
        Binding("b,pageup", "scroll('page_up')", show=False),
        Binding("g,home", "scroll('home')", show=False),
        Binding("G,end", "scroll('end')", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The keys by scope."""
        with VerticalScroll(id="help"):
            yield Static(help_text())

    def action_scroll(self, where: str) -> None:
        """Scroll the help."""
        getattr(self.query_one("#help", VerticalScroll), f"scroll_{where}")(animate=False)


def help_text() -> Content:
    """The help as styled text."""
    parts: list[str | tuple[str, str]] = []
    for scope in Scope:
        parts.append((f"{scope.value}\n", "bold underline"))
        for action in (action for action in ACTIONS if action.scope is scope):
            keys = " ".join(key_word(key) for key in action.keys)
            parts += [(keys, "bold"), f"{'':{max(2, _KEY_CELLS - cell_len(keys))}}{action.help}\n"]
        parts.append("\n")
    return Content.assemble(*parts).rstrip()
