"""Makes untrusted text safe to show, and measures it in terminal cells.

All text for a terminal, the clipboard, a text file, a log or a file name passes ``safe`` or ``safe_line``.
The rules are in ``sanitize`` and ``combining``, which are imported when a text needs them: nearly all
text is plain ASCII. Escaping for a format (Markdown, CSV, HTML) belongs to its exporter, wrapping to the layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tui.core.text.graphemes import LONGEST_GRAPHEME as LONGEST_GRAPHEME

ELLIPSIS = "…"


@cache
def _plain() -> re.Pattern[str]:
    """Matches text that no rule applies to."""
    # Latin, Greek, Cyrillic, Hebrew and Arabic letters, punctuation, symbols, Chinese, Japanese and Korean: no
    # rule applies to these, and none of them combines with another.
    return re.compile(
        r"[ -~\n\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05ea\u0620-\u064a\u0660-\u066f"
        r"\u0671-\u06d3\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2bff\u3000-\u3029"
        r"\u3030-\u3096\u309b-\u3163\u3220-\ua48c\uac00-\ud7a3\uff01-\uff9d]*+"
    )


def safe(text: str) -> str:
    """Remove or replace everything that controls a terminal or deceives a reader; line feeds stay.

    Total and idempotent; clean text comes back as the same object. The rules rest on ECMA-48 (sequences),
    UAX #9 (bidirectional controls), UAX #29 (graphemes) and UTS #51 (emoji).
    """
    if (text.isascii() and text.isprintable()) or _plain().fullmatch(text):
        return text
    from tui.core.text.sanitize import sanitized

    return sanitized(text)


def safe_line(text: str) -> str:
    """Make text safe to show on one line: runs of white space become one space, none at the ends."""
    # again, as joined lines can form a grapheme longer than the limit
    return safe(" ".join(safe(text).split()))


def cell_len(text: str) -> int:
    """The width of a line of safe text in terminal cells, by Textual's table."""
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len as measured

    return measured(text)


def clip(text: str, cells: int) -> str:
    """Shorten a line of safe text to ``cells``, between graphemes and with an ellipsis."""
    if cells <= 0:
        return ""
    if text.isascii():
        return text if len(text) <= cells else text[: cells - 1] + ELLIPSIS
    head = text[: (cells + 1) * LONGEST_GRAPHEME]  # enough text to measure
    if head == text and cell_len(text) <= cells:
        return text
    return "".join(_leading(head, cells - 1)) + ELLIPSIS


def _leading(text: str, cells: int) -> Iterator[str]:
    """The leading graphemes that fit into ``cells``."""
    for grapheme in graphemes(text):
        cells -= cell_len(grapheme)
        if cells < 0:
            return
        yield grapheme


def graphemes(text: str) -> Iterator[str]:
    """The graphemes of a text: the units of ``rich.cells``, with the two letters of a flag as one."""
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
    """Whether it is a regional indicator; two of them form a flag."""
    return len(piece) == 1 and "\U0001f1e6" <= piece <= "\U0001f1ff"
