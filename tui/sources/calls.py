"""Loads transcripts and records from the API, the archive, a file or standard input, and stores what it fetches.

Screens and commands know it as ``CallSource``; it knows no widget. The client, and everything
that it imports, is created only when something is fetched from the API.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tui.core.background import in_daemon_thread, start, stream_from_thread
from tui.core.clock import Clock
from tui.core.details.unavailable import Unavailable
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, OutputError, UnreachableError
from tui.core.limits import MAX_BODY_BYTES
from tui.sources.connection import Connection
from tui.sources.marks import TurnMarks
from tui.sources.notices import notices_to
from tui.sources.write_through import WriteThrough

if TYPE_CHECKING:
    from tui.api.addons import Addon
    from tui.api.client import OmniClient
    from tui.api.records import Identity, Recording
    from tui.core.details.recap import Recap
    from tui.core.details.trace import Trace
    from tui.core.progress import OnProgress
    from tui.core.record import Call, CallPage
    from tui.core.search import Query
    from tui.core.target import Target
    from tui.core.transcript import Transcript
    from tui.sources.archive import Archive
    from tui.sources.library_search import CallHits, SearchBounds, SearchProgress
    from tui.sources.prefetch import Prefetch
    from tui.store.library import RecentCall

T = TypeVar("T")

_NOT_OF_API, _OFFLINE = "only calls of the API have one", "--offline asks nobody"
_HAD_NONE = "this call had no transcript when it was fetched"
_MAX_MEASURED_TURNS = 2_000
"""Longer calls are measured only when they are opened."""
_PATIENCE_WHEN_CANCELLED_S = 0.5
_FALLBACK_ERRORS = (UnreachableError, NotFoundError, BadAnswerError)
"""Errors after which a cached call may be shown; not among them is a refused key."""


class OmniCallSource:
    """A ``CallSource`` with one client for its whole lifetime.

    Args:
        connect: Creates the client; may raise OmniError.
        stdin: The content of standard input, for a target that names it.
        prefetch: A fetch in progress; the first fetch of its call takes it over.
        max_file_bytes: The largest file accepted.
        offline: Whether calls come from the archive alone.

    Attributes:
        archive: The archive; None without one.
        opened: The transcripts of the calls opened in this run, where nothing is kept but that is to be known.
        make_searchable: Makes the archive to search, where that is another one.
        marks: The marks that the user has set on turns.
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
        self.archive: Archive | None = None
        self._writes: WriteThrough | None = None
        self._searchable: Archive | None = None
        self.make_searchable: Callable[[], Awaitable[Archive]] | None = None
        self.opened: dict[str, Transcript] | None = None
        self.marks = TurnMarks(None)

    def use_archive(self, archive: Archive | None) -> None:
        """Store what is fetched in an archive, and load from it what cannot be fetched; None stores nothing."""
        self.archive, self.marks = archive, TurnMarks(archive)
        self._writes = None if archive is None else WriteThrough(archive)

    def is_at_hand(self, target: Target) -> bool:
        """Whether the transcript is probably available at once."""
        early = self._body_from
        is_here = early is not None and early.call_id == target.call_id and early.is_done
        return target.call_id is None or self._offline or is_here

    def unasked(self, target: Target) -> str:
        """Why the API is not asked about a call; empty if it is."""
        return _NOT_OF_API if target.call_id is None else _OFFLINE if self._offline else ""

    def is_fetching(self, target: Target) -> bool:
        """Whether its prefetch is under way."""
        return self._body_from is not None and self._body_from.call_id == target.call_id

    async def kept(self, target: Target) -> Transcript | None:
        """The cached transcript of a call of the API; None if there is none, or the library cannot be used."""
        if target.call_id is None or self._offline or self.archive is None:
            return None
        try:
            return await self.archive.cached(target.call_id)
        except OmniError:
            return None

    async def transcript(self, target: Target, on_progress: OnProgress | None = None) -> Transcript:
        """The transcript; if the API does not deliver it, the cached one."""
        from tui.api.wire import parse_transcript
        from tui.core.progress import FellBack, Reading

        if target.stdin:
            return parse_transcript(self._stdin, call_id=None, fallback_id=target.name, name=target.name)
        if target.path is not None:
            if on_progress is not None:
                on_progress(Reading())
            return await _in_file(target.path, self._max_file_bytes)
        try:
            transcript = await self._from_api(target.call_id or "", on_progress)
        except _FALLBACK_ERRORS as fault:
            cached = await self._cached(target.call_id or "")
            if cached is None:
                if isinstance(fault, NotFoundError):
                    await self._note_missing(target, fault, on_progress)
                raise
            if on_progress is not None and not self._offline:
                on_progress(FellBack(fault))
            return cached
        if self._writes is not None:
            self._writes.take_transcript(transcript, notices_to(on_progress))
        if self.opened is not None:
            self.opened[transcript.call_id] = transcript
        return transcript

    async def _note_missing(self, target: Target, fault: NotFoundError, on_progress: OnProgress | None) -> None:
        """Say what else the target may be, and have the record of the call kept; offline, raise if it is kept."""
        fault.hint = target.otherwise or fault.hint
        if self._writes is not None and not self._offline:
            self._writes.take_missing(target.call_id or "", notices_to(on_progress))
        elif self.archive is not None and await self.archive.record(target.call_id or "") is not None:
            raise NotFoundError(_HAD_NONE, "look again without --offline") from fault

    async def _from_api(self, call_id: str, on_progress: OnProgress | None) -> Transcript:
        from tui.api.wire import parse_transcript

        if self._offline:
            raise NotFoundError("no copy of this call is kept on this machine", "open it once without --offline")
        early, self._body_from = self._body_from, None
        if early is None or early.call_id != call_id:
            return await (await self.client()).transcript(call_id, on_progress)
        transcript = parse_transcript(await early.body(on_progress), call_id=call_id)
        return transcript if transcript.record is None else (await self.client()).without_key(transcript)

    async def _cached(self, call_id: str) -> Transcript | None:
        """The cached transcript; errors of the archive matter only when offline."""
        if self.archive is None or self._writes is None:
            return None
        await self._writes.stored()
        try:
            return await self.archive.cached(call_id)
        except OmniError:
            if self._offline:
                raise
            return None

    async def call(self, target: Target) -> Call | None:
        """The record of the call, or the cached one; None if there is none."""
        if target.call_id is None:
            return None
        try:
            call = await self._record_from_api(target.call_id)
        except _FALLBACK_ERRORS:
            return None if self.archive is None else await self.archive.record(target.call_id)
        except OmniError:
            return None
        if self._writes is not None:
            self._writes.take_record(call)
        return call

    async def recent(self) -> Sequence[RecentCall]:
        """The calls fetched last, newest first; none without an archive. Raises without a key, too."""
        if self.archive is None or self._writes is None:
            await self.client()
            return []
        await self._writes.stored()
        return await self.archive.recent()

    async def kept_among(self, call_ids: Sequence[str]) -> frozenset[str]:
        """Which of some calls are stored, or opened in this run; none without an archive that can be read."""
        if self.archive is None or self._writes is None:
            return frozenset(self.opened or ()).intersection(call_ids)
        await self._writes.stored()
        try:
            return await self.archive.kept_among(call_ids)
        except OmniError:  # opening a call reports it
            return frozenset()

    async def moment_count(self, call_id: str, silence_ms: int) -> int | None:
        """The number of moments in a stored call; None without one or without times, or if it is too long for here."""
        from tui.core.timing import measure

        transcript, archive = (self.opened or {}).get(call_id), self.archive
        with suppress(OmniError):
            transcript = transcript if archive is None else await archive.cached(call_id)
        if transcript is None or not 0 < len(transcript.turns) <= _MAX_MEASURED_TURNS:
            return None
        timing = await in_daemon_thread(measure, transcript.turns, silence_ms)
        return len(timing.moments) if timing.moments or timing.timed else None

    async def list_calls(
        self,
        cursor: str | None = None,
        label: str | None = None,
        limit: int = 100,
        on_progress: OnProgress | None = None,
    ) -> CallPage:
        """A page of the account's calls, newest first; offline, of those that are kept on this machine."""
        if self._offline:
            if self.archive is None:
                raise _nothing_kept()
            return await self.archive.listed(cursor, label, limit)
        from tui.sources.kept_facts import with_kept_facts

        page = await (await self.client()).calls(limit, cursor, label, on_progress)
        if self._writes is not None:
            self._writes.take_listed(page.calls, notices_to(on_progress))
        return await with_kept_facts(page, self.archive)

    async def _record_from_api(self, call_id: str) -> Call:
        if self._offline:
            raise NotFoundError("nothing is fetched")
        early, self._record_from = self._record_from, None
        if early is not None and early.call_id == call_id:
            return await early.record()
        return await (await self.client()).call(call_id)

    async def trace(self, target: Target) -> Trace | Unavailable:
        """What Trace knows of the call."""
        from tui.api.addons import TRACE

        return await self._addon(TRACE, target)

    async def recap(self, target: Target) -> Recap | Unavailable:
        """What Recap wrote about the call."""
        from tui.api.addons import RECAP

        return await self._addon(RECAP, target)

    async def _addon(self, addon: Addon[T], target: Target) -> T | Unavailable:
        if why := self.unasked(target):
            return Unavailable(why)
        return await (await self.client()).addon(addon, target.call_id or "")

    async def recording(self, target: Target) -> Recording:
        """A fresh signed link to the recording of the call, which is stored nowhere."""
        if why := self.unasked(target):
            raise NotFoundError(why)
        return await (await self.client()).recording_url(target.call_id or "")

    async def search(
        self, query: Query, bounds: SearchBounds, progress: SearchProgress
    ) -> AsyncGenerator[list[CallHits], None]:
        """Search all calls that are kept, in a thread: those with hits, the newest first; some, or none, at a time."""
        if self._searchable is None:
            self._searchable = await self.make_searchable() if self.make_searchable else self.archive
        if self._searchable is None:
            raise _nothing_kept()
        if self._writes is not None:
            await self._writes.stored()
        searched = partial(self._searchable.search, query, bounds, progress)
        async with aclosing(stream_from_thread(searched)) as stream:
            async for found in stream:
                yield found
        self._searchable.advance_in_background()

    async def identity(self) -> Identity:
        """The owner of the key.

        Raises:
            OmniError: It cannot be loaded.
        """
        return await (await self.client()).me()

    async def client(self) -> OmniClient:
        """The client, created on first use in a thread, as the keyring may block.

        Raises:
            OmniError: It cannot be created.
        """
        if self._client is None:
            if self._connecting is None or self._connecting.done():
                self._connecting = start(in_daemon_thread(self._connect))
            await asyncio.wait([connecting := self._connecting])
            self._client = self._client or connecting.result()
        return self._client

    async def aclose(self, store_patience_s: float | None = None) -> None:
        """Wait for calls being stored, end an unused prefetch, and close the client.

        Args:
            store_patience_s: How long to wait for what is stored at most; None for as long as it takes.
        """
        if self._writes is not None:
            await self._writes.stored(store_patience_s)
        await self.marks.stored(store_patience_s)
        if self._prefetch is not None:
            self._prefetch.close()
        if self._client is not None:
            await self._client.aclose()


def _nothing_kept() -> OutputError:
    return OutputError("nothing is kept on this machine", "leave out --no-cache")


async def _in_file(name: str, limit_bytes: int) -> Transcript:
    """The transcript in a file."""
    from tui.api.wire import parse_transcript
    from tui.store.files import expanded, read_bounded, whole_path
    from tui.store.streams import is_stream

    path = expanded(name)
    is_text = _readable(name) == name
    again = name if is_text and not is_stream(path) else None  # what a pipe had is gone once it is read
    data = await in_daemon_thread(read_bounded, path, limit_bytes)
    return parse_transcript(data, call_id=None, fallback_id=_readable(path.stem), path=again, name=whole_path(path))


def _readable(name: str) -> str:
    """A file's name with U+FFFD for the bytes that are no text; Python has lone surrogates there."""
    return os.fsencode(name).decode(errors="replace")


@asynccontextmanager
async def open_source(
    connection: Connection,
    *,
    stdin: bytes = b"",
    prefetch: Prefetch | None = None,
    store_patience_s: float | None = None,
) -> AsyncIterator[OmniCallSource]:
    """Open a source, and in the demo its server.

    Args:
        connection: The address and the key.
        stdin: The content of standard input.
        prefetch: A fetch in progress.
        store_patience_s: How long the end waits for what is being stored; None for as long as it takes, or for half a
            second where a signal ends it.
    """
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

            source.use_archive(Archive(connection, source.identity, Clock().now_ms))
        if connection.demo:
            from tui.sources.demo_library import demo_archive

            source.make_searchable, source.opened = partial(demo_archive, resources), {}
        try:
            yield source
        except asyncio.CancelledError:
            store_patience_s = store_patience_s or _PATIENCE_WHEN_CANCELLED_S
            raise
        finally:
            await source.aclose(store_patience_s)
