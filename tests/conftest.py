"""No test meets the keyring of the machine, or signals that a shell ignores for what it runs in the background.

Speed is measured by the benchmarks alone: an example of a property may take long, as the first one loads modules.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.keyrings import EMPTY
from tests.program import Cli
from tui.demo.server import DemoServer

settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")

os.environ["PYTHON_KEYRING_BACKEND"] = EMPTY

for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:  # the programs under test would find them so
        signal.signal(number, signal.SIG_DFL)


_LONGEST_ID = 60
_GZIP = b"\x1f\x8b"


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a long text by its argument, and packed bytes too: they are others in each process."""
    is_long = isinstance(val, str | bytes) and len(val) > _LONGEST_ID
    return argname if is_long or (isinstance(val, bytes) and val.startswith(_GZIP)) else None


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """The demo's server of the API, for all tests of a module."""
    with DemoServer() as server:
        yield server


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Cli:
    """Runs commands in this process, with a home of its own."""
    return Cli(tmp_path, monkeypatch, capsysbinary)
