"""``python -m screenshots``: make the README's pictures from the running app, with its demo."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from screenshots.taking import BACKGROUND, FAINT_BACKGROUND, FOREGROUND, Picture, take

_HERE = Path(__file__).parent

_COLOURS = {
    BACKGROUND: "#0f1218",
    FOREGROUND: "#d6d9de",
    FAINT_BACKGROUND: "#0f1218",
    "#d0b344": "#e5b84b",
    "#68a0b3": "#5ec4b6",
    "#98729f": "#a08cd6",
    "#cc555a": "#e56c6c",
    "#98a84b": "#7ac078",
}
"""The colours of Rich's pictures of a terminal, and those that we show instead: one of many palettes in use."""

PICTURES = (
    Picture("prompt", None, (100, 26), ("down",)),
    Picture("chat", "call_demo_trouble", (120, 36), ("]",) * 6),
    Picture("insights", "call_demo_trouble", (160, 40), ("i", "enter")),
    Picture("details", "call_demo_trouble", (160, 40), ("d", "tab", "tab", "tab", "enter")),
    Picture("outline", "call_demo_trouble", (100, 26), ("L", "L")),
    Picture("calls", None, (120, 26), ("ctrl+o", "down", "down")),
    Picture("script", "call_demo_silences", (80, 24)),
    Picture("find", "call_demo_booking", (120, 36), ("slash", *"refund", "enter", "n")),
    Picture("help", "call_demo_booking", (100, 44), ("question_mark",)),
)


def main() -> None:
    """Make all pictures, with the colours of a terminal that has 256."""
    os.environ["TERM"] = "xterm-256color"
    for picture in PICTURES:
        svg = asyncio.run(take(picture, _COLOURS))
        (_HERE / f"{picture.name}.svg").write_text(svg)
        print(f"screenshots/{picture.name}.svg")


if __name__ == "__main__":
    main()
