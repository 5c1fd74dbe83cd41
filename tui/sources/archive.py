"""Stores fetched calls in the library and reads them back, for the account of the key.

Knows no screen. Trouble here never keeps a call from being shown: it is reported, once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tui.core.background import in_daemon_thread, start
from tui.core.call import CallDocument
from tui.core.errors import OmniError, OutputError, RefusedError
from tui.core.search import Query
from tui.core.shown import shown
from tui.core.text import safe, safe_line
from tui.core.yielding import yield_to_ui
from tui.sources.cached_call import parse_cached, parse_record, storable
from tui.sources.kept_calls import KeptCall, kept_calls
from tui.sources.library_search import CallHits, LibrarySearch, SearchBounds, SearchProgress
from tui.store.retention import Bounds, StoredCall

if TYPE_CHECKING:
    from tui.api.records import Identity
    from tui.core.transcript import Call, Transcript
    from tui.sources.connection import Connection
    from tui.store.library import Account, CachedCall, Held, Library, RecentCall
    from tui.store.listing import Wanted

T = TypeVar("T")

_ALL = SearchBounds()
_BETWEEN_STEPS_S = 0.05
"""A pause in which other instances can write."""
_TURNS_AT_ONCE = 500
_MOST_RECENT = 50


class Archive:
    """The cached calls of the account that the key belongs to.

    Args:
        connection: The address and the key.
        identify: Asks the API for the owner of the key; may raise OmniError. None when offline.
        now_ms: Returns the Unix time in ms.
        library: The library; None for the one of this user.
    """

    def __init__(
        self,
        connection: Connection,
        identify: Callable[[], Awaitable[Identity]] | None,
        now_ms: Callable[[], int],
        library: Library | None = None,
    ) -> None:
        self._connection = connection
        self._identify = identify
        self._now_ms = now_ms
        self._library_or_none = library
        self._lock = asyncio.Lock()
        self._advancing: asyncio.Task[None] | None = None
        self._reported: set[str] = set()
        self._has_identified = False

    async def keep(self, transcript: Transcript, call: Call | None) -> str:
        """Store a call, replacing an earlier version.

        Returns:
            A safe notice for the user; empty if there is none, or if it was returned before.
        """
        try:
            has_room = await self.store([(transcript, call)], spared=transcript.call_id)
            notice = "" if has_room else await in_daemon_thread(self._bounds_notice)
        except OmniError as fault:
            return self._report_once(f"not kept on this machine: {fault.line()}")
        return self._report_once(self._quarantined()) or notice

    async def store(self, fetched: Sequence[tuple[Transcript, Call | None]], *, spared: str | None = None) -> bool:
        """Store calls, replacing earlier versions, and remove the oldest calls beyond the bounds.

        Args:
            fetched: Their transcripts, each with its record; None if there is none.
            spared: The id of the call that stays, however old it is; None if there is none.

        Returns:
            Whether there was room for them, and no call had to go.

        Raises:
            OmniError: There is no key, or the library cannot be used; none of them is stored.
        """
        async with self._lock:
            account = await in_daemon_thread(lambda: self._library.new_account(*self._account_key()))
            await self._store(
                account, [(transcript, _cached_call(transcript, call, self._now_ms())) for transcript, call in fetched]
            )
            stays = None if spared is None else StoredCall(account.base_url, account.name, spared)
            gone = await in_daemon_thread(self._trim, stays)
        if not account.is_named:
            await self._identify_account(account)
        return not gone

    def _trim(self, spared: StoredCall | None) -> int:
        """Remove calls beyond the bounds; returns how many."""
        bounds = Bounds(self._connection.retention, self._now_ms(), spared)
        return sum(len(gone) for gone in iter(lambda: self._library.trim(bounds), []))

    def _bounds_notice(self) -> str:
        """The notice that old calls are removed, when it happens for the first time; else empty."""
        is_first = self._library.says_first("bounds")
        rule = f"the library holds at most {self._connection.retention}: its oldest calls go, those with a mark stay"
        return rule if is_first else ""

    async def held(self) -> Held:
        """The calls of the account that the library knows.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """
        bounds = Bounds(self._connection.retention, self._now_ms())

        def find() -> Held:
            return self._library.held(self._library.account(*self._account_key()), bounds)

        return await in_daemon_thread(find)

    async def note_absent(self, call_id: str) -> None:
        """Take note that a call has no transcript, and will get none.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """
        await in_daemon_thread(
            lambda: self._library.note_absent(self._library.new_account(*self._account_key()), call_id)
        )

    async def marks(self, call_id: str) -> frozenset[int]:
        """The indexes of the marked turns of a call.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """

        def find() -> frozenset[int]:
            account = self._library.account(*self._account_key())
            return frozenset() if account is None else self._library.marks(account, call_id)

        return await in_daemon_thread(find)

    async def mark(self, call_id: str, turn: int, *, is_marked: bool) -> None:
        """Mark a turn, or remove its mark.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """

        def note() -> None:
            account = self._library.new_account(*self._account_key())
            self._library.mark(account, call_id, turn, is_marked=is_marked)

        async with self._lock:
            await in_daemon_thread(note)

    async def cached(self, call_id: str) -> Transcript | None:
        """The cached transcript of a call; None if there is none that can be parsed.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """
        cached = await self._find(call_id)
        if cached is None and (trouble := self._quarantined()):
            raise OutputError(trouble)
        return None if cached is None else await in_daemon_thread(parse_cached, cached)

    async def record(self, call_id: str) -> Call | None:
        """The cached record of a call; None if there is none."""
        try:
            cached = await self._find(call_id)
        except OmniError:
            return None
        return None if cached is None else parse_record(cached)

    async def kept_among(self, call_ids: Sequence[str]) -> frozenset[str]:
        """Which of some calls are stored.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """

        def find() -> frozenset[str]:
            account = self._library.account(*self._account_key())
            return frozenset() if account is None else self._library.kept_among(account, call_ids)

        async with self._lock:
            return await in_daemon_thread(find)

    async def recent(self) -> list[RecentCall]:
        """The calls fetched last, newest first; waits for a call that is being stored.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """

        def find() -> list[RecentCall]:
            account = self._library.account(*self._account_key())
            return [] if account is None else self._library.recent(account, _MOST_RECENT)

        async with self._lock:
            return await in_daemon_thread(find)

    def search(
        self, query: Query, bounds: SearchBounds = _ALL, progress: SearchProgress | None = None
    ) -> Iterator[CallHits | None]:
        """Search all calls of the account: those with hits, the newest first, and None after each step without one.

        Waits for the disk. A call whose words match is parsed only where the query has conditions on turns besides.

        Args:
            query: What is sought.
            bounds: How much of what is found is wanted.
            progress: Is kept up to date.

        Raises:
            SearchTimeout: A step of a regular expression takes too long.
            OmniError: There is no key, or the library is unusable or was damaged.
        """
        account = self._library.account(*self._account_key())
        if account is not None:
            with self._library.searching(account) as session:
                if session is not None:
                    read = partial(self._read, account)
                    yield from LibrarySearch(session, query, bounds, progress or SearchProgress(), read).run()
        if trouble := self._quarantined():
            raise OutputError(trouble)

    def kept(self, wanted: Wanted) -> Iterator[KeptCall]:
        """The wanted calls of the account, the newest first. Waits for the disk.

        Raises:
            OmniError: There is no key, or the library is unusable or was damaged.
        """
        account = self._library.account(*self._account_key())
        if account is not None:
            yield from kept_calls(self._library, account, wanted, self._connection.max_body_bytes)
        if trouble := self._quarantined():
            raise OutputError(trouble)

    def advance(self) -> bool:
        """Do the next step of the index of searches; False if nothing is still to be done. Waits for the disk.

        Raises:
            OmniError: The library is unusable.
        """
        return self._library.advance()

    def advance_in_background(self) -> None:
        """Do what is still to be done for searches, step by step, unless that is under way."""
        if self._advancing is None or self._advancing.done():
            self._advancing = start(_advance(self))

    def _read(self, account: Account, call_id: str) -> Transcript | None:
        cached = self._library.find(account, call_id, self._connection.max_body_bytes)
        return None if cached is None else parse_cached(cached)

    async def _store(self, account: Account, calls: Sequence[tuple[Transcript, CachedCall]]) -> None:
        unknown = await in_daemon_thread(self._library.renew, account, [cached for _, cached in calls])
        new = [(cached, await _searchable_texts(transcript)) for transcript, cached in calls if cached in unknown]
        if new:
            await in_daemon_thread(self._library.keep_all, account, new)

    async def _find(self, call_id: str) -> CachedCall | None:
        """The cached call; waits for a call that is being stored, which may be this one."""

        def find() -> CachedCall | None:
            account = self._library.account(*self._account_key())
            return account and self._library.find(account, call_id, self._connection.max_body_bytes)

        async with self._lock:
            return await in_daemon_thread(find)

    async def _identify_account(self, account: Account) -> None:
        """Store the owner of the key, so that the account's other keys find its calls too; asks the API once."""
        if self._has_identified or self._identify is None:
            return
        self._has_identified = True
        try:
            identity = await self._identify()
        except OmniError:  # an older server, or none: the key's fingerprint identifies the account
            return
        parts = (identity.org_id, identity.project_id)
        if any(parts):
            async with self._lock:
                await in_daemon_thread(self._library.name, account, json.dumps(parts))

    def _account_key(self) -> tuple[str, Any]:
        """The address and the key that identify the account.

        Raises:
            OmniError: There is no key.
        """
        key = self._connection.key()
        if key is None:
            raise RefusedError("there is no API key", "it tells whose calls may be shown; set PYAI_API_KEY")
        return self._connection.account, key

    @property
    def _library(self) -> Library:
        if self._library_or_none is None:
            try:
                from tui.store.library import Library
            except ImportError as error:
                raise OutputError("this Python has no SQLite", "install its package sqlite3") from error
            self._library_or_none = Library()
        return self._library_or_none

    def _quarantined(self) -> str:
        place = self._library.quarantined
        return "" if place is None else safe_line(f"the library was damaged: it is {place} now, and a new one is begun")

    def _report_once(self, notice: str) -> str:
        if notice in self._reported:
            return ""
        self._reported.add(notice)
        return notice


def _cached_call(transcript: Transcript, call: Call | None, now_ms: int) -> CachedCall:
    from tui.store.library import CachedCall

    document = CallDocument(transcript, call)
    return CachedCall(
        transcript.call_id,
        now_ms,
        transcript.source,
        None if call is None else json.dumps(storable(call.fields), ensure_ascii=False).encode(),
        document.record.label,
        document.start_ms,
        len(transcript.turns),
    )


async def _searchable_texts(transcript: Transcript) -> bytearray:
    """The safe texts of all turns, joined as the library stores them; yields to the UI in between."""
    from tui.store.passages import BETWEEN_TURNS

    joined = bytearray(safe(transcript.plain or "").encode())
    for at in range(0, len(transcript.turns), _TURNS_AT_ONCE):
        texts = [shown(turn).text for turn in transcript.turns[at : at + _TURNS_AT_ONCE]]
        joined += (BETWEEN_TURNS if at else "").encode() + BETWEEN_TURNS.join(texts).encode()
        await yield_to_ui()
    return joined


async def _advance(archive: Archive) -> None:
    is_more = True
    while is_more:
        is_more = await in_daemon_thread(archive.advance)
        await asyncio.sleep(_BETWEEN_STEPS_S)
