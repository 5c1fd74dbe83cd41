"""What is pasted stays data: escapes within a bracketed paste are spelled so that no parser of keys obeys them.

Textual's parser takes them, within a paste too, for keys, reports and resizes, and loses the text behind them. Owns
the two marks between which a terminal sends what was pasted (xterm's mode 2004), and how much of it is taken.
"""

from __future__ import annotations

import re

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_MOST_CHARACTERS = 2**20
_SEVEN_BIT = re.compile(r"\x1b([PX[\\\]^_])")  # DCS, SOS, CSI, ST, OSC, PM, APC


class Pastes:
    """Follows what comes from a terminal, in pieces that may be cut anywhere."""

    def __init__(self) -> None:
        self._is_pasting = False
        self._typed_last = ""  # may be the beginning of a mark; it was passed on, as Esc must not wait
        self._held = ""  # pasted, and may be the beginning of the mark at the end
        self._room = 0

    def tame(self, text: str) -> str:
        """The next piece, to be given to a parser of keys.

        What is typed comes back as it is. Of what is pasted, control sequences get their 8-bit form (ECMA-48, 5.3),
        which no keyboard sends and ``core.text`` knows as well, and what goes beyond the bound is dropped.
        """
        tamed = ""
        while text:
            take = self._take_pasted if self._is_pasting else self._take_typed
            taken, text = take(text)
            tamed += taken
        return tamed

    def _take_typed(self, text: str) -> tuple[str, str]:
        """What is typed, up to where a paste begins; and the rest."""
        seen = self._typed_last + text
        at = seen.find(_BEGIN)
        if at < 0:
            self._typed_last = seen[1 - len(_BEGIN) :]
            return text, ""
        end = at + len(_BEGIN) - len(self._typed_last)
        self._typed_last, self._is_pasting, self._room = "", True, _MOST_CHARACTERS
        return text[:end], text[end:]

    def _take_pasted(self, text: str) -> tuple[str, str]:
        """What is pasted, up to its end; and the rest."""
        text, self._held = self._held + text, ""
        at = text.find(_END)
        if at < 0:
            self._held = _beginning_of_end(text)
            return self._bounded(text[: len(text) - len(self._held)]), ""
        self._is_pasting = False
        return self._bounded(text[:at]) + _END, text[at + len(_END) :]

    def _bounded(self, text: str) -> str:
        data = _as_data(text)[: self._room]
        self._room -= len(data)
        return data


def _beginning_of_end(text: str) -> str:
    """The last characters of a text, if the mark at the end begins with them."""
    lengths = range(len(_END) - 1, 0, -1)
    return next((_END[:length] for length in lengths if text.endswith(_END[:length])), "")


def _as_data(text: str) -> str:
    eight_bit = _SEVEN_BIT.sub(lambda match: chr(ord(match[1]) + 0x40), text)
    return eight_bit.replace("\x1b", "␛")
