"""What is pasted presses no key, however it comes; what is typed is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui.core.text import safe_line
from tui.terminal import paste_filter
from tui.terminal.keyboard import PASTE_S, Keyboard

BEGIN, END = paste_filter.PASTE_BEGIN, paste_filter.PASTE_END
HOSTILE = "a\x1b]52;c;eA==\x07b\x1b[Bc\x1bOPd\x1b\x1be\x1bq\x1b[48;1;1;1;1tf\x1b[If"
LATER_S = 100.0


def parsed(*pieces: str) -> list[str]:
    """What is made of what comes from a terminal: keys by their names, pastes as their text."""
    keyboard = Keyboard()
    messages = [message for piece in pieces for message in keyboard.feed(piece, 0.0)]
    return [name_of(message) for message in [*messages, *keyboard.tick(LATER_S)]]


def name_of(message: object) -> str:
    if isinstance(message, events.Key):
        return message.key
    return f"pasted {message.text}" if isinstance(message, events.Paste) else type(message).__name__


def test_a_hostile_paste_triggers_no_keys() -> None:
    before, pasted, after = parsed("x", BEGIN + HOSTILE + END, "y")
    assert (before, after) == ("x", "y")
    assert safe_line(pasted) == "pasted a␛b␛c␛OPd␛␛e␛q␛f␛f"


PIECES = st.lists(
    st.sampled_from(["\x1b", "[", "2", "0", "1", "~", "a", BEGIN, END, "\x1b[B", "\x1b]", "\x07"]), max_size=12
)


@given(PIECES)
def test_a_paste_does_not_depend_on_read_boundaries(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert parsed(*whole) == parsed(whole)


@given(st.text(alphabet="\x1b[]201~aB\x07", max_size=30))
def test_pastes_contain_no_escapes(text: str) -> None:
    pasted = text.replace(END, "")
    while END in pasted:
        pasted = pasted.replace(END, "")
    assert parsed(BEGIN + pasted + END, "x")[1:] == ["x"]


def test_pastes_are_bounded_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paste_filter, "_MOST_CHARACTERS", 5)
    assert parsed(BEGIN + "abc", "def" * 100, "g" + END + "t", BEGIN + "1234" + END) == [
        "pasted abcde", "t", "pasted 1234",
    ]  # fmt: skip


def test_an_unterminated_paste_ends_after_a_pause() -> None:
    keyboard = Keyboard()
    assert not list(keyboard.feed(BEGIN + "abc\x1b[2", 0.0))
    assert not list(keyboard.feed("def", PASTE_S - 0.1))
    assert keyboard.wait_s(PASTE_S) == pytest.approx(PASTE_S - 0.1)
    assert not list(keyboard.tick(2 * PASTE_S - 0.2))
    (pasted,) = keyboard.tick(2 * PASTE_S)
    assert name_of(pasted) == "pasted abc\x9b2def"
    assert [name_of(message) for message in keyboard.feed("q" + END + "j", 9.0)] == ["q", "j"]


@pytest.mark.parametrize("ctrl_c", ["\x03", "\x1b[99;5u"])
def test_an_unterminated_paste_does_not_swallow_ctrl_c(ctrl_c: str) -> None:
    assert parsed(BEGIN + "abc", ctrl_c, "x") == ["pasted abc", "ctrl+c", "x"]
    assert parsed(BEGIN + "abc" + ctrl_c + "d" + END)[1:] == []
