from collections.abc import Iterator

import httpx
import pytest

from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

EXTRA = {"a/b ü?": b'{"turns": []}', "call_not_json": b"<html>"}


class Clock:
    """Unix time that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now_s = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(clock: Clock) -> Iterator[DemoServer]:
    with DemoServer(turns=300, extra=EXTRA, clock=clock) as server:
        yield server


@pytest.fixture
def anonymous(server: DemoServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        yield client


@pytest.fixture
def client(anonymous: httpx.Client) -> httpx.Client:
    anonymous.headers["Authorization"] = f"Bearer {DEMO_KEY}"
    return anonymous
