"""What every test of the client starts from: a key, no proxies, and pauses that take no time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.core.secret import SecretStr

KEY = "pyai_test_0123456789abcdef"


class Pauses(list[float]):
    """The pauses that a client would have made, in seconds."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def client_of(pauses: Pauses) -> Callable[..., OmniClient]:
    """Makes a client of a base URL, with settings by keyword."""

    def make(base_url: str, **settings: Any) -> OmniClient:
        settings.setdefault("key", SecretStr(KEY))
        return OmniClient(ApiSettings(base_url, **settings), sleep=pauses)

    return make


ClientOf = Callable[..., OmniClient]


def document(turns: Any = (), call_id: str = "c1") -> bytes:
    """A wrapped transcript document."""
    wrapped = {"object": "omni.call.transcript", "call_id": call_id, "transcript": {"turns": list(turns)}}
    return json.dumps(wrapped).encode()
