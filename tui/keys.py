"""The table of all actions: name, keys, label, help, and where each holds.

The bindings of every screen and widget, the foots, the help, the palette and the tests of the README come from it.
``widgets.bindings`` turns it into Textual's bindings; ``user_keys`` reads the keys that a user chose instead.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, Protocol, runtime_checkable


class Scope(Enum):
    """A group of actions; its value is the heading of a section of the help."""

    READ = "Reading"
    FIND = "Finding"
    CALL = "The call"
    LINES = "Lists and lines of text"
    TERMINAL = "Everywhere"


class Place(Enum):
    """A screen or widget that binds keys."""

    APP = "app"
    CALL = "transcript screen"
    TURNS = "turns of a call"
    LIST = "list"
    PROMPT = "prompt"
    CALLS = "list of calls"
    LIBRARY = "search of the library"
    INPUT = "line of text"
    BAR = "line of the find or the go-to"
    DIALOG = "dialog"
    HELP = "help"
    PALETTE = "palette"
    EXPORT = "export dialog"
    SWITCH = "option of the export dialog"
    PANEL = "panel of a call"
    PANEL_SCREEN = "panel over a call"
    DETAILS = "details of a call"


TYPED = frozenset({Place.PROMPT, Place.CALLS, Place.LIBRARY, Place.INPUT, Place.BAR, Place.PALETTE, Place.EXPORT})
"""The places where a character is text, and the keys in ``EDITING`` edit it."""
TOGETHER: Mapping[str, frozenset[Place]] = {
    "in a call": frozenset({Place.APP, Place.CALL, Place.TURNS}),
    "at the prompt": frozenset({Place.APP, Place.PROMPT, Place.INPUT}),
    "in the list of calls": frozenset({Place.APP, Place.CALLS, Place.INPUT}),
    "in the search of the library": frozenset({Place.APP, Place.LIBRARY, Place.INPUT}),
    "in the line of find and go-to": frozenset({Place.BAR, Place.INPUT}),
    "in the help": frozenset({Place.DIALOG, Place.HELP}),
    "in the palette": frozenset({Place.DIALOG, Place.PALETTE, Place.INPUT}),
    "in the export dialog": frozenset({Place.DIALOG, Place.EXPORT, Place.INPUT, Place.SWITCH}),
    "in a panel": frozenset({Place.DIALOG, Place.PANEL, Place.PANEL_SCREEN, Place.DETAILS, Place.LIST}),
}
"""The places whose keys hold at the same time: there, a key has one action."""
EDITING = frozenset({
    "left", "right", "home", "end", "backspace", "delete", "shift+left", "shift+right", "shift+home", "shift+end",
    "ctrl+left", "ctrl+right", "ctrl+shift+left", "ctrl+shift+right", "ctrl+backspace", "ctrl+a", "ctrl+d", "ctrl+e",
    "ctrl+k", "ctrl+u", "ctrl+v", "ctrl+w", "ctrl+x", "ctrl+shift+a", "super+backspace", "alt+backspace", "super+c",
})  # fmt: skip
"""The keys of Textual's input that edit its text."""


class Action(NamedTuple):
    """Something the user can do.

    Attributes:
        name: Its name, also in the settings; by default it runs the method ``action_<name>`` of its place.
        keys: Textual's names of its keys; the first one is shown.
        label: A word or two for the foot of a screen.
        help: A description without a full stop.
        scope: Its group in the help.
        places: Where its keys hold.
        priority: Whether it takes its keys before the focused widget does.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    scope: Scope
    places: tuple[Place, ...]
    priority: bool = False


_TURNS, _CALL, _APP = (Place.TURNS,), (Place.CALL,), (Place.APP,)
_EVERYWHERE = (Place.APP, Place.DIALOG)
_MOVE = (Place.TURNS, Place.LIST, Place.HELP)
_STEP = (Place.PROMPT, Place.CALLS, Place.LIBRARY, Place.BAR, Place.PALETTE, Place.EXPORT)
_LONG = (Place.CALLS, Place.LIBRARY, Place.PALETTE)
_PARTS = (Place.EXPORT, Place.PANEL)
_CLOSE = (
    Place.CALL,
    Place.PROMPT,
    Place.CALLS,
    Place.LIBRARY,
    Place.BAR,
    Place.HELP,
    Place.PALETTE,
    Place.EXPORT,
    Place.PANEL,
)
_DETAILS = (Place.DETAILS,)
_ENTER = (Place.INPUT, Place.EXPORT, Place.LIST)

ACTIONS = (
    Action("next_turn", ("j", "down"), "next", "next turn; line in one taller than the screen",
           Scope.READ, _MOVE),
    Action("previous_turn", ("k", "up"), "previous", "previous turn, or line", Scope.READ, _MOVE),
    Action("next_same_role", ("right_curly_bracket",), "next of role", "next turn of the same role",
           Scope.READ, _TURNS),
    Action("previous_same_role", ("left_curly_bracket",), "previous of role", "previous turn of the same role",
           Scope.READ, _TURNS),
    Action("next_moment", ("right_square_bracket",), "next moment", "next moment where something went wrong",
           Scope.READ, _CALL),
    Action("previous_moment", ("left_square_bracket",), "previous moment", "previous moment", Scope.READ, _CALL),
    Action("toggle_mark", ("m",), "mark", "mark the turn, or remove its mark", Scope.READ, _CALL),
    Action("next_mark", ("apostrophe",), "next mark", "next mark, with the time between", Scope.READ, _CALL),
    Action("line_down", ("ctrl+e",), "line down", "one line down", Scope.READ, _TURNS),
    Action("line_up", ("ctrl+y",), "line up", "one line up", Scope.READ, _TURNS),
    Action("page_down", ("space", "pagedown"), "page down", "one page down", Scope.READ, _MOVE),
    Action("page_up", ("b", "pageup"), "page up", "one page up", Scope.READ, _MOVE),
    Action("half_page_down", ("ctrl+d",), "half down", "half a page down", Scope.READ, _TURNS),
    Action("half_page_up", ("ctrl+u",), "half up", "half a page up", Scope.READ, _TURNS),
    Action("first_turn", ("g", "home"), "first", "first turn", Scope.READ, _MOVE),
    Action("last_turn", ("G", "end"), "last", "last turn", Scope.READ, _MOVE),
    Action("unfold", ("enter",), "unfold", "unfold, fold; in the outline: go to the turn",
           Scope.READ, _CALL),
    Action("unfold_all", ("z",), "unfold all", "unfold, fold the tool calls of all turns", Scope.READ, _CALL),
    Action("go_to", ("ctrl+g",), "go to", "go to a time, turn or share: 1:23, #14, 50%", Scope.READ, _CALL),
    Action("cycle_time", ("t",), "time", "times as offset, local clock, UTC, gap, or off", Scope.READ, _CALL),
    Action("toggle_layout", ("L",), "layout", "change between chat, script and outline", Scope.READ, _CALL),
    Action("find", ("slash",), "find", "find as you type", Scope.FIND, _CALL),
    Action("toggle_regex", ("ctrl+r",), "regular expression", "while you type: regular expression, or plain words",
           Scope.FIND, (Place.BAR, Place.LIBRARY)),
    Action("library", ("ctrl+f",), "search all", "search all calls that are kept on this machine", Scope.FIND, _APP),
    Action("next_hit", ("n",), "next hit", "next hit", Scope.FIND, _CALL),
    Action("previous_hit", ("N",), "previous hit", "previous hit", Scope.FIND, _CALL),
    Action("toggle_filter", ("ampersand",), "only hits", "show only turns with a hit, or all again",
           Scope.FIND, _CALL),
    *(
        Action(f"around_{count}", (f"{count}",), f"{count} around", f"in the filter: {turns} around each",
               Scope.FIND, _CALL)
        for count, turns in enumerate(("no turns", "1 turn", "2 turns", "3 turns"))
    ),
    Action("dismiss", ("escape",), "close", "clear the find, give up a fetch, close a panel",
           Scope.FIND, _CLOSE),
    Action("insights", ("i",), "insights", "when who spoke: figures, slow answers, moments",
           Scope.CALL, (Place.CALL, Place.PANEL_SCREEN)),
    Action("details", ("d",), "details", "record, summary, recording, Recap and Trace",
           Scope.CALL, (Place.CALL, Place.PANEL_SCREEN)),
    Action("recording_link", ("u",), "link", "in the details: a fresh link to the recording, copied",
           Scope.CALL, _DETAILS),
    Action("play_recording", ("p",), "play", "in the details: play the recording, or stop it", Scope.CALL, _DETAILS),
    Action("export", ("e",), "export", "write the transcript to a file", Scope.CALL, _CALL),
    Action("copy_turn", ("y",), "copy turn", "copy the turn with its link", Scope.CALL, _CALL),
    Action("copy_command", ("c",), "copy command", "copy a command that opens the turn", Scope.CALL, _CALL),
    Action("copy_transcript", ("Y",), "copy all", "copy the whole transcript", Scope.CALL, _CALL),
    Action("open_call", ("o",), "open", "open another call", Scope.CALL, _CALL),
    Action("calls", ("O", "ctrl+o"), "calls", "the calls of the account; ctrl+o as you type", Scope.CALL, _APP),
    Action("next_call", ("right_parenthesis",), "next call", "next call of the list", Scope.CALL, _CALL),
    Action("previous_call", ("left_parenthesis",), "previous call", "previous call of the list", Scope.CALL, _CALL),
    Action("refresh_call", ("r",), "fetch again", "fetch the call again", Scope.CALL, _CALL),
    Action("wait_for_transcript", ("w",), "wait for it", "wait for a transcript that is not there yet",
           Scope.CALL, _CALL),
    Action("accept", ("enter",), "open", "open, go there, write, run: what is typed or chosen", Scope.LINES, _ENTER),
    Action("one_label", ("tab",), "one label", "in the list of calls: those of this label, or all again",
           Scope.LINES, (Place.CALLS,), priority=True),
    Action("list_again", ("ctrl+r",), "again", "in the list of calls: fetch it again", Scope.LINES, (Place.CALLS,),
           priority=True),
    Action("choose_next", ("down",), "next", "while you type: next call, hit, format or action",
           Scope.LINES, _STEP, priority=True),
    Action("choose_previous", ("up",), "previous", "the one before", Scope.LINES, _STEP, priority=True),
    Action("choose_page_down", ("pagedown",), "page down", "while you type: one page down",
           Scope.LINES, _LONG, priority=True),
    Action("choose_page_up", ("pageup",), "page up", "while you type: one page up",
           Scope.LINES, _LONG, priority=True),
    Action("choose_first", ("ctrl+home",), "first", "while you type: the first one",
           Scope.LINES, _LONG, priority=True),
    Action("choose_last", ("ctrl+end",), "last", "while you type: the last one",
           Scope.LINES, _LONG, priority=True),
    Action("next_part", ("tab",), "next part", "next option of the export, next part of a panel",
           Scope.LINES, _PARTS, priority=True),
    Action("previous_part", ("shift+tab",), "previous part", "the one before", Scope.LINES, _PARTS, priority=True),
    Action("toggle_option", ("space",), "on, off", "turn an option of the export on, off",
           Scope.LINES, (Place.SWITCH,)),
    Action("help", ("question_mark", "f1"), "help", "this help",
           Scope.TERMINAL, (Place.APP, Place.DIALOG, Place.HELP)),
    Action("command_palette", ("colon", "ctrl+p"), "palette", "find an action by its name",
           Scope.TERMINAL, (Place.APP, Place.PANEL_SCREEN)),
    Action("redraw", ("ctrl+l",), "redraw", "draw the whole screen again", Scope.TERMINAL, _EVERYWHERE),
    Action("toggle_mouse", ("f2",), "mouse", "mouse on, off; shift and drag always selects",
           Scope.TERMINAL, _EVERYWHERE),
    Action("suspend_process", ("ctrl+z",), "stop", "stop, and back to the shell; fg goes on",
           Scope.TERMINAL, _EVERYWHERE),
    Action("back", ("q",), "quit", "the screen before; from the first one, out",
           Scope.TERMINAL, (Place.APP, Place.HELP, Place.PANEL)),
    Action("copy_or_quit", ("ctrl+c",), "quit", "copy a selection, else quit", Scope.TERMINAL, _APP, priority=True),
)  # fmt: skip

BY_NAME = {action.name: action for action in ACTIONS}
FOOT = tuple(map(BY_NAME.__getitem__, ("help", "find", "export", "open_call", "back")))
"""The actions in the foot of the transcript screen, the most important first."""

_MOVES = tuple(action.name for action in ACTIONS if action.scope is Scope.READ and Place.TURNS in action.places)
"""The actions that only move the view, which takes them itself: they open nothing, and lead to no notice."""

_WORDS = {
    "pagedown": "PgDn", "pageup": "PgUp", "escape": "Esc", "down": "↓", "up": "↑", "left": "←", "right": "→",
    **{name: name.title() for name in ("enter", "home", "end", "tab", "insert", "delete", "backspace")},
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}  # fmt: skip
NAMED = frozenset({*_WORDS, "space"})
"""The keys that have a name and type no character, and the space bar."""
_TEXTUAL_NAMES = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip


def key_of(character: str) -> str:
    """Textual's name of the key that types a character: ``/`` is ``slash``."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _TEXTUAL_NAMES.get(name, name)


CHARACTERS = {key_of(character): character for character in map(chr, range(0x21, 0x7F)) if not character.isalnum()}
"""The characters that have a name as keys, by that name."""


def key_word(key: str) -> str:
    """A key as people write it: ``slash`` is ``/``, ``pagedown`` is ``PgDn``."""
    *modifiers, base = key.split("+")
    return "+".join((*modifiers, _WORDS.get(base) or CHARACTERS.get(base) or base))


def is_typed(key: str) -> bool:
    """Whether a key types a character into a line of text."""
    return "+" not in key and (key not in NAMED or key == "space")


@runtime_checkable
class Labelling(Protocol):
    """A screen that knows what each action does on it, or that it does nothing now."""

    def label_of(self, action: Action) -> str:
        """What an action does now, in a word or two; empty if it can do nothing."""


class Keymap:
    """The keys of all actions.

    Args:
        chosen: The keys that the user chose, by the names of their actions; the others have those of the table.
    """

    def __init__(self, chosen: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.chosen = chosen or {}
        self.moves = frozenset(key for name in _MOVES for key in self.keys(name))

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of an action."""
        return self.chosen.get(name) or BY_NAME[name].keys

    def word(self, name: str) -> str:
        """The first key of an action, as people write it."""
        return key_word(self.keys(name)[0])

    def words(self, name: str) -> str:
        """All keys of an action, as people write them."""
        return " ".join(map(key_word, self.keys(name)))

    def word_while_typing(self, name: str) -> str:
        """The first key of an action that types no character; empty if each does."""
        return next((key_word(key) for key in self.keys(name) if not is_typed(key)), "")

    def keys_while_typing(self, **labels: str) -> tuple[tuple[str, str], ...]:
        """Pairs of key and label for a foot below a line of text, without actions whose keys all type a character.

        Args:
            **labels: The label of each action, by its name.
        """
        return tuple((word, label) for name, label in labels.items() if (word := self.word_while_typing(name)))

    def words_while_typing(self, name: str) -> str:
        """All keys of an action that type no character; empty if each does."""
        return " ".join(key_word(key) for key in self.keys(name) if not is_typed(key))

    def for_textual(self) -> Mapping[str, str]:
        """What the user chose, as Textual's keymap."""
        return {name: ",".join(keys) for name, keys in self.chosen.items()}
