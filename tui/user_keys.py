"""The keys that the user chose: the table ``[keys]`` of the settings, checked against the table of actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tui.core.errors import UsageError
from tui.core.text import clip, safe_line
from tui.keys import (
    ACTIONS,
    BY_NAME,
    CHARACTERS,
    EDITING,
    NAMED,
    TOGETHER,
    TYPED,
    Action,
    Keymap,
    Place,
    is_typed,
    key_of,
    key_word,
)

_WRITTEN = 'write the character, as "]" or "G", or a name, as "ctrl+n", "PgDn", "F2", "space"'
_ALIASES = {
    "pgdn": "pagedown", "pgup": "pageup", "esc": "escape", "return": "enter", "del": "delete", "ins": "insert",
    " ": "space", "↑": "up", "↓": "down", "←": "left", "→": "right",
}  # fmt: skip
_SAME = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+left_square_bracket": "Esc"}
"""The keys that a terminal cannot tell from another one."""
_CONTROLS = frozenset({"at", "backslash", "right_square_bracket", "circumflex_accent", "underscore"})
"""The characters besides letters that ctrl goes with."""
_MOST_CELLS = 60


def read_keys(said: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """The keys of the user, by the names of their actions.

    Args:
        said: The table of the settings: a key or a list of keys for each action.

    Raises:
        UsageError: An action or a key does not exist, cannot be used, or a key has two actions in one place.
    """
    chosen = {name: _keys_of(name, value) for name, value in said.items()}
    _refuse_clashes(Keymap(chosen))
    return chosen


def _keys_of(name: str, value: Any) -> tuple[str, ...]:
    """The keys of one action."""
    action = BY_NAME.get(name)
    if action is None:
        raise UsageError(f"there is no action {_quoted(name)} to give keys to", _like(name))
    texts = [value] if isinstance(value, str) else value
    if not (isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts)):
        raise UsageError(f"the keys of {name} are no text, and no list of texts", _WRITTEN)
    keys = tuple(dict.fromkeys(parse_key(text, name) for text in texts))
    for key in keys:
        _refuse_useless(action, key)
    return keys


def _quoted(text: str) -> str:
    return clip(safe_line(text), _MOST_CELLS)


def _like(name: str) -> str:
    from difflib import get_close_matches  # needed only for an error

    like = get_close_matches(name, BY_NAME, n=1)
    return f"did you mean {like[0]}?" if like else "README.md names all actions"


def parse_key(text: str, name: str) -> str:
    """Textual's name of a key.

    Args:
        text: The key as the user wrote it.
        name: The action that it is for, for errors.

    Raises:
        UsageError: There is no such key.
    """
    if len(text) == 1 and text.isprintable():
        return _ALIASES.get(text) or key_of(text)
    *modifiers, base = text.casefold().split("+")
    base = key_of(base) if len(base) == 1 and base.isprintable() else _ALIASES.get(base, base)
    key = "+".join((*sorted(modifiers), base))
    if key in _SAME:
        raise UsageError(f"a terminal sends {_SAME[key]} for {key_word(key)}, a key of {name}", "choose another key")
    if not _exists(modifiers, base):
        raise UsageError(f"there is no key {_quoted(text)} for {name}", _WRITTEN)
    return key


def _exists(modifiers: list[str], base: str) -> bool:
    if not modifiers:
        return base in NAMED or base in CHARACTERS
    if not set(modifiers) <= {"ctrl", "shift"} or len(modifiers) > 2 or base == "space":
        return False
    is_control = modifiers == ["ctrl"] and (base in _CONTROLS or (len(base) == 1 and "a" <= base <= "z"))
    return is_control or base in NAMED


def _refuse_useless(action: Action, key: str) -> None:
    """Refuse a key that a line of text would take before the action."""
    if action.priority or TYPED.intersection(action.places):
        if is_typed(key):
            raise UsageError(f"{key_word(key)} cannot be {action.name}", "where that is wanted, it is typed as text")
        if key in EDITING and not action.priority:
            raise UsageError(f"{key_word(key)} cannot be {action.name}", "where that is wanted, it edits the text")


def _refuse_clashes(keymap: Keymap) -> None:
    for place, places in TOGETHER.items():
        taken: dict[str, str] = {}
        for action in _held(places):
            for key in keymap.keys(action.name):
                other = taken.setdefault(key, action.name)
                if other != action.name:
                    what = f"{key_word(key)} is both {other} and {action.name} {place}"
                    raise UsageError(what, "give each a key of its own")


def _held(places: frozenset[Place]) -> Iterator[Action]:
    """The actions whose keys hold in some places; those of the app that have priority hold everywhere."""
    for action in ACTIONS:
        if places.intersection(action.places) or (action.priority and Place.APP in action.places):
            yield action
