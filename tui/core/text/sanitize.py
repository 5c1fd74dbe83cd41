r"""The six rules of "safe to show", for text that is not obviously harmless. Use it through ``text``.

Nearly all text is clean, which a few searches decide first; the rest is a short pipeline in which each step
may rely on the ones before it. Decisions that the rules leave open:

- A tab becomes four spaces at any column, so that the result does not depend on the position.
- A control string (OSC, DCS and their kin) is complete only if it ends within its line and 4,096 characters;
  else it is text behind a replaced introducer, so that a forged one cannot hide lines or pages of words.
- Other default-ignorable characters (the grapheme joiner, musical and shorthand controls) are invisible
  as well, and dropped. Private-use and unassigned characters stay: they are visible and control nothing.
- A grapheme of more than 32 code points is broken up by spaces: no word of it is lost.

Lines are independent: ``safe(a + "\n" + b) == safe(a) + "\n" + safe(b)`` unless ``a`` ends in a
carriage return, which belongs to the line feed.
"""

from __future__ import annotations

import re

from tui.core.text.graphemes import FLAG

TAB = "    "
ESCAPE = "␛"
DELETE = "␡"
BIDI = "⇄"
BROKEN = "\ufffd"

# Character classes, without brackets. Those beyond the Basic Multilingual Plane are separate: such a
# range in a class makes a search with it ten times slower.
_CONTROLS = r"\x00-\x09\x0b-\x1f\x7f-\x9f"
_INVALID = r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_BIDI_CONTROLS = r"\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb"
)
_FAR_INVISIBLE = r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # tags, too
_FAR_INVALID = "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 0x11))
_JOINERS = r"\u200c\u200d"
_SELECTORS = r"\u180b-\u180d\u180f\ufe00-\ufe0f"

_FAR_SUSPECT = re.compile(r"[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe-\U0010ffff]")
# Without special characters, more than 8 marks or 32 code points can only be adjacent in a run of
# characters that are no word characters, in a run of Hangul letters (which a syllable may interrupt), or of
# Indic ones (after which 8 marks on an ASCII base may follow). Each pattern begins with a plain class, which
# is what makes ``re`` fast.
_HANGUL = r"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]"
_INDIC = r"[\u0900-\u0dff\u0f00-\u109f\u1700-\u1cff\ua800-\uabff\U00010a00-\U00011fff]"
_SUSPECTS = (
    re.compile(rf"[{_CONTROLS}\u2028\u2029{_INVALID}{_BIDI_CONTROLS}{_INVISIBLE}{_JOINERS}{_SELECTORS}]"),
    _FAR_SUSPECT,
    re.compile(r"[^ -~\n\w][^ -~\n\w]{8}"),
    re.compile(rf"{_HANGUL}{_HANGUL}{{15}}"),
    re.compile(rf"{_INDIC}{_INDIC}{{23}}"),
)


def sanitized(text: str) -> str:
    """Apply all rules to a text."""
    return _apply_rules(text) if _may_need_rules(text) else text


def _may_need_rules(text: str) -> bool:
    """Whether any rule may apply; False is certain, True is not."""
    return any(pattern.search(text) for pattern in _SUSPECTS)


_LINE_END = re.compile(r"[\r\x85\u2028\u2029]")
_INTRODUCER = re.compile(r"[\x90\x98\x9b-\x9f]")
_SEQUENCE = re.compile(
    r"""
    \x1b (?:
        (?P<sgr> \[ [0-9:;]{0,4096}+ m )
        | \[ [0-?]{0,4096}+ [ -/]{0,4096}+ [@-~]                # CSI
        | \] [^\n\x07\x1b]{0,4096}+ (?: \x07 | \x1b\\ )        # OSC, which BEL ends as well
        | [PX^_] [^\n\x1b]{0,4096}+ \x1b\\                       # DCS, SOS, PM, APC
        | [ -/]{0,3} [0-~]   # the others; also the introducer of one of the above that does not end
    )?
    """,
    re.VERBOSE,
)
_LONER = re.compile(rf"[{_CONTROLS}{_INVALID}{_BIDI_CONTROLS}]")
_UNSEEN = re.compile(rf"[{_INVISIBLE}]")
_FAR = re.compile(rf"({FLAG})|[{_FAR_INVISIBLE}]|([{_FAR_INVALID}])")


def _apply_rules(text: str) -> str:
    """Apply one rule after the other; those that depend on neighbours come last, and only if needed."""
    text = _LINE_END.sub("\n", text.replace("\r\n", "\n"))
    text = _INTRODUCER.sub(_in_seven_bits, text)
    text = _SEQUENCE.sub(lambda match: "" if match["sgr"] else ESCAPE, text)
    text = _LONER.sub(_picture, text)
    text = _UNSEEN.sub("", text)
    if _FAR_SUSPECT.search(text):
        text = _FAR.sub(lambda match: match[1] or (BROKEN if match[2] else ""), text)
    if not _may_need_rules(text):
        return text
    from tui.core.text import combining  # slow to import, and rarely needed

    return combining.bounded(text)


def _in_seven_bits(match: re.Match[str]) -> str:
    """The 7-bit form (ESC and a letter) of an 8-bit control (ECMA-48, 5.3)."""
    return "\x1b" + chr(ord(match[0]) - 0x40)


def _picture(match: re.Match[str]) -> str:
    """The visible replacement of a character that must not reach a terminal."""
    code = ord(match[0])
    if code == 0x09:
        return TAB
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return DELETE
    return BIDI if 0x202A <= code <= 0x2069 else BROKEN
