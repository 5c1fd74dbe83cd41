"""The user's clipboard, reached through the terminal: OSC 52, also from within tmux and screen.

No terminal answers whether it took the text, so nobody here claims that it did.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

_SCREEN_CHUNK = 76
"""screen cuts a device control string at 768 bytes; short pieces pass, in the terminal they are one again."""


def copy_sequence(text: str, environ: Mapping[str, str]) -> str:
    """The control sequence that asks the terminal to put a text on the clipboard.

    Args:
        text: Safe text.
        environ: The process environment, which tells whether tmux or screen stands in between.
    """
    sequence = f"\x1b]52;c;{b64encode(text.encode('utf-8', 'replace')).decode()}\x07"
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        pieces = (sequence[at : at + _SCREEN_CHUNK] for at in range(0, len(sequence), _SCREEN_CHUNK))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return sequence
