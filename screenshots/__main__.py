"""``python -m screenshots``: make the README's pictures from the running app, with its demo."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from textual.pilot import Pilot

from tui.app import AppOptions, OmniApp, sample_offers
from tui.core.clock import Clock
from tui.core.target import Target
from tui.sources.calls import open_source
from tui.sources.connection import Connection

_HERE = Path(__file__).parent
_NOW_MS = 1_794_500_000_000

_COLOURS = {
    "#292929": "#0f1218",
    "#c5c8c6": "#d6d9de",
    "#4b4e55": "#0f1218",
    "#d0b344": "#e5b84b",
    "#68a0b3": "#5ec4b6",
    "#98729f": "#a08cd6",
    "#cc555a": "#e56c6c",
    "#98a84b": "#7ac078",
}
"""The colours of Rich's pictures of a terminal, and those that we show instead: one of many palettes in use."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is opened, at which size, which keys are pressed."""

    name: str
    target: str | None
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


PICTURES = (
    Picture("prompt", None, (100, 26), ("down",)),
    Picture("chat", "call_demo_booking", (120, 36), ("j", "j", "j")),
    Picture("script", "call_demo_silences", (80, 24)),
    Picture("find", "call_demo_booking", (120, 36), ("slash", *"refund", "enter", "n")),
    Picture("help", "call_demo_booking", (100, 44), ("question_mark",)),
)


async def take(picture: Picture) -> None:
    """Run the app, press the keys, write the picture as SVG."""
    async with open_source(Connection("https://api.pyai.com", demo=True)) as source:
        target = None if picture.target is None else Target(call_id=picture.target)
        app = OmniApp(source, AppOptions(target), sample_offers(), Clock(UTC, lambda: _NOW_MS))
        async with app.run_test(size=picture.size) as pilot:
            await _settle(pilot)
            await pilot.press(*picture.keys)
            await _settle(pilot)
            svg = _export(app)
    (_HERE / f"{picture.name}.svg").write_text(svg)


async def _settle(pilot: Pilot[int]) -> None:
    """Wait until nothing is being fetched or found any more."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def _export(app: OmniApp) -> str:
    """The screen as SVG, in our colours, and without a font that would have to be fetched from elsewhere."""
    svg = app.export_screenshot(title="omni-transcripts")
    for theirs, ours in _COLOURS.items():
        svg = svg.replace(theirs, ours)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return _LEADING_BLANKS.sub(_indented, svg)


_CELL = 12.2  # the width of a character in these pictures
_LEADING_BLANKS = re.compile(r'x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)"([^>]*>)((?:&#160;)+)')


def _indented(match: re.Match[str]) -> str:
    """The same text further to the right: some viewers drop the blanks with which a text begins."""
    x, y, length, rest, blanks = match.groups()
    shift = _CELL * (len(blanks) // len("&#160;"))
    return f'x="{float(x) + shift:g}" {y} textLength="{float(length) - shift:g}"{rest}'


def main() -> None:
    """Make all pictures."""
    for picture in PICTURES:
        asyncio.run(take(picture))
        print(f"screenshots/{picture.name}.svg")


main()
