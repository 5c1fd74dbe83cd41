"""The user's clipboard, reached through the terminal: OSC 52, also from within tmux and screen.

Owns which multiplexers stand between the program and the terminal, and what each of them lets through. No terminal
answers whether it took the text, so nothing here says that it did.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping

_PIECE = 240
"""Bytes. screen cuts a control string at 768 (4.9), older ones at 256. In the terminal, the pieces are one again."""

_PIECES = re.compile(rf".[^\\]{{0,{_PIECE - 1}}}", re.DOTALL)
_ST = "\x1b\\"
"""The end of a control string. Its backslash is the only one in what is sent here."""


def copy_sequence(text: str, environ: Mapping[str, str]) -> str:
    """The control sequences that ask the terminal to put a text on the clipboard, whole ones all of them.

    tmux takes a plain sequence where ``set-clipboard`` is on, and passes a wrapped one where ``allow-passthrough``
    is; as neither can be known, it is sent both. screen takes pieces only: it would draw whatever else is long.

    Args:
        text: Safe text.
        environ: The process environment, which tells of tmux and screen.
    """
    plain = f"\x1b]52;c;{b64encode(text.encode('utf-8', 'replace')).decode()}\x07"
    if not _is_in_doubt(environ):
        return "".join(_through(_multiplexers(environ), plain))
    if len(plain) <= _PIECE:
        return plain + _in_pieces(plain)
    return plain if environ["TERM"].startswith("screen-") else _in_pieces(plain)


def _multiplexers(environ: Mapping[str, str]) -> list[str]:
    """What stands between the terminal and the program: the nearest to the program comes last."""
    term = environ.get("TERM", "")
    tmux, screen = environ.get("TMUX"), environ.get("STY")
    if tmux and screen:
        within_screen = term.startswith("screen.") or (
            not term.startswith("tmux") and _screen_pid(screen) > _tmux_pid(tmux)
        )
        return ["tmux", "screen"] if within_screen else ["screen", "tmux"]
    if tmux or (not screen and term.startswith("tmux")):
        return ["tmux"]
    return ["screen"] if screen or term.startswith("screen.") else []


def _is_in_doubt(environ: Mapping[str, str]) -> bool:
    """Whether it may be either: tmux was called ``screen`` for years, and ssh hands on nothing but this name."""
    term = environ.get("TERM", "")
    named = term == "screen" or term.startswith("screen-")
    return named and not environ.get("TMUX") and not environ.get("STY")


def _screen_pid(session: str) -> int:
    """The process of a screen, from its ``STY``: ``1234.pts-0.host``. The one started last is the nearest."""
    return _number(session.split(".", maxsplit=1)[0])


def _tmux_pid(server: str) -> int:
    """The process of a tmux, from its ``TMUX``: ``/tmp/tmux-0/default,1234,0``."""
    return _number(server.split(",")[1]) if "," in server else 0


def _number(digits: str) -> int:
    return int(digits) if digits.isdecimal() and len(digits) < 20 else 0


def _through(multiplexers: list[str], plain: str) -> list[str]:
    """The sequences to send, so that one of them gets through all multiplexers."""
    sent = [plain]
    for multiplexer in multiplexers:
        sent = [plain, *map(_wrapped, sent)] if multiplexer == "tmux" else list(map(_in_pieces, sent))
    return sent


def _wrapped(sequence: str) -> str:
    """What tmux passes on to its terminal."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + _ST


def _in_pieces(sequence: str) -> str:
    """What screen passes on to its terminal: control strings that are short, and hold no end of a control string."""
    return "".join(f"\x1bP{piece}{_ST}" for piece in _PIECES.findall(sequence))
