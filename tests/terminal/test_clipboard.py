"""The sequence that reaches the clipboard, also from within a multiplexer."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest

from tui.terminal.clipboard import copy_sequence

TEXTS = ["", "a", "ünï – 日本 👩‍👩‍👧", "x" * 100_000, "lone \ud800 surrogate"]


def decoded(sequence: str) -> str:
    match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert match
    return b64decode(match[1], validate=True).decode()


@pytest.mark.parametrize("text", TEXTS, ids=range(5))
def test_the_bare_sequence_holds_the_text(text: str) -> None:
    assert decoded(copy_sequence(text, {})) == text.encode("utf-8", "replace").decode()


PLAIN = "\x1b]52;c;YQ==\x07"
WRAPPED = "\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\"
IN_PIECES = f"\x1bP{PLAIN}\x1b\\"
WRAPPED_IN_PIECES = "\x1bP\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\x1b\\\x1bP\\\x1b\\"
IN_PIECES_WRAPPED = "\x1bPtmux;\x1b\x1bP\x1b\x1b]52;c;YQ==\x07\x1b\x1b\\\x1b\\"
TMUX, STY = "/tmp/tmux-0/default,1234,0", "1233.pts-0.host"


@pytest.mark.parametrize(
    ("environ", "sequence"),
    [
        ({"TMUX": TMUX, "TERM": "screen-256color"}, PLAIN + WRAPPED),
        ({"TERM": "tmux-256color"}, PLAIN + WRAPPED),
        ({"STY": STY, "TERM": "xterm-256color"}, IN_PIECES),
        ({"TERM": "screen.xterm-256color"}, IN_PIECES),
        ({"TERM": "screen-256color"}, PLAIN + IN_PIECES),
        ({"TERM": "screen"}, PLAIN + IN_PIECES),
        ({"TMUX": TMUX, "STY": STY, "TERM": "screen.tmux-256color"}, IN_PIECES + WRAPPED_IN_PIECES),
        ({"TMUX": TMUX, "STY": "1235.pts-0.host", "TERM": "screen"}, IN_PIECES + WRAPPED_IN_PIECES),
        ({"TMUX": TMUX, "STY": STY, "TERM": "screen"}, PLAIN + IN_PIECES_WRAPPED),
        ({"TMUX": TMUX, "STY": "1235.pts-0.host", "TERM": "tmux-256color"}, PLAIN + IN_PIECES_WRAPPED),
        ({"TMUX": "odd", "STY": "odder", "TERM": "dumb"}, PLAIN + IN_PIECES_WRAPPED),
    ],
)
def test_each_multiplexer_gets_what_it_lets_through(environ: dict[str, str], sequence: str) -> None:
    assert copy_sequence("a", environ) == sequence


@pytest.mark.parametrize("text", TEXTS, ids=range(5))
def test_screen_gets_pieces_that_it_does_not_cut(text: str) -> None:
    sequence = copy_sequence(text, {"TERM": "screen.xterm-256color"})
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert all(len(piece) < 256 for piece in pieces)
    assert decoded("".join(pieces)) == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(("term", "is_plain"), [("screen-256color", True), ("screen", False)])
def test_an_ambiguous_term_gets_long_text_for_the_likely_multiplexer(term: str, is_plain: bool) -> None:
    sequence = copy_sequence("x" * 1000, {"TERM": term})
    assert sequence.startswith("\x1b]52;") is is_plain
    assert (sequence.count("\x1bP") == 0) is is_plain


@pytest.mark.parametrize("environ", [{}, {"TMUX": ""}, {"TERM": "xterm-256color"}, {"TERM": ""}])
def test_without_a_multiplexer_nothing_is_wrapped(environ: dict[str, str]) -> None:
    assert copy_sequence("a", environ) == "\x1b]52;c;YQ==\x07"
