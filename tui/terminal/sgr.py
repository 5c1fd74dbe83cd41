"""Styles of cells, and the shortest change from one to the next (ECMA-48 "Select Graphic Rendition").

Owns styles and their encoding. Knows neither cells nor the cursor.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27",
    "8": "28", "9": "29", "51": "54", "52": "54", "53": "55", "58": "59",
}  # fmt: skip
"""The code that turns an attribute off. Others need a full reset."""

_GLYPH_ATTRIBUTES = frozenset({"1", "2", "3"})
"""Bold, dim and italic: invisible on a blank."""


class Style:
    """A cell's style. Equal styles are one object, so they are compared with ``is``.

    Args:
        attributes: The SGR codes that are on, such as ``"1"`` for bold, by number.
        foreground: The SGR code of the colour, such as ``"38;2;1;2;3"``; empty for the terminal's own.
        background: As for the foreground.
        link: The parameters and the address of an OSC 8 hyperlink, joined by ``;``; empty for none.
    """

    __slots__ = ("attributes", "background", "foreground", "link")

    def __init__(self, attributes: tuple[str, ...], foreground: str, background: str, link: str) -> None:
        self.attributes = attributes
        self.foreground = foreground
        self.background = background
        self.link = link


@cache
def style(attributes: tuple[str, ...], foreground: str, background: str, link: str) -> Style:
    """The one style with these properties."""
    return Style(attributes, foreground, background, link)


PLAIN = style((), "", "", "")


@cache
def blank(of: Style) -> Style:
    """The style for a blank: without attributes that only show on a glyph."""
    if of.link or not _GLYPH_ATTRIBUTES.issuperset(of.attributes):
        return of
    return style((), "", of.background, "")


def linked(of: Style, link: str) -> Style:
    """The style with another hyperlink."""
    return style(of.attributes, of.foreground, of.background, link)


@lru_cache(maxsize=4096)
def after(before: Style, parameters: str) -> Style:
    """The current style after ``CSI parameters m``."""
    attributes, foreground, background = set(before.attributes), before.foreground, before.background
    for code in _codes(parameters):
        kind = _kind(code)
        if kind == "0":
            attributes, foreground, background = set(), "", ""
        elif kind == "39" or kind in _FOREGROUNDS:
            foreground = "" if kind == "39" else code
        elif kind == "49" or kind in _BACKGROUNDS:
            background = "" if kind == "49" else code
        elif kind in _ENDS:
            attributes = {one for one in attributes if _OFF.get(_kind(one)) != kind}
        else:
            attributes.add(code)
    return style(_ordered(attributes), foreground, background, before.link)


@lru_cache(maxsize=1024)
def change(before: Style, to: Style) -> str:
    """The shortest sequence that turns one style into the other."""
    if before is to:
        return ""
    link = f"\x1b]8;{to.link or ';'}\x1b\\" if before.link != to.link else ""
    if linked(before, "") is linked(to, ""):
        return link
    # an empty parameter is 0 too, but some terminals skip it where others follow (Emacs' eterm, dvtm)
    spellings = [";".join(["0", *_all(to)]) if _all(to) else ""]
    if (steps := _steps(before, to)) is not None:
        spellings.append(";".join(steps))
    return f"{link}\x1b[{min(spellings, key=len)}m"


_FOREGROUNDS = frozenset(map(str, (*range(30, 39), *range(90, 98))))
_BACKGROUNDS = frozenset(map(str, (*range(40, 49), *range(100, 108))))
_ENDS = frozenset(_OFF.values())
_CODE = re.compile(r"[345]8;5;\d*|[345]8;2;\d*;\d*;\d*|[^;]+|(?<![^;])(?![^;])")
"""One code: an extended colour with its parameters, a single one, or an empty one."""


def _codes(parameters: str) -> list[str]:
    return [code or "0" for code in _CODE.findall(parameters)] or ["0"]


def _kind(code: str) -> str:
    """The number that a code begins with, without leading zeros: ``4:3`` and ``04`` are kinds of ``4``."""
    return re.split("[;:]", code, maxsplit=1)[0].lstrip("0") or "0"


def _ordered(attributes: set[str]) -> tuple[str, ...]:
    return tuple(sorted(attributes, key=lambda code: (int(_kind(code)), code)))


def _all(of: Style) -> list[str]:
    return [*of.attributes, *filter(None, (of.foreground, of.background))]


def _steps(before: Style, to: Style) -> list[str] | None:
    """The codes that turn one style into the other without a reset; None if only a reset does."""
    over = [code for code in before.attributes if code not in to.attributes]
    ends = {_OFF.get(_kind(code)) for code in over}
    if None in ends:
        return None
    # one code may turn off two attributes: 22 ends both bold and dim
    kept = [code for code in before.attributes if code not in over and _OFF.get(_kind(code)) not in ends]
    steps = sorted(filter(None, ends)) + [code for code in to.attributes if code not in kept]
    if before.foreground != to.foreground:
        steps.append(to.foreground or "39")
    if before.background != to.background:
        steps.append(to.background or "49")
    return steps
