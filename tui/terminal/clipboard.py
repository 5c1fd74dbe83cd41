"""Copies to the user's clipboard through the terminal with OSC 52, also from within tmux and screen.

Owns the detection of multiplexers, and the wrapping that each of them needs. No terminal
confirms that it took the text, so success cannot be reported.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping

_PIECE = 240
"""Bytes. screen 4.9 cuts a control string at 768, older versions at 256. The terminal joins the pieces again."""

_PIECES = re.compile(rf".[^\\]{{0,{_PIECE - 1}}}", re.DOTALL)
_ST = "\x1b\\"
"""String terminator. The sequences sent here contain no other backslash."""


def copy_sequence(text: str, environ: Mapping[str, str]) -> str:
    """The control sequences that ask the terminal to put a text on the clipboard.

    tmux takes a plain sequence where ``set-clipboard`` is on, and passes a wrapped one where ``allow-passthrough``
    is; neither setting can be read, so both are sent. screen takes short pieces only, and draws the rest of a long one.

    Args:
        text: Safe text.
        environ: The process environment, which names tmux and screen.
    """
    plain = f"\x1b]52;c;{b64encode(text.encode('utf-8', 'replace')).decode()}\x07"
    if not _is_ambiguous_term(environ):
        return "".join(_wrap_for(_multiplexers(environ), plain))
    if len(plain) <= _PIECE:
        return plain + _in_pieces(plain)
    return plain if environ["TERM"].startswith("screen-") else _in_pieces(plain)


def _multiplexers(environ: Mapping[str, str]) -> list[str]:
    """The multiplexers between terminal and program, the innermost one last."""
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


def _is_ambiguous_term(environ: Mapping[str, str]) -> bool:
    """Whether ``TERM`` may mean either: old tmux calls itself ``screen``, and ssh forwards nothing else."""
    term = environ.get("TERM", "")
    named = term == "screen" or term.startswith("screen-")
    return named and not environ.get("TMUX") and not environ.get("STY")


def _screen_pid(session: str) -> int:
    """The process id in ``STY`` (``1234.pts-0.host``); the higher one was started later and is the inner one."""
    return _number(session.split(".", maxsplit=1)[0])


def _tmux_pid(server: str) -> int:
    """The process id in ``TMUX`` (``/tmp/tmux-0/default,1234,0``)."""
    return _number(server.split(",")[1]) if "," in server else 0


def _number(digits: str) -> int:
    return int(digits) if digits.isdecimal() and len(digits) < 20 else 0


def _wrap_for(multiplexers: list[str], plain: str) -> list[str]:
    """The sequences to send so that one of them passes through all multiplexers."""
    sent = [plain]
    for multiplexer in multiplexers:
        sent = [plain, *map(_wrapped, sent)] if multiplexer == "tmux" else list(map(_in_pieces, sent))
    return sent


def _wrapped(sequence: str) -> str:
    """Wrap a sequence so that tmux passes it on."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + _ST


def _in_pieces(sequence: str) -> str:
    """Split a sequence into short control strings, which screen passes on."""
    return "".join(f"\x1bP{piece}{_ST}" for piece in _PIECES.findall(sequence))
