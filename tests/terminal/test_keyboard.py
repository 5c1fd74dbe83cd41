"""Keys are what was pressed, however what a terminal sends is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.message import Message

from tui.keys import ACTIONS, key_word
from tui.terminal.keyboard import CUT_OFF_S, Keyboard

SEQUENCES = {
    "\x1b[A": ["up"], "\x1b[6~": ["pagedown"], "\x1b[1;5H": ["ctrl+home"], "\x1bOP": ["f1"], "\x1b[[A": ["f1"],
    "\x1bOB": ["down"], "\x1b[24~": ["f12"], "\x1b[27u": ["escape"], "\x1b[106;;106u": ["j"], "\x1b[23$": ["f23"],
    "\x1b[<0;3;4M": ["MouseDown"], "\x1b[<0;3;4m": ["MouseUp"], "\x1b[<65;3;4M": ["MouseScrollDown"],
    "\x1b[12;34R": ["CursorPosition"], "\x1b[?2026;2$y": ["TerminalSupportsSynchronizedOutput"], "\x1b[I": ["AppFocus"],
    "\x1b]11;rgb:1e/1e/2e\x07": ["BackgroundReported"], "\x1b]11;rgb:ffff/ffff/ffff\x1b\\": ["BackgroundReported"],
    "\x1b[48;24;80;1;1t": ["Resize"], "\x1b[200~x\x1b[By\x1b[201~": ["Paste"],
}  # fmt: skip
UNKNOWN = [
    "\x1b]10;rgb:0/0/0\x07",
    "\x1b]4;1;rgb:ff/0/0\x1b\\",
    "\x1b]52;c;cXVpdA==\x07",
    "\x1b[99z",
    "\x1b[?62;22c",
    "\x1b[5;5;5;5;5x",
    "\x1b[99999999999999u",
    "\x1b[E",
]
LETTERS = [key_word(key) for action in ACTIONS for key in action.keys if len(key_word(key)) == 1]


def name_of(message: Message) -> str:
    return message.key if isinstance(message, events.Key) else type(message).__name__


def pressed(*pieces: str, pause_s: float = 0.0) -> list[str]:
    """The names of what comes of some pieces, with pauses between them, and some silence at the end."""
    keyboard, now_s, names = Keyboard(), 0.0, list[str]()
    for piece in (*pieces, ""):
        names += map(name_of, keyboard.feed(piece, now_s) if piece else keyboard.tick(now_s + 9.0))
        now_s += pause_s
        names += map(name_of, keyboard.tick(now_s))
    return names


@pytest.mark.parametrize("letter", [*LETTERS, "[", "O", "]", "P", "1", "-", "é"])
def test_esc_and_a_key_in_one_read_are_two_keys(letter: str) -> None:
    (name,) = pressed(letter)
    assert pressed(f"\x1b{letter}") == ["escape", name]
    assert pressed(f"/pro\x1b{letter}") == ["slash", "p", "r", "o", "escape", name]
    assert pressed(f"\x1b{letter}\x1b{letter}") == ["escape", name] * 2
    assert pressed("\x1b", letter) == ["escape", name]


@pytest.mark.parametrize("typed", ["]1", "]11", "]11;", "]j", "]1j", "]\x07", "]1\x07"])
def test_esc_and_keys_that_begin_a_report_of_a_colour_are_keys(typed: str) -> None:
    assert pressed(f"\x1b{typed}") == ["escape", *pressed(typed)]


def test_esc_and_keys_are_held_no_longer_than_esc() -> None:
    for typed in ("\x1b", "\x1b]", "\x1b]1", "\x1b]11;"):
        keyboard = Keyboard()
        assert not list(keyboard.feed(typed, 1.0))
        assert keyboard.wait_s(1.0) == pytest.approx(ESCAPE_DELAY)


@pytest.mark.parametrize("colour", ["#000000", "black", "", "?", "rgb:zz/��/\x00", "A" * 20_000])
def test_a_report_of_any_kind_is_not_typed(colour: str) -> None:
    assert pressed(f"ab\x1b]11;{colour}\x07cd") == ["a", "b", "BackgroundReported", "c", "d"]


def test_esc_twice_is_esc_twice() -> None:
    assert pressed("\x1b\x1b") == pressed("\x1b", "\x1b") == ["escape", "escape"]
    assert pressed("\x1b\x1b[A") == ["escape", "up"]


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_split_sequence_is_reassembled(sequence: str) -> None:
    names = SEQUENCES[sequence]
    assert pressed(f"j{sequence}k") == ["j", *names, "k"]
    assert pressed("j", *sequence, "k", pause_s=ESCAPE_DELAY / 2) == ["j", *names, "k"]
    for at in range(1, len(sequence)):
        assert pressed(sequence[:at], sequence[at:] + "k", pause_s=ESCAPE_DELAY / 2) == [*names, "k"]


def test_every_key_known_to_textual_is_recognised() -> None:
    ours = {sequence for sequence in ANSI_SEQUENCES_KEYS if sequence.startswith(("\x1b[", "\x1bO"))}
    known = {sequence: [name_of(message) for message in XTermParser().feed(sequence)] for sequence in ours}
    assert {sequence: pressed(f"{sequence}j") for sequence in ours} == {
        sequence: [*names, "j"] for sequence, names in known.items()
    }


@pytest.mark.parametrize("sequence", UNKNOWN)
def test_an_unknown_sequence_neither_types_nor_swallows(sequence: str) -> None:
    assert [name for name in pressed(sequence + "j\x1b[A", "k") if name != "kp_begin"] == ["j", "up", "k"]


def test_waiting_for_a_partial_sequence_times_out() -> None:
    keyboard = Keyboard()
    assert keyboard.wait_s(0.0) is None
    assert not list(keyboard.feed("\x1b", 5.0))
    assert keyboard.wait_s(5.0) == pytest.approx(ESCAPE_DELAY)
    assert not list(keyboard.tick(5.0 + ESCAPE_DELAY / 2))
    assert [name_of(message) for message in keyboard.tick(5.1 + ESCAPE_DELAY)] == ["escape"]
    assert not list(keyboard.feed("\x1b[<35;1", 6.0))
    assert keyboard.wait_s(6.0) == pytest.approx(CUT_OFF_S)
    assert not list(keyboard.tick(6.1 + CUT_OFF_S))
    assert [name_of(message) for message in keyboard.feed("j", 8.0)] == ["j"]


@given(st.lists(st.sampled_from([*SEQUENCES, *UNKNOWN, "j", "\x1b", "é", "\r"]), min_size=2, max_size=8), st.data())
def test_the_result_does_not_depend_on_read_boundaries(parts: list[str], data: st.DataObject) -> None:
    whole = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=6)) | {0, len(whole)})
    assert pressed(*(whole[start:end] for start, end in pairwise(cuts) if start < end)) == pressed(whole)
