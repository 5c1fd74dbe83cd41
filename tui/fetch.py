"""One way from what the user named to a transcript: the API, a file or standard input.

The screens and the commands without a screen both come through here; it knows no widget. The client, and all
that it imports, is only made when something is to be fetched from the API.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.access import Access
from tui.core.bounds import MAX_BODY_BYTES, RAISE_LIMIT
from tui.core.errors import OmniError

if TYPE_CHECKING:
    from tui.api.client import OmniClient
    from tui.core.progress import OnProgress
    from tui.core.target import Target
    from tui.core.transcript import Call, Transcript
    from tui.head_start import HeadStart


class Fetcher:
    """Fetches calls, with one client for its whole life.

    Args:
        connect: Makes the client; may raise OmniError.
        stdin: What came on standard input, where a target names it.
        head_start: A fetch that has begun already; the first fetch of its call takes it over.
        max_file_bytes: The longest file that is read.
    """

    def __init__(
        self,
        connect: Callable[[], OmniClient],
        *,
        stdin: bytes = b"",
        head_start: HeadStart | None = None,
        max_file_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self._connect = connect
        self._stdin = stdin
        self._max_file_bytes = max_file_bytes
        self._head_start = self._body_from = self._record_from = head_start
        self._client: OmniClient | None = None

    def is_at_hand(self, target: Target) -> bool:
        """Whether the transcript needs no waiting for: nobody has to be told how its fetch comes along."""
        early = self._body_from
        return target.call_id is None or (early is not None and early.call_id == target.call_id and early.is_done)

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        """What was said.

        Raises:
            OmniError: As its classes tell.
        """
        from tui.api.wire import parse_transcript

        if target.stdin:
            return parse_transcript(self._stdin, call_id=None, fallback_id=target.name)
        if target.path is not None:
            from tui.store.files import read_bounded

            path = Path(target.path)
            data = read_bounded(path, self._max_file_bytes, hint=RAISE_LIMIT)
            return parse_transcript(data, call_id=None, fallback_id=path.stem)
        call_id = target.call_id or ""
        early, self._body_from = self._body_from, None
        if early is not None and early.call_id == call_id:
            return parse_transcript(await early.body(on_progress), call_id=call_id)
        return await self.client.transcript(call_id, on_progress)

    async def call(self, target: Target) -> Call | None:
        """The record of the call; None where there is none to be had, which is no reason to stop."""
        if target.call_id is None:
            return None
        early, self._record_from = self._record_from, None
        try:
            if early is not None and early.call_id == target.call_id:
                return await early.record()
            return await self.client.call(target.call_id)
        except OmniError:
            return None

    @property
    def client(self) -> OmniClient:
        """The client, made when it is first needed.

        Raises:
            OmniError: It cannot be made.
        """
        if self._client is None:
            self._client = self._connect()
        return self._client

    async def aclose(self) -> None:
        """Close the client, and end a fetch that nobody took over."""
        if self._head_start is not None:
            self._head_start.close()
        if self._client is not None:
            await self._client.aclose()


@asynccontextmanager
async def open_fetcher(
    access: Access, *, stdin: bytes = b"", head_start: HeadStart | None = None
) -> AsyncIterator[Fetcher]:
    """A fetcher, and in the demo its server, for as long as the context lasts."""
    with ExitStack() as resources:
        fetcher = Fetcher(
            lambda: access.connect(resources),
            stdin=stdin,
            head_start=head_start,
            max_file_bytes=access.max_body_bytes,
        )
        try:
            yield fetcher
        finally:
            await fetcher.aclose()
