"""One way from what the user named to a transcript: the API, the library, a file or standard input.

The screens and the commands without a screen both come through here; it knows no widget. The client, and all
that it imports, is only made when something is to be fetched from the API.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from tui.core.background import in_daemon_thread, start
from tui.core.clock import Clock
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, UnreachableError
from tui.core.limits import MAX_BODY_BYTES, RAISE_LIMIT
from tui.core.progress import Reading, StoodIn
from tui.sources.connection import Connection

if TYPE_CHECKING:
    from tui.api.client import OmniClient
    from tui.api.records import Identity
    from tui.core.progress import OnProgress
    from tui.core.target import Target
    from tui.core.transcript import Call, Transcript
    from tui.sources.archive import Archive
    from tui.sources.prefetch import Prefetch

_STOOD_IN_FOR = (UnreachableError, NotFoundError, BadAnswerError)
"""The faults in whose place a kept copy may be shown; whoever is refused is shown nothing."""
_LAST_KEEPING_S = 0.5
"""How long the end waits for what is still being written to the disk."""


class OmniCallSource:
    """Fetches calls, with one client for its whole life.

    Args:
        connect: Makes the client; may raise OmniError.
        stdin: What came on standard input, where a target names it.
        prefetch: A fetch that has begun already; the first fetch of its call takes it over.
        max_file_bytes: The longest file that is read.
        offline: Whether calls come from the archive alone.

    Attributes:
        archive: Keeps what was fetched, and finds it again; None to keep nothing.
    """

    def __init__(
        self,
        connect: Callable[[], OmniClient],
        *,
        stdin: bytes = b"",
        prefetch: Prefetch | None = None,
        max_file_bytes: int = MAX_BODY_BYTES,
        offline: bool = False,
    ) -> None:
        self._connect = connect
        self._stdin = stdin
        self._max_file_bytes = max_file_bytes
        self._prefetch = self._body_from = self._record_from = prefetch
        self._client: OmniClient | None = None
        self._connecting: asyncio.Task[OmniClient] | None = None
        self._offline = offline
        self._keeping: set[asyncio.Task[str]] = set()
        self.archive: Archive | None = None

    def is_at_hand(self, target: Target) -> bool:
        """Whether the transcript is most likely to be there at once."""
        early = self._body_from
        is_here = early is not None and early.call_id == target.call_id and early.is_done
        return target.call_id is None or self._offline or is_here

    def can_change(self, target: Target) -> bool:
        """Whether another fetch may bring what this one did not: that of a call which is asked of the API."""
        return target.call_id is not None and not self._offline

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        """What was said; of a call of which there is no answer to be had, the copy that is kept.

        Raises:
            OmniError: As its classes tell.
        """
        from tui.api.wire import parse_transcript

        if target.stdin:
            return parse_transcript(self._stdin, call_id=None, fallback_id=target.name, name=target.name)
        if target.path is not None:
            from tui.store.files import expanded, read_bounded, whole_path

            path = expanded(target.path)
            if on_progress is not None:
                on_progress(Reading())
            data = await in_daemon_thread(partial(read_bounded, path, self._max_file_bytes, hint=RAISE_LIMIT))
            return parse_transcript(data, call_id=None, fallback_id=path.stem, name=whole_path(path))
        try:
            return await self._from_api(target.call_id or "", on_progress)
        except _STOOD_IN_FOR as fault:
            copy = await self._copy(target.call_id or "")
            if copy is None:
                if isinstance(fault, NotFoundError) and target.otherwise:
                    fault.hint = target.otherwise
                raise
            if on_progress is not None and not self._offline:
                on_progress(StoodIn(fault))
            return copy

    async def _from_api(self, call_id: str, on_progress: OnProgress | None) -> Transcript:
        from tui.api.wire import parse_transcript

        if self._offline:
            raise NotFoundError("no copy of this call is kept on this machine", "open it once without --offline")
        early, self._body_from = self._body_from, None
        if early is not None and early.call_id == call_id:
            return parse_transcript(await early.body(on_progress), call_id=call_id)
        return await (await self._ready()).transcript(call_id, on_progress)

    async def _copy(self, call_id: str) -> Transcript | None:
        """The copy that is kept; why there is none matters only where nothing else was asked for."""
        try:
            return None if self.archive is None else await self.archive.copy(call_id)
        except OmniError:
            if self._offline:
                raise
            return None

    async def call(self, target: Target) -> Call | None:
        """The record of the call, or the copy that is kept of it; None if there is none, which is no reason to stop."""
        if target.call_id is None:
            return None
        try:
            return await self._record_from_api(target.call_id)
        except _STOOD_IN_FOR:
            return None if self.archive is None else await self.archive.record(target.call_id)
        except OmniError:
            return None

    async def _record_from_api(self, call_id: str) -> Call:
        if self._offline:
            raise NotFoundError("nothing is fetched")
        early, self._record_from = self._record_from, None
        if early is not None and early.call_id == call_id:
            return await early.record()
        return await (await self._ready()).call(call_id)

    async def identity(self) -> Identity:
        """Whom the key belongs to.

        Raises:
            OmniError: As its classes tell.
        """
        return await (await self._ready()).me()

    async def keep(self, target: Target, transcript: Transcript, call: Call | None) -> str:
        """Keep a call that was fetched from the API; goes on when whoever waits for it does not any more.

        An answer that says nothing (yet) is not kept: it would take the place of one that did.

        Returns:
            What the user has to be told, safe; empty if nothing.
        """
        is_fetched = target.call_id is not None and transcript.kept_ms is None
        if self.archive is None or not is_fetched or not (transcript.turns or transcript.plain):
            return ""
        task = start(self.archive.keep(transcript, call))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        await asyncio.wait([task])  # unlike a shield, it complains of no failure after the waiter has gone
        return task.result()

    async def _ready(self) -> OmniClient:
        """The client, made when it is first needed, off the loop: the keyring may keep it waiting.

        Raises:
            OmniError: It cannot be made.
        """
        if self._client is None:
            if self._connecting is None or self._connecting.done():
                self._connecting = start(in_daemon_thread(self._connect))
            await asyncio.wait([connecting := self._connecting])
            self._client = self._client or connecting.result()
        return self._client

    async def aclose(self) -> None:
        """Close the client when all is kept, and end a fetch that nobody took over."""
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=_LAST_KEEPING_S)
        if self._prefetch is not None:
            self._prefetch.close()
        if self._client is not None:
            await self._client.aclose()


@asynccontextmanager
async def open_source(
    connection: Connection, *, stdin: bytes = b"", prefetch: Prefetch | None = None
) -> AsyncIterator[OmniCallSource]:
    """A source, and in the demo its server, for as long as the context lasts."""
    with ExitStack() as resources:
        source = OmniCallSource(
            lambda: connection.connect(resources),
            stdin=stdin,
            prefetch=prefetch,
            max_file_bytes=connection.max_body_bytes,
            offline=connection.offline,
        )
        if connection.keeps and not connection.demo:
            from tui.sources.archive import Archive

            source.archive = Archive(connection, source.identity, Clock().now_ms)
        try:
            yield source
        finally:
            await source.aclose()
