"""The colour themes. All keep the terminal's own background, which costs no bytes.

Where there are 256 colours, each is a fixed one of the colour cube or of the greys behind it, whose contrast on black
and on white alike is at least 4.2, by WCAG 2.1; if the background is known, a brighter or darker shade of it. The
first sixteen are whatever the user's terminal makes of them, so with sixteen colours text stays in the foreground
colour. Only the assistant's bars and trouble have one, of the two that can be seen on black and on white alike in most
palettes. Hits are marked by underline and reverse there, as without any colour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from textual.color import Color
from textual.theme import Theme


class Background(Enum):
    """The terminal's background."""

    DARK = "dark"
    LIGHT = "light"


QUIET = "$quiet $quiet-style"
"""The style, in a text, of what is said beside the facts."""
_FOREGROUND = "ansi_default"
_UNCOLOURED_HITS = {
    "hit": _FOREGROUND,
    "hit-text": _FOREGROUND,
    "hit-style": "underline",
    "timeline-hit-style": "reverse",
    "current-hit": _FOREGROUND,
    "current-hit-text": _FOREGROUND,
    "current-hit-style": "reverse underline",
}
COLOURLESS = _UNCOLOURED_HITS | {"quiet": _FOREGROUND, "quiet-style": "dim", "trouble-style": "bold"}
"""The styles without colours (NO_COLOR)."""

_CUBE_HITS = {
    "timeline-hit-style": "none",
    "hit": "#ffd700",
    "hit-text": "#000000",
    "hit-style": "none",
    "current-hit": _FOREGROUND,
    "current-hit-text": _FOREGROUND,
    "current-hit-style": "reverse bold",
}


def _roles(user: str, assistant: str, other: str) -> dict[str, str]:
    """The colours of role bars and role names."""
    colours = {"user": user, "assistant": assistant, "other": other}
    return {f"{part}-{role}": colour for role, colour in colours.items() for part in ("bar", "role")}


def _cube(*, user: str, assistant: str, other: str, good: str, trouble: str, grey: str) -> dict[str, str]:
    """Colours of the cube, and for quiet text one of 24 greys, as xterm does not dim black."""
    return {
        **_roles(user, assistant, other),
        "accent": assistant,
        "good": good,
        "caution": user,
        "trouble": trouble,
        "quiet": grey,
        "quiet-style": "not dim",  # "none" would be a style in CSS, but not in a text
        **_CUBE_HITS,
    }


_SIXTEEN = {
    **_roles(_FOREGROUND, _FOREGROUND, _FOREGROUND),
    "bar-assistant": "ansi_magenta",
    "accent": _FOREGROUND,
    "good": _FOREGROUND,
    "caution": _FOREGROUND,
    "trouble": "ansi_red",
    "trouble-style": "bold",
    **_UNCOLOURED_HITS,
}
_CUBE = _cube(user="#af5f00", assistant="#008787", other="#875fd7", good="#008700", trouble="#d70087", grey="#767676")
_CUBE_ON_DARK = _cube(
    user="#ffaf5f", assistant="#5fd7d7", other="#af87ff", good="#87d787", trouble="#ff5f5f", grey="#949494"
)
_CUBE_ON_LIGHT = _cube(
    user="#875f00", assistant="#005f87", other="#5f5faf", good="#005f00", trouble="#af0000", grey="#626262"
)
_SHARED = {
    "quiet": _FOREGROUND,
    "quiet-style": "dim",
    "rule": "ansi_bright_black",
    "trouble-style": "none",
}
"""What a theme has unless it says otherwise."""

VARIABLES = _SHARED | _SIXTEEN
"""The default values of the variables in our style sheets."""


def theme(name: str, variables: Mapping[str, str], *, dark: bool = True) -> Theme:
    """A theme on the terminal's own background; selections are reversed, which every terminal shows."""
    return Theme(
        name=name,
        ansi=True,
        dark=dark,
        primary=_FOREGROUND,
        secondary=_FOREGROUND,
        accent=_FOREGROUND,
        warning=_FOREGROUND,
        error=_FOREGROUND,
        success=_FOREGROUND,
        foreground=_FOREGROUND,
        background=_FOREGROUND,
        surface=_FOREGROUND,
        panel=_FOREGROUND,
        boost=_FOREGROUND,
        variables={
            "border": _FOREGROUND,
            "border-blurred": "ansi_bright_black",
            "block-cursor-foreground": _FOREGROUND,
            "block-cursor-background": _FOREGROUND,
            "block-cursor-text-style": "reverse",
            "block-cursor-blurred-foreground": _FOREGROUND,
            "block-cursor-blurred-background": _FOREGROUND,
            "block-cursor-blurred-text-style": "reverse",
            "ansi-background": _FOREGROUND,
            "ansi-foreground": _FOREGROUND,
            "scrollbar": "ansi_bright_black",
            "scrollbar-background": _FOREGROUND,
            **_SHARED,
            **variables,
        },
    )


THEME_FOR_ANY = "cube"
"""The one whose colours suit any background."""
THEMES = {
    "sixteen": theme("sixteen", _SIXTEEN),
    THEME_FOR_ANY: theme(THEME_FOR_ANY, _CUBE),
    "cube-dark": theme("cube-dark", _CUBE_ON_DARK),
    "cube-light": theme("cube-light", _CUBE_ON_LIGHT, dark=False),
}


def theme_for(color_system: str | None, background: Background | None) -> Theme:
    """The theme for a terminal.

    Args:
        color_system: Rich's name for the terminal's colours; None for no colours.
        background: Its background; None if unknown.
    """
    if color_system not in {"256", "truecolor"}:
        return THEMES["sixteen"]
    return THEMES[THEME_FOR_ANY if background is None else f"cube-{background.value}"]


def background_of_colour(colour: str) -> Background | None:
    """The background from its colour, as a terminal tells it; None if that is no colour.

    Args:
        colour: "rgb:" and red, green and blue, each of one to four hexadecimal digits.
    """
    parts = colour.partition(":")[2].split("/")[:3]
    if len(parts) != 3 or not all(re.fullmatch("[0-9A-Fa-f]{1,4}", part) for part in parts):
        return None
    red, green, blue = (int(part, 16) * 255 // (16 ** len(part) - 1) for part in parts)
    return Background.DARK if Color(red, green, blue).brightness < 0.5 else Background.LIGHT


def background_of(environ: Mapping[str, str]) -> Background | None:
    """The background from ``COLORFGBG``, as set by rxvt, Konsole and others: "15;0", or "0;default;15"."""
    colour = environ.get("COLORFGBG", "").rpartition(";")[2]
    if not colour.isdecimal() or int(colour) > 15:
        return None
    return Background.LIGHT if int(colour) in {7, *range(9, 16)} else Background.DARK
