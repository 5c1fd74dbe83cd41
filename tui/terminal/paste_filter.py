"""What is pasted stays data: escapes within a bracketed paste are spelled so that no parser of keys obeys them.

Textual's parser takes them, within a paste too, for keys, reports and resizes, and loses the text behind them. Owns
the two marks around a paste, and how much of it is taken; what is typed is the keyboard's.
"""

from __future__ import annotations

import re

PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"
"""Between these two a terminal sends what was pasted (xterm's mode 2004)."""

_MOST_CHARACTERS = 2**20
_SEVEN_BIT = re.compile(r"\x1b([PX[\\\]^_])")  # DCS, SOS, CSI, ST, OSC, PM, APC


class PasteFilter:
    """Follows a paste, in pieces that may be cut anywhere."""

    def __init__(self) -> None:
        self.is_open = False
        self._held = ""  # may be the beginning of the mark at the end
        self._room = 0

    def begin(self) -> None:
        """Take note that a paste has begun."""
        self.is_open, self._held, self._room = True, "", _MOST_CHARACTERS

    def take(self, text: str) -> tuple[str, str]:
        """What is pasted, with the mark at its end if it is there, to be given to a parser of keys; and the rest.

        Control sequences get their 8-bit form (ECMA-48, 5.3), which no keyboard sends and ``core.text`` knows as
        well, and what goes beyond the bound is dropped.
        """
        text, self._held = self._held + text, ""
        at = text.find(PASTE_END)
        if at < 0:
            self._held = _beginning_of_end(text)
            return self._bounded(text[: len(text) - len(self._held)]), ""
        self.is_open = False
        return self._bounded(text[:at]) + PASTE_END, text[at + len(PASTE_END) :]

    def end(self) -> str:
        """End a paste whose end does not come; returns the last of it, and the mark."""
        self.is_open = False
        return self._bounded(self._held) + PASTE_END

    def _bounded(self, text: str) -> str:
        data = _as_data(text)[: self._room]
        self._room -= len(data)
        return data


def _beginning_of_end(text: str) -> str:
    """The last characters of a text, if the mark at the end begins with them."""
    lengths = range(len(PASTE_END) - 1, 0, -1)
    return next((PASTE_END[:length] for length in lengths if text.endswith(PASTE_END[:length])), "")


def _as_data(text: str) -> str:
    eight_bit = _SEVEN_BIT.sub(lambda match: chr(ord(match[1]) + 0x40), text)
    return eight_bit.replace("\x1b", "␛")
