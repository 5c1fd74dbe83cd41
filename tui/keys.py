"""The table of all actions: name, keys, label and help.

The bindings, the foot of each screen, the help screen, the palette and the tests of the README read it.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Scope(Enum):
    """Where an action is available; its value is the heading of a section of the help."""

    READ = "Reading"
    FIND = "Finding"
    CALL = "The call"
    TERMINAL = "Everywhere"


class Action(NamedTuple):
    """Something the user can do.

    Attributes:
        name: Its name in Textual: it runs the screen's or app's method ``action_<name>``.
        keys: Textual's names of its keys; the first one is shown.
        label: A word or two for the foot of a screen.
        help: A description without a full stop.
        scope: Where it is available.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    scope: Scope


ACTIONS = (
    Action("next_turn", ("j", "down"), "next", "next turn; by line inside one taller than the screen", Scope.READ),
    Action("previous_turn", ("k", "up"), "previous", "previous turn, or line", Scope.READ),
    Action("next_same_role", ("right_curly_bracket",), "next of role", "next turn of the same role", Scope.READ),
    Action("previous_same_role", ("left_curly_bracket",), "last of role", "previous turn of the same role", Scope.READ),
    Action("next_moment", ("right_square_bracket",), "trouble", "next moment where something went wrong", Scope.READ),
    Action("previous_moment", ("left_square_bracket",), "last trouble", "previous moment", Scope.READ),
    Action("line_down", ("ctrl+e",), "line down", "one line down", Scope.READ),
    Action("line_up", ("ctrl+y",), "line up", "one line up", Scope.READ),
    Action("page_down", ("space", "pagedown"), "page down", "one page down", Scope.READ),
    Action("page_up", ("b", "pageup"), "page up", "one page up", Scope.READ),
    Action("half_page_down", ("ctrl+d",), "half down", "half a page down", Scope.READ),
    Action("half_page_up", ("ctrl+u",), "half up", "half a page up", Scope.READ),
    Action("first_turn", ("g", "home"), "first", "first turn", Scope.READ),
    Action("last_turn", ("G", "end"), "last", "last turn", Scope.READ),
    Action("unfold", ("enter",), "unfold", "unfold, fold its tool calls; in the outline: go to the turn", Scope.READ),
    Action("unfold_all", ("z",), "unfold all", "unfold, fold the tool calls of all turns", Scope.READ),
    Action("go_to", ("ctrl+g",), "go to", "go to a time, a turn or a share: 1:23, #14, 50%", Scope.READ),
    Action("cycle_time", ("t",), "time", "times as offset, local clock, UTC, gap, or off", Scope.READ),
    Action("toggle_layout", ("L",), "layout", "change between chat, script and outline", Scope.READ),
    Action("find", ("slash",), "find", "find as you type; ctrl+r: regular expression", Scope.FIND),
    Action("next_hit", ("n",), "next hit", "next hit", Scope.FIND),
    Action("previous_hit", ("N",), "previous hit", "previous hit", Scope.FIND),
    Action("toggle_filter", ("ampersand",), "only hits", "show only turns with a hit, or all again", Scope.FIND),
    *(
        Action(f"around_{count}", (f"{count}",), f"{count} around", f"in the filter: {turns} around each", Scope.FIND)
        for count, turns in enumerate(("no turns", "1 turn", "2 turns", "3 turns"))
    ),
    Action("dismiss", ("escape",), "close", "clear the find; give up a fetch; close what is open", Scope.FIND),
    Action("insights", ("i",), "insights", "when who spoke: figures, slow answers, moments", Scope.CALL),
    Action("export", ("e",), "export", "write the transcript to a file", Scope.CALL),
    Action("copy_turn", ("y",), "copy turn", "copy the turn with its link", Scope.CALL),
    Action("copy_transcript", ("Y",), "copy all", "copy the whole transcript", Scope.CALL),
    Action("open_call", ("o",), "open", "open another call", Scope.CALL),
    Action("refresh_call", ("r",), "fetch again", "fetch the call again", Scope.CALL),
    Action("wait_for_transcript", ("w",), "wait for it", "wait for a transcript that is not there yet", Scope.CALL),
    Action("help", ("question_mark", "f1"), "help", "this help", Scope.TERMINAL),
    Action("command_palette", ("colon", "ctrl+p"), "palette", "find an action by its name", Scope.TERMINAL),
    Action("redraw", ("ctrl+l",), "redraw", "draw the whole screen again", Scope.TERMINAL),
    Action("toggle_mouse", ("f2",), "mouse", "mouse on, off; shift and drag selects in any case", Scope.TERMINAL),
    Action("suspend_process", ("ctrl+z",), "stop", "stop, and back to the shell; fg goes on", Scope.TERMINAL),
    Action("back", ("q",), "quit", "back to the screen before, out from the first one", Scope.TERMINAL),
    Action("copy_or_quit", ("ctrl+c",), "quit", "copy a selection, else quit", Scope.TERMINAL),
)  # fmt: skip

BY_NAME = {action.name: action for action in ACTIONS}
FOOT = tuple(map(BY_NAME.__getitem__, ("help", "find", "export", "open_call", "back")))
"""The actions in the foot of the transcript screen, the most important first."""

MOVES = frozenset(
    key for action in ACTIONS if action.scope is Scope.READ or action.name.endswith("_hit") for key in action.keys
) - frozenset(BY_NAME["go_to"].keys)
"""The keys that only move the view: they open nothing, and lead to no other screen."""

_KEY_WORDS = {
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "slash": "/",
    "ampersand": "&",
    "question_mark": "?",
    "colon": ":",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "enter": "Enter",
    "down": "↓",
    "up": "↑",
    "home": "Home",
    "end": "End",
    "f1": "F1",
    "f2": "F2",
}


def key_word(key: str) -> str:
    """A key as people write it: ``slash`` is ``/``, ``pagedown`` is ``PgDn``."""
    return _KEY_WORDS.get(key, key)


def bindings(*names: str, priority: bool = False) -> list[BindingType]:
    """The bindings of some actions.

    Args:
        *names: Names of actions in the registry.
        priority: Whether they have priority over the focused widget's own keys.
    """
    return [
        Binding(
            ",".join(action.keys),
            action.name,
            action.label,
            tooltip=action.help,
            id=action.name,
            priority=priority,
        )
        for action in map(BY_NAME.__getitem__, names)
    ]
