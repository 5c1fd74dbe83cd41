"""The keys that a user chose: what is read, and how it is said what cannot be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.widgets import Input

import tui
from tui.core.errors import UsageError
from tui.keys import ACTIONS, EDITING, TOGETHER, Keymap, Place, key_of, key_word
from tui.user_keys import parse_key, read_keys


def refusal(said: dict[str, Any]) -> str:
    with pytest.raises(UsageError) as caught:
        read_keys(said)
    return caught.value.line()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("]", "right_square_bracket"), ("x", "x"), ("X", "X"), (" ", "space"), ("space", "space"), ("ü", "ü"),
        ("ctrl+n", "ctrl+n"), ("Ctrl+N", "ctrl+n"), ("ctrl+]", "ctrl+right_square_bracket"), ("F5", "f5"),
        ("PgDn", "pagedown"), ("pagedown", "pagedown"), ("Esc", "escape"), ("shift+ctrl+home", "ctrl+shift+home"),
        ("slash", "slash"), ("+", "plus"), ("Tab", "tab"), ("↓", "down"),
    ],
)  # fmt: skip
def test_a_key_is_read_however_it_is_written(text: str, key: str) -> None:
    assert parse_key(text, "find") == key


def test_last_is_the_end_and_previous_the_one_before() -> None:
    labels = {action.name: action.label for action in ACTIONS}
    before = {name: label for name, label in labels.items() if name.startswith("previous_")}
    assert {name: label for name, label in before.items() if not label.startswith("previous")} == {}
    assert {name for name, label in labels.items() if "last" in label} == {"last_turn", "choose_last"}
    assert "trouble" not in " ".join(labels.values())


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_the_words_of_the_table_are_keys(action: Any) -> None:
    assert read_keys({action.name: list(map(key_word, action.keys))}) == {action.name: action.keys}


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"next_momnt": "x"}, "there is no action next_momnt to give keys to – did you mean next_moment?"),
        ({"\x1b[2J": "x"}, "there is no action ␛ to give keys to – README.md names all actions"),
        ({"find": 7}, "the keys of find are no text, and no list of texts – write"),
        ({"find": []}, "the keys of find are no text, and no list of texts"),
        ({"find": ["f", 7]}, "the keys of find are no text, and no list of texts"),
        ({"find": {"key": "f"}}, "the keys of find are no text, and no list of texts"),
        ({"find": ""}, "there is no key for find"),
        ({"find": "hyper+f"}, "there is no key hyper+f for find – write the character"),
        ({"find": "alt+f"}, "there is no key alt+f for find"),
        ({"find": "shift+f"}, "there is no key shift+f for find"),
        ({"find": "ctrl+1"}, "there is no key ctrl+1 for find"),
        ({"find": "f25"}, "there is no key f25 for find"),
        ({"find": "\n"}, "there is no key"),
        ({"find": "ctrl+m"}, "a terminal sends Enter for ctrl+m, a key of find – choose another key"),
        ({"find": "ctrl+["}, "a terminal sends Esc for ctrl+["),
        ({"find": "j"}, "j is both next_turn and find in a call – give each a key of its own"),
        ({"find": "q"}, "q is both find and back in a call"),
        ({"find": "ctrl+c"}, "ctrl+c is both find and copy_or_quit in a call"),
        ({"find": "x", "export": "x"}, "x is both find and export in a call"),
        ({"choose_next": "ctrl+p"}, "ctrl+p is both choose_next and command_palette at the prompt"),
        ({"toggle_regex": "up"}, "↑ is both toggle_regex and choose_previous in the search of the library"),
        ({"next_part": "j"}, "j cannot be next_part – where that is wanted, it is typed as text"),
        ({"dismiss": "ctrl+u"}, "ctrl+u cannot be dismiss – where that is wanted, it edits the text"),
        ({"copy_or_quit": "Q"}, "Q cannot be copy_or_quit"),
        ({"find": "\x1b"}, "there is no key"),
        ({"find": "x" * 500}, "there is no key xxxx"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_line(said: dict[str, Any], line: str) -> None:
    told = refusal(said)
    assert told.startswith(line)
    assert told.isprintable()
    assert len(told) < 240


def test_keys_can_be_swapped_and_taken_over() -> None:
    swapped = {"next_hit": "N", "previous_hit": "n"}
    assert read_keys(swapped) == {"next_hit": ("N",), "previous_hit": ("n",)}
    assert read_keys({"next_turn": "q", "back": "j"})
    assert read_keys({"toggle_filter": "ctrl+r"})  # which is another action's in the line of the find


def test_a_keymap_has_the_table_and_what_was_chosen() -> None:
    keymap = Keymap({"next_turn": ("ctrl+n", "pagedown"), "find": ("f",)})
    assert (keymap.word("next_turn"), keymap.words("next_turn"), keymap.words("page_up")) == (
        "ctrl+n", "ctrl+n PgDn", "b PgUp",
    )  # fmt: skip
    assert {"ctrl+n", "k"} <= keymap.moves
    assert not keymap.moves & {"j", "down", "f", "slash", "ctrl+g"}
    assert (keymap.word_while_typing("help"), keymap.word_while_typing("find")) == ("F1", "")


def test_the_names_of_characters_are_those_of_textual() -> None:
    for character in map(chr, [*range(0x20, 0x7F), 0xA7, 0xFC, 0x20AC]):
        assert key_of(character) == _character_to_key(character)


def test_the_keys_that_edit_are_those_of_textual() -> None:
    ours = {"enter", "ctrl+c"}  # the table has actions for them
    assert {binding.key for binding in Binding.make_bindings(Input.BINDINGS)} == EDITING | ours


def test_only_the_table_names_keys() -> None:
    root = Path(tui.__file__).parent
    named = {path.name for path in root.rglob("*.py") if re.search(r"(?<!\w)Binding\(", path.read_text())}
    assert named == {"bindings.py"}


@pytest.mark.parametrize("place", Place)
def test_each_place_has_actions_and_holds_with_others(place: Place) -> None:
    assert any(place in action.places for action in ACTIONS)
    assert any(place in places for places in TOGETHER.values())
