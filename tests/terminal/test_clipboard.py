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


def test_tmux_passes_it_on_with_its_escapes_doubled() -> None:
    sequence = copy_sequence("a", {"TMUX": "/tmp/x", "TERM": "screen-256color"})
    assert sequence.startswith("\x1bPtmux;\x1b\x1b]52;")
    assert sequence.endswith("\x07\x1b\\")
    assert decoded(sequence.removeprefix("\x1bPtmux;").removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == "a"


@pytest.mark.parametrize("text", TEXTS, ids=range(5))
def test_screen_gets_pieces_that_it_does_not_cut(text: str) -> None:
    sequence = copy_sequence(text, {"TERM": "screen.xterm-256color"})
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert all(len(piece) < 768 for piece in pieces)
    assert decoded("".join(pieces)) == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("environ", [{}, {"TMUX": ""}, {"TERM": "xterm-256color"}, {"TERM": ""}])
def test_without_a_multiplexer_nothing_is_wrapped(environ: dict[str, str]) -> None:
    assert copy_sequence("a", environ) == "\x1b]52;c;YQ==\x07"
