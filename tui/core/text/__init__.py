"""Untrusted text made safe to show, and how many terminal cells it takes.

Every way to a terminal, the clipboard, a text file, a log or a file name passes ``safe`` or ``safe_line``.
The rules themselves stand in ``cleaning`` and ``marks``, which are loaded when a text needs them: nearly all
is plain ASCII. Escaping for a format (Markdown, CSV, HTML) belongs to its exporter, wrapping to the layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tui.core.text.graphemes import LONGEST_GRAPHEME

ELLIPSIS = "…"


@cache
def _plain() -> re.Pattern[str]:
    """Text of characters that no rule is about."""
    # Latin, Greek, Cyrillic, Hebrew and Arabic letters, punctuation, symbols, Chinese, Japanese and Korean: no
    # rule has anything to do with these, nor does one hang on another.
    return re.compile(
        r"[ -~\n\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05ea\u0620-\u064a\u0660-\u066f"
        r"\u0671-\u06d3\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2bff\u3000-\u3029"
        r"\u3030-\u3096\u309b-\u3163\u3220-\ua48c\uac00-\ud7a3\uff01-\uff9d]*+"
    )


def safe(text: str) -> str:
    """The text with nothing in it that a terminal obeys or that deceives its reader; line feeds stay.

    Total and idempotent; clean text comes back as the same object. The rules rest on ECMA-48 (sequences),
    UAX #9 (bidirectional controls), UAX #29 (graphemes) and UTS #51 (emoji).
    """
    if (text.isascii() and text.isprintable()) or _plain().fullmatch(text):
        return text
    from tui.core.text.sanitize import cleaned

    return cleaned(text)


def safe_line(text: str) -> str:
    """The text as safe to show on one line: each run of blank space is one space, none at the ends."""
    # Once more, as lines that were put together can make a longer grapheme than each of them was allowed.
    return safe(" ".join(safe(text).split()))


def cell_len(text: str) -> int:
    """How many terminal cells a line of safe text takes, by the table with which Textual draws."""
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len as measured

    return measured(text)


def clip(text: str, cells: int) -> str:
    """A line of safe text in at most so many cells; where it was cut, between graphemes, is an ellipsis."""
    if cells <= 0:
        return ""
    if text.isascii():
        return text if len(text) <= cells else text[: cells - 1] + ELLIPSIS
    head = text[: (cells + 1) * LONGEST_GRAPHEME]  # the rest of a long text need not be measured
    if head == text and cell_len(text) <= cells:
        return text
    return "".join(_leading(head, cells - 1)) + ELLIPSIS


def _leading(text: str, cells: int) -> Iterator[str]:
    """The graphemes from the start of the text that fit into so many cells together."""
    for grapheme in graphemes(text):
        cells -= cell_len(grapheme)
        if cells < 0:
            return
        yield grapheme


def graphemes(text: str) -> Iterator[str]:
    """What is drawn as one, piece by piece: the units of ``rich.cells``, a flag's two letters as one."""
    from rich.cells import split_graphemes

    held = ""
    for start, end, _ in split_graphemes(text)[0]:
        piece = text[start:end]
        if _is_regional(held) and _is_regional(piece):
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _is_regional(piece: str) -> bool:
    """Whether it is one of the regional indicators, of which two make the flag of a country."""
    return len(piece) == 1 and "\U0001f1e6" <= piece <= "\U0001f1ff"
