"""What hangs on another character, kept within bounds: selectors, combining marks, joiners, long graphemes.

Owns the part of "safe to show" that asks for a character's neighbours. ``cleaning`` owns the rest, goes first,
and loads this only for a text that needs it: Unicode's properties come with ``regex``, which loads slowly.
No step gives an earlier one something to do.
"""

from __future__ import annotations

import regex

from tui.core.graphemes import FLAG, LONGEST_GRAPHEME

_JOINABLE = r"[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]"

_STRAY_SELECTOR = regex.compile(r"(?<![^\s\p{M}\p{Default_Ignorable_Code_Point}])\p{Variation_Selector}")
_SURPLUS_MARKS = regex.compile(r"((?:\p{M}\p{Join_Control}*+){8})(?:\p{M}\p{Join_Control}*+)+")
_JOINERS = regex.compile(rf"(?<={_JOINABLE})(\p{{Join_C}})\p{{Join_C}}*+(?={_JOINABLE})|\p{{Join_C}}++")

# One that is too long holds 16 code points in a row, its first apart, that are neither blank nor ASCII.
_LONG_GRAPHEME = regex.compile(r"(?=\S[^\s!-~]{15})\X")
# So short that a piece, the space behind it, and 8 marks with 8 joiners on that make 32; flags stay whole.
_PIECE = regex.compile(rf"{FLAG}(?:(?!{FLAG}).){{0,6}}|(?:(?!{FLAG}).){{1,15}}")


def bounded(text: str) -> str:
    """The text with what hangs on its characters within bounds; no base is lost.

    Selectors stay right after a base, joiners between letters, marks or emoji, and 8 marks on a base.
    A grapheme (UAX #29) of more than 32 code points is broken up by spaces.
    """
    return _LONG_GRAPHEME.sub(_broken_up, _attached(text))


def _attached(text: str) -> str:
    """The text without selectors and joiners that stand astray, and without surplus marks."""
    text = _STRAY_SELECTOR.sub("", text)
    text = _SURPLUS_MARKS.sub(r"\1", text)
    return _JOINERS.sub(r"\1", text)


def _broken_up(match: regex.Match[str]) -> str:
    """A grapheme as it is, or as shorter ones with spaces between."""
    grapheme = match[0]
    if len(grapheme) <= LONGEST_GRAPHEME:
        return grapheme
    return " ".join(_attached(piece) for piece in _PIECE.findall(grapheme))
