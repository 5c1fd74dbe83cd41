"""``python -m screenshots.contact_sheet DIRECTORY``: all screens in all kinds of terminals, on one page to look at."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from screenshots.__main__ import PICTURES
from screenshots.taking import BACKGROUND, FAINT_BACKGROUND, FOREGROUND, Picture, take

_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Contact sheet</title>
<style>body {{font: 14px sans-serif; background: #888}} figure {{display: inline-block; vertical-align: top}}</style>
{body}
"""
_BLACK, _WHITE = "#000000", "#ffffff"
_MORE = (
    Picture("export", "call_demo_booking", (80, 24), ("e", "down")),
    Picture("palette", "call_demo_booking", (80, 24), ("colon",)),
    Picture("go to", "call_demo_booking", (80, 24), ("ctrl+g", *"#99")),
    Picture("only hits", "call_demo_booking", (80, 24), ("slash", *"refund", "enter", "ampersand")),
    Picture("tools", "call_demo_tools", (120, 36), ("j", "j")),
    Picture("unfolded", "call_demo_tools", (120, 36), ("z", "j", "j")),
    Picture("outline", "call_demo_silences", (80, 24), ("L", "j")),
    Picture("missing", "call_demo_failed", (80, 24)),
    Picture("no such call", "call_nope", (80, 24)),
    Picture("long", "call_demo_long", (80, 24), ("j",) * 12),
    Picture("legacy", "call_demo_legacy", (80, 24)),
    Picture("hebrew", "call_demo_hebrew", (120, 36), ("j",)),
    Picture("too small", "call_demo_booking", (20, 4)),
)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A kind of terminal.

    Attributes:
        name: What it is.
        term: Its TERM.
        no_color: The value of NO_COLOR; empty for colours.
        paper: Its background.
        text: Its foreground.
        size: Its size in cells; None for that of the picture.
    """

    name: str
    term: str = "xterm-256color"
    no_color: str = ""
    paper: str = _BLACK
    text: str = _WHITE
    size: tuple[int, int] | None = None


TERMINALS = (
    Terminal("white on black, 256 colours"),
    Terminal("black on white, 256 colours", paper=_WHITE, text=_BLACK),
    Terminal("sixteen colours", term="xterm"),
    Terminal("sixteen colours on white", term="xterm", paper=_WHITE, text=_BLACK),
    Terminal("NO_COLOR", no_color="1"),
    Terminal("200 columns", size=(200, 50)),
)


def sheet(directory: Path) -> Path:
    """Take every picture in every terminal; returns the page that shows them."""
    directory.mkdir(parents=True, exist_ok=True)
    body = []
    for terminal in TERMINALS:
        body.append(f"<h2>{escape(terminal.name)}</h2>")
        for picture in (*PICTURES, *_MORE):
            name = f"{terminal.name} {picture.name}.svg".replace(" ", "_").replace(",", "")
            (directory / name).write_text(_taken(picture, terminal))
            body.append(
                f'<figure><img src="{name}" width="560"><figcaption>{escape(picture.name)}</figcaption></figure>'
            )
    page = directory / "index.html"
    style = "figure{display:inline-block;margin:8px;vertical-align:top}body{font:14px sans-serif;background:#888}"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>Contact sheet</title><style>{style}</style>{''.join(body)}"
    )
    return page


def _taken(picture: Picture, terminal: Terminal) -> str:
    os.environ["TERM"] = terminal.term
    os.environ.pop("NO_COLOR", None)
    if terminal.no_color:
        os.environ["NO_COLOR"] = terminal.no_color
    colours = {BACKGROUND: terminal.paper, FAINT_BACKGROUND: terminal.paper, FOREGROUND: terminal.text}
    return asyncio.run(take(replace(picture, size=terminal.size or picture.size), colours))


if __name__ == "__main__":
    print(sheet(Path(sys.argv[1] if len(sys.argv) > 1 else "contact-sheet")))
