"""The app as a test meets it: opened at a size, pressed keys, read from its screen.

The clock stands still, the zone is UTC, the calls come from the embedded server. Nothing sleeps: what takes a
while is waited for by its effect.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.app import AppOptions, Offers, OmniApp, sample_offers
from tui.core.clock import Clock
from tui.core.secret import SecretStr
from tui.core.target import Target, parse_target
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.sources.archive import Archive
from tui.sources.calls import OmniCallSource
from tui.sources.connection import Connection
from tui.widgets.transcript_view import TranscriptView

NOW_MS = 1_794_500_000_000
PATIENCE_S = 10.0

W = TypeVar("W", bound=Widget)


class Recordless(OmniCallSource):
    """Asks for transcripts alone, so that a server of faults knows what it is asked."""

    async def call(self, target: Target) -> None:
        return None


@dataclass
class Opened:
    """A running app.

    Attributes:
        app: The app.
        pilot: Presses its keys.
        sent: What was asked of the world besides the screen: sequences written, a full repaint, signals.
    """

    app: OmniApp
    pilot: Pilot[int]
    sent: list[str] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """Resize the terminal, and wait until the turns are laid out for it."""
        await self.pilot.resize_terminal(width, height)
        await self.until(lambda: self.view.size.width == width)
        await self.settle()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds; the test fails if it takes too long."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def settle(self) -> None:
        """Wait until no key is under way, and nothing is fetched, found, counted or written any more."""
        await self.until(lambda: self._is_calm() and not any(worker.is_running for worker in self.app.workers))

    def _is_calm(self) -> bool:
        has_left = not self.app.is_running or self.app.return_value is not None
        return has_left or (not len(self.app._typed) and self.app._typed._has_settled())

    def only(self, kind: type[W]) -> W:
        return self.screen.query_one(kind)

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def view(self) -> TranscriptView:
        return self.only(TranscriptView)

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, row by row."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def words(self) -> str:
        """What stands on the screen as one line, as what wraps is read."""
        return " ".join(self.text.split())

    @property
    def head(self) -> str:
        """The first row; empty while a new screen has none yet."""
        return next(iter(self.rows), "")

    @property
    def foot(self) -> str:
        """The last row; empty while a new screen has none yet."""
        return next(reversed(self.rows), "")

    @property
    def body(self) -> list[str]:
        """The rows of the turns."""
        return self.rows[2:-2]


Open = Callable[..., AbstractAsyncContextManager[Opened]]


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoServer]:
    """One server for all that asks for nothing but the samples."""
    with DemoServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each key the pilot looks whether the app is idle; every 4 ms will do, for 20."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.002)


@pytest.fixture(autouse=True)
def _patient_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that wait for marks or hits wait for them on a slow machine as well."""
    for name in ("call_marking._PATIENCE_S", "library._PATIENCE_S"):
        monkeypatch.setattr(f"tui.screens.{name}", 3 * PATIENCE_S)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory in which the app runs, as what it exports is written there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def open_app(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the app: ``async with open_app("call_demo_booking", size=(120, 36)) as opened``."""
    return partial(_open, demo.base_url, monkeypatch)


@asynccontextmanager
async def _open(
    demo_url: str,
    monkeypatch: pytest.MonkeyPatch,
    target: str | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    calls: Mapping[str, bytes] | None = None,
    base_url: str | None = None,
    sleep: Callable[[float], Any] = asyncio.sleep,
    settings: Mapping[str, Any] | None = None,
    has_key: bool = True,
    has_record: bool = True,
    stdin: bytes = b"",
    offers: Offers | None = None,
    archive: Archive | None = None,
    offline: bool = False,
    settled: bool = True,
    **options: Any,
) -> AsyncIterator[Opened]:
    """Open the app.

    Args:
        demo_url: Where the samples are.
        monkeypatch: Catches what is written to the terminal.
        target: What to open, as on the command line.
        size: Of the terminal, in cells.
        calls: Bodies of more calls, by id, from a server of their own.
        base_url: Another server.
        sleep: Makes the client's pauses.
        settings: More settings of the client.
        has_key: Whether the environment has a key.
        has_record: Whether to ask for the call's record as well, and not for its transcript alone.
        stdin: What came on standard input.
        offers: The calls for the prompt; else the samples.
        archive: Keeps calls, and finds them again; else none is kept.
        offline: Whether calls come from the archive alone.
        settled: Whether to wait for the first fetch.
        **options: More of ``AppOptions``.
    """
    with DemoServer(extra=calls) if calls else nullcontext() as server:
        url = base_url or (server.base_url if server else demo_url)
        named = ApiSettings(url, key=SecretStr(DEMO_KEY), **(settings or {}))
        async with OmniClient(named, sleep=sleep) as client:
            connect = (lambda: client) if has_key else partial(Connection(url, environ={}).connect, ExitStack())
            source = (OmniCallSource if has_record else Recordless)(connect, stdin=stdin, offline=offline)
            source.use_archive(archive)
            meant = None if target is None else parse_target(target)
            app = OmniApp(source, AppOptions(meant, **options), offers or sample_offers(), Clock(UTC, lambda: NOW_MS))
            async with app.run_test(size=size) as pilot:
                opened = Opened(app, pilot)
                monkeypatch.setattr(app._driver, "write", opened.sent.append)
                monkeypatch.setattr(app._driver, "redraw", partial(opened.sent.append, "redraw"), raising=False)
                monkeypatch.setattr(app._driver, "toggle_mouse", partial(opened.sent.append, "mouse"), raising=False)
                monkeypatch.setattr(type(app._driver), "can_suspend", True)
                monkeypatch.setattr("os.kill", lambda pid, number: opened.sent.append(f"signal {number:d}"))
                if settled:
                    await opened.settle()
                yield opened
            await source.aclose()


def body(turns: Sequence[object] = (), call_id: str = "c1", **more: object) -> bytes:
    """The body of a transcript of some turns."""
    document = {"object": "omni.call.transcript", "call_id": call_id, "transcript": {"turns": list(turns)}}
    return json.dumps(document | more).encode()


def said(text: str, role: str = "user", start_ms: int | None = None, end_ms: int | None = None) -> dict[str, object]:
    """A turn as the wire has it."""
    times = {"start_ms": start_ms, "end_ms": end_ms}
    return {"role": role, "text": text} | {name: time for name, time in times.items() if time is not None}
