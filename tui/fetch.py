"""One way from what the user named to a transcript: the API, a file or standard input.

The screens and the commands without a screen both come through here; it knows no widget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.api.wire import parse_transcript
from tui.core.errors import OmniError, RefusedError
from tui.core.progress import OnProgress
from tui.core.target import Target
from tui.core.transcript import Call, Transcript
from tui.store.files import read_bounded

_STDIN_NAME = "standard input"


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches calls.

    Attributes:
        client: The client, for the life of the program.
        has_key: Whether the client has a key to show.
        stdin: What came on standard input, where a target names it.
        max_bytes: The largest file to read.
    """

    client: OmniClient
    has_key: bool = True
    stdin: bytes = b""
    max_bytes: int = 64 * 2**20

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        """Fetch what was said.

        Raises:
            OmniError: As its classes tell.
        """
        if target.stdin:
            return parse_transcript(self.stdin, call_id=None, fallback_id=_STDIN_NAME)
        if target.path is not None:
            body = read_bounded(Path(target.path), self.max_bytes)
            return parse_transcript(body, call_id=None, fallback_id=Path(target.path).stem)
        if not self.has_key:
            raise RefusedError("there is no API key", "set PYAI_API_KEY, or name a private file with --api-key-file")
        return await self.client.transcript(target.call_id or "", on_progress)

    async def call(self, target: Target) -> Call | None:
        """Fetch the record of the call; None where there is none to be had, which is no reason to stop."""
        if target.call_id is None or not self.has_key:
            return None
        try:
            return await self.client.call(target.call_id)
        except OmniError:
            return None


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the calls.

    Attributes:
        base_url: The API's address.
        key: The key; None if there is none.
        demo: Whether the embedded server answers instead, with its own address and key.
    """

    base_url: str
    key: SecretStr | None = None
    demo: bool = False


@asynccontextmanager
async def open_fetcher(access: Access, *, stdin: bytes = b"") -> AsyncIterator[Fetcher]:
    """A fetcher with one client, and in the demo with its server, for as long as the context lasts.

    Raises:
        UsageError: Address or key cannot be meant.
    """
    with ExitStack() as stack:
        base_url, key = access.base_url, access.key
        if access.demo:
            from tui.demo.contract import DEMO_KEY
            from tui.demo.server import DemoServer

            base_url, key = stack.enter_context(DemoServer()).base_url, SecretStr(DEMO_KEY)
        async with OmniClient(ApiSettings(base_url=base_url, key=key)) as client:
            yield Fetcher(client, has_key=key is not None, stdin=stdin)
