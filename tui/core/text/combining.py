"""Limits what attaches to other characters: selectors, combining marks, joiners, long graphemes.

Owns the rules of "safe to show" that depend on neighbouring characters. ``sanitize`` owns the others, runs first,
and imports this module on demand: Unicode properties need ``regex``, which is slow to import.
No step creates work for an earlier one.
"""

from __future__ import annotations

import regex

from tui.core.text.graphemes import FLAG, LONGEST_GRAPHEME

_JOINABLE = r"[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]"

# The bases of Unicode's StandardizedVariants.txt, without its ideographs and hieroglyphs, which are whole scripts.
_MATHEMATICAL = (
    r"0\u2205\u2229\u222a\u2268\u2269\u2272\u2273\u228a\u228b\u2293-\u2295\u2297\u229c\u22da\u22db\u2a3c\u2a3d\u2a9d"
    r"\u2a9e\u2aac\u2aad\u2acb\u2acc\uff10"
)
_SCRIPT_CAPITALS = r"\u210b\u2110\u2112\u211b\u212c\u2130\u2131\u2133\U0001d49c-\U0001d4b5"
_PUNCTUATION = r"\u2018\u2019\u201c\u201d\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f"
_MYANMAR = (
    r"\u1000\u1002\u1004\u1010\u1011\u1015\u1019\u101a\u101c\u101d\u1022\u1031\u1075\u1078\u107a\u1080\uaa60-\uaa66"
    r"\uaa6b\uaa6c\uaa6f\uaa7a"
)
_OTHER_LETTERS = r"\ua856\ua85c\ua85e-\ua860\ua868\U00010ac5\U00010ac6\U00010ad6\U00010ad7\U00010ae1"
_HIEROGLYPHS = r"\U00013000-\U0001342f\U00013460-\U000143fa"
_FIRST, _SECOND = f"{_MATHEMATICAL}{_MYANMAR}{_OTHER_LETTERS}", f"{_SCRIPT_CAPITALS}{_PUNCTUATION}"
_MONGOLIAN_LETTERS = r"\u1820-\u1878\u1880-\u18aa"

_STRAY_SELECTOR = regex.compile(
    rf"[\ufe0e\ufe0f](?<!\p{{Emoji}}.)|\ufe00(?<![{_FIRST}{_SECOND}{_HIEROGLYPHS}\p{{Han}}].)"
    rf"|\ufe01(?<![{_SECOND}{_HIEROGLYPHS}\p{{Han}}].)|\ufe02(?<![{_HIEROGLYPHS}\p{{Han}}].)"
    rf"|[\ufe03-\ufe06](?<![{_HIEROGLYPHS}].)|[\ufe07-\ufe0d]"
    rf"|[\u180b-\u180d\u180f](?<![{_MONGOLIAN_LETTERS}].)|[\U000e0100-\U000e01ef](?<!\p{{Han}}.)"
)
"""A variation selector after a base without variants: invisible, so it could hide data."""

_SURPLUS_MARKS = regex.compile(r"((?:\p{M}\p{Join_Control}*+){8})(?:\p{M}\p{Join_Control}*+)+")
_JOINERS = regex.compile(rf"(?<={_JOINABLE})(\p{{Join_C}})\p{{Join_C}}*+(?={_JOINABLE})|\p{{Join_C}}++")

# A grapheme that is too long has 16 code points in a row that are neither blank nor ASCII, but for the first; or fewer
# that stand before its base (numeral signs of Arabic), which is ASCII, and many behind it.
_LONG_GRAPHEME = regex.compile(r"(?=\S[^\s!-~]{15}|[^\s!-~]{1,15}+[!-~][^\s!-~]{15})\X")
# Short enough that a piece, the space after it, and 8 marks with 8 joiners on it make 32; flags stay whole.
_PIECE = regex.compile(rf"{FLAG}(?:(?!{FLAG}).){{0,6}}|(?:(?!{FLAG}).){{1,15}}")


def bounded(text: str) -> str:
    """Limit everything attached to the characters of a text; no base is lost.

    Selectors stay right after a base that has variants, joiners between letters, marks or emoji, and 8 marks on a base.
    A grapheme (UAX #29) of more than 32 code points is broken up by spaces.
    """
    return _LONG_GRAPHEME.sub(_split_grapheme, _limit_attached(text))


def _limit_attached(text: str) -> str:
    """Remove misplaced selectors and joiners, and surplus marks."""
    text = _STRAY_SELECTOR.sub("", text)
    text = _SURPLUS_MARKS.sub(r"\1", text)
    return _JOINERS.sub(r"\1", text)


def _split_grapheme(match: regex.Match[str]) -> str:
    """The grapheme, or shorter ones with spaces in between."""
    grapheme = match[0]
    if len(grapheme) <= LONGEST_GRAPHEME:
        return grapheme
    return " ".join(_limit_attached(piece) for piece in _PIECE.findall(grapheme))
