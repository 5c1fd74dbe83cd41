"""The help screen: all keys of the keymap, the syntax of queries, the signs on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.search import QUERY_HELP
from tui.core.text import cell_len
from tui.keys import ACTIONS, BY_NAME, Action, Keymap, Place, Scope
from tui.screens.dialog import Dialog
from tui.widgets.bindings import bindings
from tui.widgets.rule import Rule
from tui.widgets.status_bar import StatusBar, StatusFacts

_KEY_CELLS = 14
_SIGNS = (
    ("▌ ▐", "the current turn"),
    ("▸ ▾", "a tool call, folded or unfolded"),
    ("·· ··", "a silence, or turns that are left out"),
    ("!", "on the timeline: a moment where something went wrong"),
    ("+", "on the timeline: what Recap or Trace report"),
    ("*", "on the timeline: a mark"),
    ("[ ]", "on the timeline: what is on the screen"),
)
"""The signs on the screen of a call, and what each stands for."""


class HelpScreen(Dialog[None]):
    """The help, over another screen.

    Args:
        keymap: The keys of the actions.
        first: The sections about the screen below, with which the help begins.
        is_typing: Whether characters are text on that screen: then, those sections leave out such keys.
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

    def __init__(self, keymap: Keymap, first: Sequence[Scope] = (), *, is_typing: bool = False) -> None:
        super().__init__()
        self._shown = help_text(keymap, first, is_typing=is_typing)
        self._text = VerticalScroll(id="help", can_focus=False)  # when focused, it would bind keys of its own
        self._status = StatusBar()
        self._status.shown = StatusFacts(
            keys=keymap.keys_while_typing(dismiss="close", page_down="page", next_turn="line")
        )

    def compose(self) -> ComposeResult:
        """The keys by scope."""
        with self._text:
            yield Static(self._shown)
        yield from (Rule(), self._status)

    def action_scroll(self, where: str) -> None:
        """Scroll the help."""
        getattr(self._text, f"scroll_{where}")(animate=False)


def help_text(keymap: Keymap, first: Sequence[Scope] = (), *, is_typing: bool = False) -> Content:
    """The help as styled text, some of its sections first; these without keys that type, where one types.

    The signs on the screen come last.
    """
    parts: list[str | tuple[str, str]] = []
    for scope in dict.fromkeys((*first, *Scope)):
        parts.append((f"{scope.value}\n", "bold underline"))
        words = keymap.words_while_typing if is_typing and scope in first else keymap.words
        for action in _section(scope, [] if Scope.FIND in first or not is_typing else ["dismiss"]):
            if keys := words(action.name):
                parts += _line(keys, action.help)
        if scope is Scope.FIND:
            parts += _query_help()
        parts.append("\n")
    parts.append(("On the screen\n", "bold underline"))
    for sign, meaning in _SIGNS:
        parts += _line(sign, meaning)
    return Content.assemble(*parts).rstrip()


def _section(scope: Scope, everywhere: Sequence[str]) -> Iterator[Action]:
    """The actions of a section, and at the end of the last one some others, by their names."""
    yield from (action for action in ACTIONS if action.scope is scope)
    if scope is Scope.TERMINAL:
        yield from (BY_NAME[name] for name in everywhere)


def _query_help() -> Iterator[str | tuple[str, str]]:
    """The syntax of queries."""
    yield "\n"
    yield ("What to find\n", "bold underline")
    for part, found in QUERY_HELP:
        yield from _line(part, found)


def _line(keys: str, does: str) -> tuple[tuple[str, str], str]:
    """A key, a part of a query or a sign, and its meaning."""
    return (keys, "bold"), f"{'':{max(2, _KEY_CELLS - cell_len(keys))}}{does}\n"
