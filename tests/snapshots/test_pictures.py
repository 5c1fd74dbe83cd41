"""A few pictures of whole screens; the clock, the zone and the cursor stand still.

``pytest tests/snapshots --snapshot-update`` makes them anew; look at each before you keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC
from functools import partial

import pytest
from textual.pilot import Pilot

from tests.app.conftest import NOW_MS, Opened
from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.app import AppOptions, OmniApp, sample_offers
from tui.core.clock import Clock
from tui.core.secret import SecretStr
from tui.core.target import parse_target
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.sources.calls import OmniCallSource
from tui.sources.demo_library import demo_archive

SMALL, LARGE = (80, 24), (120, 36)


@dataclass(frozen=True)
class Picture:
    """What is opened at which size, and which keys are pressed."""

    target: str | None
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


PICTURES = {
    "prompt": Picture(None, SMALL, ("down", "down")),
    "chat": Picture("call_demo_booking", LARGE, ("j", "j", "j")),
    "script": Picture("call_demo_silences", SMALL, ("j",)),
    "moments": Picture("call_demo_silences", LARGE, ("]", "]", "]")),
    "trouble": Picture("call_demo_trouble", LARGE, ("]", "]")),
    "insights": Picture("call_demo_trouble", SMALL, ("i", "j", "j")),
    "insights-beside": Picture("call_demo_trouble", (160, 40), ("i", "G", "enter")),
    "details": Picture("call_demo_trouble", SMALL, ("d", "tab")),
    "details-recap": Picture("call_demo_trouble", LARGE, ("d", "tab", "tab", "tab", "j")),
    "details-trace": Picture("call_demo_trouble", (160, 40), ("d", *["tab"] * 4, *["j"] * 7)),
    "details-failed": Picture("call_demo_failed", SMALL, ("d",)),
    "timeline": Picture("call_demo_silences", (200, 50), ("]", "]", "]")),
    "find": Picture("call_demo_booking", LARGE, ("slash", *"refund", "enter", "n")),
    "help": Picture("call_demo_booking", SMALL, ("question_mark",)),
    "export": Picture("call_demo_booking", SMALL, ("e", "down")),
    "calls": Picture(None, SMALL, ("ctrl+o", "down", "down")),
    "calls-wide": Picture(None, LARGE, ("ctrl+o", "down", "down")),
    "library": Picture(None, SMALL, ("ctrl+f", *"lisbon", "down")),
    "library-wide": Picture(None, LARGE, ("ctrl+f", *"refund", "down", "down")),
    "missing": Picture("call_demo_failed", SMALL),
    "outline": Picture("call_demo_silences", SMALL, ("L", "j", "j")),
    "outline-wide": Picture("call_demo_silences", LARGE, ("L", "L", "j", "j")),
    "folded": Picture("call_demo_tools", LARGE, ("j", "j", "j")),
    "unfolded": Picture("call_demo_tools", LARGE, ("j", "j", "j", "enter", "j", "enter")),
    "folded-script": Picture("call_demo_tools", SMALL, ("j", "j", "j")),
    "unfolded-script": Picture("call_demo_tools", SMALL, ("j", "j", "j", "enter", "j", "enter")),
    "tall": Picture("call_demo_long", SMALL, ("j", *["j"] * 12)),
    "japanese": Picture("call_demo_japanese", LARGE, ("j",)),
    "hebrew": Picture("call_demo_hebrew", LARGE, ("j",)),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A server whose clock stands still and whose requests all have the same id."""
    monkeypatch.setattr("tui.demo.contract.Contract._next_id", lambda contract: "req_demo")
    with DemoServer(clock=lambda: NOW_MS / 1000) as server:
        yield server


@pytest.mark.parametrize("name", PICTURES)
def test_a_screen_looks_as_it_did(
    snap_compare: Callable[..., bool], server: DemoServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")  # the colours of one terminal, whichever runs this
    monkeypatch.delenv("NO_COLOR", raising=False)
    picture = PICTURES[name]
    settings = ApiSettings(server.base_url, SecretStr(DEMO_KEY))
    source = OmniCallSource(partial(OmniClient, settings))
    resources = ExitStack()
    source.make_searchable = partial(demo_archive, resources)
    target = None if picture.target is None else parse_target(picture.target)
    app = OmniApp(source, AppOptions(target), sample_offers(), Clock(UTC, lambda: NOW_MS))

    async def run_before(pilot: Pilot[int]) -> None:
        opened = Opened(app, pilot)
        await opened.settle()
        for key in picture.keys:
            await opened.press(key)  # what a key asks the server for is there before the next one
        await source.aclose()

    with resources:
        assert snap_compare(app, terminal_size=picture.size, run_before=run_before)
