"""Asks the terminal for the colour of its background, and reads its answer (xterm's OSC 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.message import Message

QUESTION = "\x1b]11;?\x1b\\"

_NEVER_ASKED = ("linux", "eterm", "dvtm", "screen", "vt", "dumb")
"""Terminals that do not answer; of some it is not known that they ignore the question. GNU screen is among them."""


@dataclass
class BackgroundReported(Message):
    """The terminal has reported the colour of its background.

    Attributes:
        colour: As it is sent: "rgb:" and red, green and blue, each of one to four hexadecimal digits.
    """

    colour: str


def may_ask(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is known to answer, or to ignore the question.

    Args:
        environ: The process environment.
    """
    is_tmux = bool(environ.get("TMUX"))  # which answers, also where TERM is that of screen
    return is_tmux or not (environ.get("STY") or environ.get("TERM", "dumb").startswith(_NEVER_ASKED))
