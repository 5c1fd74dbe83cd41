"""Keeps pasted text data: escapes within a bracketed paste are rewritten so that the key parser ignores them.

Textual's parser reads them as keys, reports and resizes even within a paste, and loses the text after them. Owns
the two markers around a paste, and its size limit; typed input belongs to ``keyboard``.
"""

from __future__ import annotations

import re

PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"
"""The markers that a terminal puts around pasted text (xterm's mode 2004)."""

_MOST_CHARACTERS = 2**20
_SEVEN_BIT = re.compile(r"\x1b([PX[\\\]^_])")  # DCS, SOS, CSI, ST, OSC, PM, APC


class PasteFilter:
    """Incremental filter of a paste; reads may end anywhere."""

    def __init__(self) -> None:
        self.is_open = False
        self._held = ""  # a possible beginning of the end marker
        self._room = 0

    def begin(self) -> None:
        """Start a paste."""
        self.is_open, self._held, self._room = True, "", _MOST_CHARACTERS

    def take(self, text: str) -> tuple[str, str]:
        """Split off the filtered paste, with its end marker if present, and return it with the remaining input.

        Control sequences get their 8-bit form (ECMA-48, 5.3), which no keyboard sends and ``core.text`` handles as
        well; text beyond the limit is dropped.
        """
        text, self._held = self._held + text, ""
        at = text.find(PASTE_END)
        if at < 0:
            self._held = _beginning_of_end(text)
            return self._bounded(text[: len(text) - len(self._held)]), ""
        self.is_open = False
        return self._bounded(text[:at]) + PASTE_END, text[at + len(PASTE_END) :]

    def end(self) -> str:
        """End a paste without an end marker; returns the rest of it, and the marker."""
        self.is_open = False
        return self._bounded(self._held) + PASTE_END

    def _bounded(self, text: str) -> str:
        data = _as_data(text)[: self._room]
        self._room -= len(data)
        return data


def _beginning_of_end(text: str) -> str:
    """The end of a text that is a prefix of the end marker."""
    lengths = range(len(PASTE_END) - 1, 0, -1)
    return next((PASTE_END[:length] for length in lengths if text.endswith(PASTE_END[:length])), "")


def _as_data(text: str) -> str:
    eight_bit = _SEVEN_BIT.sub(lambda match: chr(ord(match[1]) + 0x40), text)
    return eight_bit.replace("\x1b", "␛")
