"""Stores fetched calls in the library and reads them back, for the account of the key.

Knows no screen. Trouble here never keeps a call from being shown: it is reported, once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from tui.core.background import in_daemon_thread, start
from tui.core.errors import NotFoundError, OmniError, OutputError, RefusedError
from tui.core.missing import NO_KEPT_CALL, NO_KEY
from tui.core.text import safe_line
from tui.sources.cached_call import (
    cached_call,
    call_of,
    new_record,
    parse_cached,
    parse_place,
    parse_record,
    searchable_texts,
)
from tui.sources.notices import Notices
from tui.store.retention import Bounds, Retention, StoredCall

if TYPE_CHECKING:
    from tui.api.records import Identity
    from tui.core.record import Call, CallPage
    from tui.core.search import Query
    from tui.core.transcript import Transcript
    from tui.sources.connection import Connection
    from tui.sources.kept_calls import KeptCall
    from tui.sources.library_search import CallHits, SearchBounds, SearchProgress
    from tui.store.accounts import Account
    from tui.store.library import CachedCall, Held, Library, RecentCall
    from tui.store.listing import Wanted

T = TypeVar("T")

_BETWEEN_STEPS_S = 0.05
"""A pause in which other instances can write."""
_MOST_RECENT = 50


class Archive:
    """The cached calls of the account that the key belongs to.

    Methods raise ``OmniError`` if there is no key, or the library cannot be used; ``keep``, ``keep_bare`` and
    ``records_of`` do not.

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
        self._notices = Notices()
        self._has_identified = False

    async def keep(self, transcript: Transcript, call: Call | None) -> str:
        """Store a call, replacing an earlier version.

        Returns:
            A safe notice for the user; empty if there is none, or if it was returned before.
        """
        return await self._notice_of(self.store([(transcript, call)], spared=transcript.call_id))

    async def keep_bare(self, calls: Sequence[Call], opened: str | None = None) -> str:
        """Store the records of calls without a transcript.

        Args:
            calls: The records.
            opened: The id of the call whose whole record it is, and which stays in a full library; None for the records
                of a list, which say less than those fetched one by one.

        Returns:
            A safe notice for the user; empty if there is none, or if it was returned before.
        """
        return await self._notice_of(self.keep_records(calls, replaces=opened is not None, spared=opened))

    async def _notice_of(self, storing: Awaitable[Sequence[StoredCall]]) -> str:
        """What is to be said of calls being stored, once; empty if that is nothing."""
        try:
            notice = await self.bounds_notice() if await storing else ""
        except OmniError as fault:
            return self._notices.not_kept(fault)
        return self._notices.once(_damage(self._library)) or notice

    async def bounds_notice(self) -> str:
        """The notice that old calls are removed, for the first time that some are; else empty."""
        return await in_daemon_thread(_bounds_notice, self._library, self._connection.retention)

    async def store(
        self, fetched: Sequence[tuple[Transcript, Call | None]], *, spared: str | None = None
    ) -> Sequence[StoredCall]:
        """Store calls, replacing earlier versions, and remove the oldest calls beyond the bounds.

        Args:
            fetched: Their transcripts, each with its record; None if there is none.
            spared: The id of the call that stays in a full library; None if there is none.

        Returns:
            The calls that had to go, as they are beyond the bounds; some of these may be among them.

        Raises:
            OmniError: There is no key, or the library cannot be used; none of them is stored.
        """
        async with self._lock:
            account = await in_daemon_thread(lambda: self._library.new_account(*_account_key(self._connection)))
            await _store(
                self._library,
                account,
                [(transcript, cached_call(transcript, call, self._now_ms())) for transcript, call in fetched],
            )
            stays = None if spared is None else StoredCall(account.base_url, account.name, spared)
            bounds = Bounds(self._connection.retention, self._now_ms(), stays)
            gone = await in_daemon_thread(_trimmed, self._library, bounds)
        if not account.is_named:
            await self._identify_account(account)
        return gone

    async def trim(self) -> Sequence[StoredCall]:
        """Remove the calls beyond the bounds, as time has passed or the bounds are others; returns them."""
        async with self._lock:
            return await in_daemon_thread(_trimmed, self._library, Bounds(self._connection.retention, self._now_ms()))

    async def held(self) -> Held:
        """The calls of the account that the library knows."""
        bounds = Bounds(self._connection.retention, self._now_ms())

        return await in_daemon_thread(lambda: self._library.held(self._account(), bounds))

    async def keep_records(
        self, calls: Sequence[Call], *, replaces: bool = True, spared: str | None = None
    ) -> Sequence[StoredCall]:
        """Store the records of calls without a transcript; those too old to get one are not looked for again.

        Args:
            calls: The records.
            replaces: Whether they are whole, and replace earlier ones, or are those of a list, which say less.
            spared: The id of the call that stays in a full library; None if there is none.

        Returns:
            The calls that had to go, as they are beyond the bounds.
        """
        new = [new_record(call, self._now_ms(), is_whole=replaces) for call in calls if call.call_id]
        if not new:
            return []

        def keep() -> list[StoredCall]:
            account = self._library.new_account(*_account_key(self._connection))
            stays = None if spared is None else StoredCall(account.base_url, account.name, spared)
            bounds = Bounds(self._connection.retention, self._now_ms(), stays)
            self._library.keep_records(account, new, bounds, replaces=replaces)
            return _trimmed(self._library, bounds)

        async with self._lock:
            return await in_daemon_thread(keep)

    async def listed(self, cursor: str | None, label: str | None, most: int) -> CallPage:
        """A page of the calls that are known here, the newest first.

        Raises:
            OmniError: There are none, or no key, or the library is unusable or was damaged.
        """
        from tui.core.record import CallPage

        def find(account: Account) -> CallPage:
            found, place = self._library.listed(account, label, parse_place(cursor), most)
            return CallPage(tuple(map(call_of, found)), None if place is None else json.dumps(place))

        page = await self._read(find, CallPage(()))
        if trouble := self._notices.once(_damage(self._library)):
            raise OutputError(trouble)
        if not (page.calls or cursor) and label is None:
            raise NotFoundError(NO_KEPT_CALL, "leave out --offline")
        return page

    async def marks(self, call_id: str) -> frozenset[int]:
        """The indexes of the marked turns of a call."""

        def find() -> frozenset[int]:
            account = self._account()
            return frozenset() if account is None else self._library.marks(account, call_id)

        return await in_daemon_thread(find)

    async def mark(self, call_id: str, turn: int, *, is_marked: bool) -> None:
        """Mark a turn, or remove its mark."""

        def note() -> None:
            account = self._library.new_account(*_account_key(self._connection))
            self._library.mark(account, call_id, turn, is_marked=is_marked)

        async with self._lock:
            await in_daemon_thread(note)

    async def cached(self, call_id: str) -> Transcript | None:
        """The cached transcript of a call; None if there is none that can be parsed."""
        most_bytes = self._connection.max_body_bytes
        cached = await self._read(lambda account: self._library.find(account, call_id, most_bytes), None)
        if cached is None and self._notices.is_new(trouble := _damage(self._library)):
            raise OutputError(trouble)  # not yet said: the answer of the API may hide this error
        return None if cached is None else await in_daemon_thread(parse_cached, cached)

    async def record(self, call_id: str) -> Call | None:
        """The cached record of a call; None if there is none."""
        return (await self.records_of([call_id])).get(call_id)

    async def records_of(self, call_ids: Sequence[str]) -> dict[str, Call]:
        """The cached records of some calls, by their ids; none where the library cannot be used."""

        def find(account: Account) -> dict[str, Call]:
            read = ((one.call_id, parse_record(one)) for one in self._library.records_of(account, call_ids))
            return {call_id: record for call_id, record in read if record is not None}

        try:
            return await self._read(find, {})
        except OmniError:
            return {}

    async def kept_among(self, call_ids: Sequence[str]) -> frozenset[str]:
        """Which of some calls are stored."""
        return await self._read(lambda account: self._library.kept_among(account, call_ids), frozenset())

    async def recent(self) -> list[RecentCall]:
        """The calls fetched last, newest first; waits for a call that is being stored."""
        return await self._read(lambda account: self._library.recent(account, _MOST_RECENT), [])

    def search(
        self, query: Query, bounds: SearchBounds | None = None, progress: SearchProgress | None = None
    ) -> Iterator[CallHits | None]:
        """Search all calls of the account: those with hits, the newest first, and None after each step without one.

        Waits for the disk. A call whose words match is parsed only where the query has conditions on turns besides.

        Raises:
            SearchTimeout: A step of a regular expression takes too long.
            OmniError: There is no key, or the library is unusable or was damaged.
        """
        from tui.sources.library_search import LibrarySearch, SearchBounds, SearchProgress

        bounds, progress = bounds or SearchBounds(), progress or SearchProgress()
        account = self._account()
        if account is not None:
            with self._library.searching(account) as session:
                if session is not None:
                    read = partial(_transcript, self._library, account, self._connection.max_body_bytes)
                    yield from LibrarySearch(session, query, bounds, progress, read).run()
        if trouble := self._notices.once(_damage(self._library)):
            raise OutputError(trouble)

    def kept(self, wanted: Wanted) -> Iterator[KeptCall]:
        """The wanted calls of the account, the newest first. Waits for the disk.

        Raises:
            OmniError: There is no key, or the library is unusable or was damaged.
        """
        from tui.sources.kept_calls import kept_calls

        account = self._account()
        if account is not None:
            yield from kept_calls(self._library, account, wanted, self._connection.max_body_bytes)
        if trouble := self._notices.once(_damage(self._library)):
            raise OutputError(trouble)

    def advance(self) -> bool:
        """Do the next step of the index of searches; False if nothing is still to be done. Waits for the disk."""
        return self._library.advance()

    def advance_in_background(self) -> None:
        """Do what is still to be done for searches, step by step, unless that is under way."""
        if self._advancing is None or self._advancing.done():
            self._advancing = start(_advance(self))

    async def _read(self, read: Callable[[Account], T], otherwise: T) -> T:
        """Read the library, once calls that are being stored are in it.

        Args:
            read: Reads what there is of the account.
            otherwise: The result if the library does not know the account.
        """

        def find() -> T:
            account = self._account()
            return otherwise if account is None else read(account)

        async with self._lock:
            return await in_daemon_thread(find)

    def _account(self) -> Account | None:
        """The account of the key; None if the library does not know it."""
        return self._library.account(*_account_key(self._connection))

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
                try:
                    await in_daemon_thread(self._library.name, account, json.dumps(parts))
                except OmniError:  # the calls are stored all the same; the next one tries again
                    self._has_identified = False

    @property
    def _library(self) -> Library:
        if self._library_or_none is None:
            try:
                from tui.store.library import Library
            except ImportError as error:
                raise OutputError("this Python has no SQLite", "install its package sqlite3") from error
            self._library_or_none = Library()
        return self._library_or_none


def _account_key(connection: Connection) -> tuple[str, Any]:
    """The address and the key that identify the account.

    Raises:
        OmniError: There is no key.
    """
    key = connection.key()
    if key is None:
        raise RefusedError(*NO_KEY)
    return connection.account, key


def _trimmed(library: Library, bounds: Bounds) -> list[StoredCall]:
    """Remove calls beyond the bounds; returns them."""
    return list(chain.from_iterable(iter(lambda: library.trim(bounds), [])))


def _damage(library: Library) -> str:
    """The notice that the library was damaged; empty if it was not."""
    place = library.quarantined
    return "" if place is None else safe_line(f"the library was damaged: it is {place} now, and a new one is begun")


def _bounds_notice(library: Library, retention: Retention) -> str:
    """The notice that old calls are removed, when it happens for the first time; else empty."""
    is_first = library.says_first("bounds")
    rule = f"the library holds at most {retention}: its oldest calls go, those with a mark stay"
    return rule if is_first else ""


async def _store(library: Library, account: Account, calls: Sequence[tuple[Transcript, CachedCall]]) -> None:
    unknown = await in_daemon_thread(library.renew, account, [cached for _, cached in calls])
    new = [(cached, await searchable_texts(transcript)) for transcript, cached in calls if cached in unknown]
    if new:
        await in_daemon_thread(library.keep_all, account, new)


def _transcript(library: Library, account: Account, most_bytes: int, call_id: str) -> Transcript | None:
    cached = library.find(account, call_id, most_bytes)
    return None if cached is None else parse_cached(cached)


async def _advance(archive: Archive) -> None:
    is_more = True
    while is_more:
        is_more = await in_daemon_thread(archive.advance)
        await asyncio.sleep(_BETWEEN_STEPS_S)
