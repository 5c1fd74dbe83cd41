"""A picture of the running app with its demo, as SVG; which pictures there are is for the commands to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from textual.pilot import Pilot

from tui.app import AppOptions, OmniApp, sample_offers
from tui.core.clock import Clock
from tui.core.target import Target
from tui.sources.calls import open_source
from tui.sources.connection import Connection

_NOW_MS = 1_794_500_000_000
_CELL = 12.2  # the width of a character in these pictures
_LEADING_BLANKS = re.compile(r'x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)"([^>]*>)((?:&#160;)+)')

FOREGROUND, BACKGROUND, FAINT_BACKGROUND = "#c5c8c6", "#292929", "#4b4e55"
"""How Rich paints a terminal's own colours in its pictures."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is opened, at which size in cells, and which keys are pressed."""

    name: str
    target: str | None
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


async def take(picture: Picture, colours: Mapping[str, str]) -> str:
    """Run the app, press the keys, and return the picture.

    Args:
        picture: What to take.
        colours: Colours of Rich's pictures, and those that stand in their place.
    """
    async with open_source(Connection("https://api.pyai.com", demo=True)) as source:
        target = None if picture.target is None else Target(call_id=picture.target)
        app = OmniApp(source, AppOptions(target), sample_offers(), Clock(UTC, lambda: _NOW_MS))
        async with app.run_test(size=picture.size) as pilot:
            await _settle(pilot)
            await pilot.press(*picture.keys)
            await _settle(pilot)
            return _recoloured(app.export_screenshot(title="omni-transcripts"), colours)


async def _settle(pilot: Pilot[int]) -> None:
    """Wait until nothing is being fetched or found any more."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def _recoloured(svg: str, colours: Mapping[str, str]) -> str:
    """The picture in other colours, and without a font that would have to be fetched from elsewhere."""
    pattern = "|".join(map(re.escape, colours))
    svg = re.sub(pattern, lambda match: colours[match[0]], svg) if colours else svg
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return _LEADING_BLANKS.sub(_indented, svg)


def _indented(match: re.Match[str]) -> str:
    """The same text further to the right: some viewers drop the blanks with which a text begins."""
    x, y, length, rest, blanks = match.groups()
    shift = _CELL * (len(blanks) // len("&#160;"))
    return f'x="{float(x) + shift:g}" {y} textLength="{float(length) - shift:g}"{rest}'
