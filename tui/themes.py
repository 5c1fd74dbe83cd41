"""The colours. All themes leave the terminal's own background alone: it costs nothing on the wire."""

from __future__ import annotations

from textual.theme import Theme

VARIABLES = {
    "role-user": "ansi_yellow",
    "role-assistant": "ansi_cyan",
    "role-other": "ansi_magenta",
    "quiet": "ansi_default",
    "quiet-style": "dim",
    "rule": "ansi_bright_black",
    "good": "ansi_green",
    "caution": "ansi_yellow",
    "trouble": "ansi_red",
    "hit": "ansi_yellow",
    "hit-text": "ansi_black",
    "hit-style": "none",
    "current-hit": "ansi_bright_white",
    "current-hit-style": "bold",
}
"""Of the theme in the terminal's own sixteen colours; every theme names the same."""

ANSI_DARK = Theme(
    name="ansi-dark",
    ansi=True,
    dark=True,
    primary="ansi_cyan",
    secondary="ansi_yellow",
    accent="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "border": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "block-cursor-text-style": "none",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": "ansi_default",
        **VARIABLES,
    },
)

COLOURLESS = {
    "hit": "ansi_default",
    "hit-text": "ansi_default",
    "hit-style": "underline",
    "current-hit": "ansi_default",
    "current-hit-style": "reverse bold",
}
"""What takes the place of colour where there is none (NO_COLOR)."""
