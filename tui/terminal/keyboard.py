"""Turns terminal input into messages: splits it into whole sequences, which Textual's parser reads one at a time.

Given more at once, the parser takes Esc and a letter in one read for Alt and the letter, swallows what
follows a sequence that it does not know, and then types it. This program binds no Alt keys, so Esc is always Esc.
A read may end anywhere: a possible beginning of a sequence is held for a moment. Pure: no clock, no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.message import Message

from tui.terminal.background_colour import BackgroundReported
from tui.terminal.paste_filter import PASTE_BEGIN, PasteFilter

CUT_OFF_S = 1.0
"""How long to wait for the rest of an unambiguous sequence; then it is dropped."""

PASTE_S = 2.0
"""Silence after which a paste without an end marker is ended."""

_CTRL_C = ("\x03", "\x1b[99;5u")
_DOUBTFUL = re.compile(r"\x1b.?|\x1b\][\d;]*")
"""Partial sequences that may also be Esc and keys."""
_BACKGROUND = "11;"
"""What a report of the background's colour begins with."""

_ESCAPE = "\x1b[27u"  # the keyboard protocol's spelling, which begins nothing else
_TOKEN = re.compile(
    r"""
    (?P<typed> [^\x1b]+ )
    | (?P<sequence> \x1b (?:
        \[M [^\x1b]{3}                        # the mouse, as X10 had it
        | \[\[ [A-E]                          # function keys of the Linux console
        | \[ \d{1,2} \$                       # keys of rxvt
        | \[ [\x20-\x3f]* [\x40-\x5a\x5c-\x7e]
        | O [A-DFHMP-Sa-dj-y]                 # cursor, function keys, keypad
    ) )
    | \x1b\] (?P<report> \d{1,3};[^\x07\x1b]* ) (?: \x07 | \x1b\\ )
    | (?P<cut_off> \x1b (?:
        \[ (?: M [^\x1b]{0,2} | \[ | [\x20-\x3f]* )
        | O
        | \] (?: \d{1,3} (?: ; [^\x07\x1b]* \x1b? )? )?
    )? \Z )
    | (?P<escape> \x1b )
    """,
    re.VERBOSE,
)


class Keyboard:
    """Incremental parser of terminal input.

    Args:
        debug: Whether Textual logs the input.
    """

    def __init__(self, *, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)
        self._paste = PasteFilter()
        self._cut_off = ""
        self._last_input_s = 0.0

    @property
    def is_pasting(self) -> bool:
        """Whether a paste is in progress."""
        return self._paste.is_open

    def feed(self, text: str, now_s: float) -> Iterator[Message]:
        """Parse the next read; yields its messages."""
        self._last_input_s = now_s
        if self._paste.is_open and text in _CTRL_C:  # a pasted one would not come in a read of its own
            yield from self._parser.feed(self._paste.end())
        while text:
            if self._paste.is_open:
                pasted, text = self._paste.take(text)
                yield from self._parser.feed(pasted) if pasted else ()
            else:
                text = yield from self._type(text)

    def tick(self, now_s: float) -> Iterator[Message]:
        """End a sequence or paste whose rest did not arrive in time; yields its messages."""
        if self.wait_s(now_s) != 0:
            return
        cut_off, self._cut_off = self._cut_off, ""
        if self._paste.is_open:
            yield from self._parser.feed(self._paste.end())
        elif _DOUBTFUL.fullmatch(cut_off):
            yield from self._parse(_ESCAPE + cut_off[1:])

    def wait_s(self, now_s: float) -> float | None:
        """Seconds to wait for the rest of a partial sequence or paste; None if there is none."""
        if self._paste.is_open:
            limit_s = PASTE_S
        elif self._cut_off:
            limit_s = ESCAPE_DELAY if _DOUBTFUL.fullmatch(self._cut_off) else CUT_OFF_S
        else:
            return None
        return max(0.0, self._last_input_s + limit_s - now_s)

    def _type(self, text: str) -> Generator[Message, None, str]:
        """Parse typed input sequence by sequence; returns the text after the start of a paste."""
        text, self._cut_off = self._cut_off + text, ""
        for match in _TOKEN.finditer(text):
            if match[0] == PASTE_BEGIN:
                yield from self._parser.feed(PASTE_BEGIN)
                self._paste.begin()
                return text[match.end() :]
            if match["report"]:
                yield from _reported(match["report"])
            elif match["cut_off"]:
                self._cut_off = match[0]
            elif match["escape"]:
                yield from self._parse(_ESCAPE)
            elif match["sequence"]:
                yield from self._parse_sequence(match[0])
            else:
                yield from self._parse(match[0])
        return ""

    def _parse_sequence(self, sequence: str) -> Iterator[Message]:
        """Parse a whole sequence; one unknown to the parser must not swallow what follows."""
        messages = list(self._parse(sequence))
        if not messages:
            list(self._parse(_ESCAPE))
        yield from messages

    def _parse(self, text: str) -> Iterator[Message]:
        try:
            yield from self._parser.feed(text)
        except (ValueError, OverflowError):  # a key number outside Unicode
            self._reset_parser()

    def _reset_parser(self) -> None:
        broken, self._parser = self._parser, XTermParser(self._debug)
        self._parser.mouse_pixels = broken.mouse_pixels
        self._parser.terminal_size = broken.terminal_size
        self._parser.terminal_pixel_size = broken.terminal_pixel_size


def _reported(report: str) -> Iterator[Message]:
    """What a terminal reports in a control string (OSC); only the background is asked for, and no other is a key."""
    if report.startswith(_BACKGROUND):
        yield BackgroundReported(report.removeprefix(_BACKGROUND))
