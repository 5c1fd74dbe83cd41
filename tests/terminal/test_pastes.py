"""What is pasted presses no key, however it comes; what is typed is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from tui.core.text import safe_line
from tui.terminal import pastes
from tui.terminal.pastes import Pastes

BEGIN, END = "\x1b[200~", "\x1b[201~"
HOSTILE = "a\x1b]52;c;eA==\x07b\x1b[Bc\x1bOPd\x1b\x1be\x1bq\x1b[48;1;1;1;1tf\x1b[If"


def parsed(*pieces: str) -> list[object]:
    """What Textual makes of what comes from a terminal: keys by their names, pastes as their text."""
    parser, taming = XTermParser(), Pastes()
    messages = [message for piece in pieces for message in parser.feed(taming.tame(piece))]
    return [
        message.key if isinstance(message, events.Key) else getattr(message, "text", message) for message in messages
    ]


def test_a_hostile_paste_is_one_text_and_presses_no_key() -> None:
    before, pasted, after = parsed("x", BEGIN + HOSTILE + END, "y")
    assert (before, after) == ("x", "y")
    assert safe_line(str(pasted)) == "a␛b␛c␛OPd␛␛e␛q␛f␛f"


PIECES = st.lists(
    st.sampled_from(["\x1b", "[", "2", "0", "1", "~", "a", BEGIN, END, "\x1b[B", "\x1b]", "\x07"]), max_size=12
)


@given(PIECES)
def test_it_does_not_matter_where_the_pieces_are_cut(pieces: list[str]) -> None:
    whole = "".join(pieces)
    taming = Pastes()
    assert "".join(map(taming.tame, [*whole, "", BEGIN + END])) == Pastes().tame(whole + BEGIN + END)


@given(PIECES)
def test_what_is_typed_is_left_alone(pieces: list[str]) -> None:
    typed = "".join(pieces).replace(BEGIN, "")
    while BEGIN in typed:
        typed = typed.replace(BEGIN, "")
    assert "".join(map(Pastes().tame, typed)) == typed


@given(st.text(alphabet="\x1b[]201~aB\x07", max_size=30))
def test_no_escape_is_left_in_a_paste(text: str) -> None:
    pasted = text.replace(END, "")
    while END in pasted:
        pasted = pasted.replace(END, "")
    tamed = Pastes().tame(BEGIN + pasted + END)
    assert tamed.startswith(BEGIN)
    assert "\x1b" not in tamed[len(BEGIN) : tamed.index(END)]


def test_a_paste_is_bounded_and_the_next_one_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pastes, "_MOST_CHARACTERS", 5)
    taming = Pastes()
    assert "".join(map(taming.tame, (BEGIN + "abc", "def" * 100, "g" + END + "typed as ever"))) == (
        f"{BEGIN}abcde{END}typed as ever"
    )
    assert taming.tame(BEGIN + "1234" + END) == f"{BEGIN}1234{END}"
