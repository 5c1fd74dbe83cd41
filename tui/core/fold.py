"""Folds text for searching, so that variants which readers take for the same are equal.

These are: case; blanks, line feeds and runs of them; curly and straight quotes; hyphens and dashes; accents composed
or not; full-width forms, ligatures and other compatibility characters (UAX #15, NFKC). In nearly all texts
every character keeps its position; for the others the changed positions are recorded, so that hits can be
mapped back to the shown text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple

Span = tuple[int, int]
"""Start and end of a part of a text."""

_BLANKS = "\t\n\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SINGLE_QUOTES = "\xb4\u02b9\u02bb-\u02bd\u2018-\u201b\u2032\u2035\u2039\u203a"
_DOUBLE_QUOTES = "\xab\xbb\u02ba\u201c-\u201f\u2033\u2036\u301d-\u301f"
_DASHES = "\u02d7\u058a\u2010-\u2015\u2043\u2212\ufe31\ufe32\ufe58\ufe63\uff0d"
_LOOK_ALIKE = f"([{_BLANKS}])|([{_SINGLE_QUOTES}])|([{_DOUBLE_QUOTES}])|[{_DASHES}]"
_ANY_LOOK_ALIKE = f"[{_BLANKS}{_SINGLE_QUOTES}{_DOUBLE_QUOTES}{_DASHES}]"
_WORTH_KEEPING = 32
_PLAIN = (None, " ", "'", '"')

# Characters that fold by lower-casing, independent of their neighbours, and never combine.
_EASY = (
    r" -~\xa1-\xa7\xa9\xac\xae\xb0\xb1\xb6\xb7\xbf-\xde\xe0-\u012f\u0134-\u013e\u0141-\u0148\u014a-\u017e"
    r"\u0386\u0388-\u038a\u038c\u038e\u038f\u0391-\u03a1\u03a4-\u03ab\u03ac-\u03af\u03b1-\u03c1\u03c3-\u03ce"
    r"\u0400-\u0481\u048a-\u052f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u3001\u3002\u3041-\u3094\u30a1-\u30fa\u30fc"
    r"\u4e00-\u9fff\uac00-\ud7a3"
)
_ALL_EASY = f"[{_EASY}]*+"
_BLANK = r"\s+"
_BLANK_RUN = "  +"
_NOT_EASY = f"  +|[{_EASY}]?[^{_EASY}]+"
_SELECTORS = "[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    """Compile an expression on its first use: together they take longer than a first picture should wait."""
    return re.compile(expression)


class Change(NamedTuple):
    """A part whose length changes by folding: its span in the folded text, and in the original."""

    folded_start: int
    folded_end: int
    start: int
    end: int

    def moved(self, folded_by: int, by: int) -> Change:
        """The same change, shifted into a longer text."""
        return Change(self.folded_start + folded_by, self.folded_end + folded_by, self.start + by, self.end + by)


Changes = tuple[Change, ...]
Folded = tuple[str, Changes]
"""A folded text, and its changes of length in order; nearly always none."""


def unfolded(changes: Changes, start: int, end: int) -> Span:
    """Map a non-empty span of the folded text to the original."""
    if not changes:
        return start, end
    return _place(changes, start)[0], _place(changes, end - 1)[1]


def _place(changes: Changes, at: int) -> Span:
    """The original span of one folded character."""
    index = bisect_right(changes, at, key=itemgetter(0)) - 1
    if index < 0:
        return at, at + 1
    change = changes[index]
    if at < change.folded_end:
        return change.start, change.end
    return at - change.folded_end + change.end, at - change.folded_end + change.end + 1


def fold(text: str) -> Folded:
    """Fold a safe text."""
    if not text.isascii():
        text = _unify(text)
        if not _pattern(_ALL_EASY).fullmatch(text):
            return _by_pieces(text, _pattern(_NOT_EASY))
    text = text.lower().replace("\n", " ")
    return _by_pieces(text, _pattern(_BLANK_RUN)) if "  " in text else (text, ())


def fold_in_steps(text: str, size: int) -> Iterator[Folded | None]:
    """Fold a long safe text in steps: yields None for each piece, and the whole at the end."""
    parts: list[str] = []
    changes: list[Change] = []
    start = length = 0
    while start < len(text):
        end = _cut(text, start + size)
        folded, changed = fold(text[start:end])
        parts.append(folded)
        changes += (change.moved(length, start) for change in changed)
        start, length = end, length + len(folded)
        yield None
    yield "".join(parts), tuple(changes)


def _cut(text: str, at: int) -> int:
    """The first position from ``at`` on at which a text can be split and folded separately."""
    if (blanks := _pattern(_BLANK).match(text, at)) is not None:
        at = blanks.end()
    while at < len(text) and _is_attached(text[at]):
        at += 1
    return min(at, len(text))


def cased(text: str) -> str:
    """Fold a safe text except for its case."""
    if not text.isascii():
        text = _unify(text)
    text = text.replace("\n", " ")
    if "  " in text:
        text = _pattern(_BLANK_RUN).sub(" ", text)
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFKC", _pattern(_SELECTORS).sub("", text))


def _unify(text: str) -> str:
    """Replace variants of blanks, quotes and dashes by one each."""
    if not _pattern(_ANY_LOOK_ALIKE).search(text):
        return text
    return _pattern(_LOOK_ALIKE).sub(lambda match: _PLAIN[match.lastindex or 0] or "-", text)


def _by_pieces(text: str, pieces: re.Pattern[str]) -> Folded:
    """Fold matching pieces one by one, and lower-case the text in between."""
    parts: list[str] = []
    changes: list[Change] = []
    at = size = 0
    for match in pieces.finditer(text):
        start, end = match.span()
        easy, (folded, changed) = text[at:start].lower(), _piece(text[start:end])
        parts += (easy, folded)
        size += len(easy)
        changes += (change.moved(size, start) for change in changed)
        size += len(folded)
        at = end
    parts.append(text[at:].lower())
    return "".join(parts), tuple(changes)


def _piece(piece: str) -> Folded:
    return _cached_piece(piece) if len(piece) < _WORTH_KEEPING else _fold_piece(piece)


@lru_cache(16_384)
def _cached_piece(piece: str) -> Folded:
    """Fold a short piece, with a cache, as a language has few of them."""
    return _fold_piece(piece)


def _fold_piece(piece: str) -> Folded:
    """Fold blanks, or a piece with complex characters."""
    if piece.isspace():
        return " ", (Change(0, 1, 0, len(piece)),)
    if (simply := _fold_simple(piece)) is not None:
        return simply, ()
    parts: list[str] = []
    changes: list[Change] = []
    size = 0
    for start, end in _units(piece):
        unit = _fold_unit(piece[start:end])
        if len(unit) != end - start or (len(unit) > 1 and unit != piece[start:end].casefold()):
            changes.append(Change(size, size + len(unit), start, end))
        parts.append(unit)
        size += len(unit)
    return "".join(parts), tuple(changes)


def _units(piece: str) -> Iterator[Span]:
    """The spans of the characters of a piece, each with what combines with it."""
    start = 0
    for at in range(1, len(piece)):
        if not _is_attached(piece[at]):
            yield start, at
            start = at
    yield start, len(piece)


def _fold_simple(piece: str) -> str | None:
    """Fold a piece in which every character keeps its position; None if that is not so."""
    from unicodedata import is_normalized

    if not is_normalized("NFKC", piece) or _pattern(_SELECTORS).search(piece):
        return None
    folded = piece.casefold()
    return folded if len(folded) == len(piece) and is_normalized("NFC", folded) else None


@lru_cache(4096)
def _is_attached(character: str) -> bool:
    """Whether it can combine with the previous character: a mark, a vowel or final of Hangul, a kana's sound mark."""
    from unicodedata import category

    return category(character)[0] == "M" or "\u1160" <= character <= "\u11ff" or character in "\uff9e\uff9f"


@lru_cache(4096)
def _fold_unit(unit: str) -> str:
    """Fold a character and what combines with it; never empty."""
    from unicodedata import normalize

    without_case = _unify(normalize("NFKC", _pattern(_SELECTORS).sub("", unit)).replace("İ", "i")).casefold()
    folded = normalize("NFKC", without_case)
    # NFKC turns a spacing accent into a space and a mark, but it is no blank to readers
    return folded if folded and " " not in folded else normalize("NFC", unit.casefold())
