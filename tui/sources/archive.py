"""What was fetched is kept on this machine, and found again: the API's answers and the library, for one account.

Knows no screen. Nothing here may stand in the way of a call that could be shown: what goes wrong is told, once.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tui.core.background import in_daemon_thread
from tui.core.call import CallDocument
from tui.core.errors import OmniError, OutputError, RefusedError
from tui.core.fold import fold
from tui.core.search import Hit, Matcher, SearchTimeout
from tui.core.shown import shown
from tui.core.text import safe, safe_line
from tui.core.yielding import yield_to_ui

if TYPE_CHECKING:
    from tui.api.records import Identity
    from tui.core.transcript import Call, Transcript
    from tui.sources.connection import Connection
    from tui.store.library import Account, CachedCall, Library, RecentCall, Said

T = TypeVar("T")

_TURNS_AT_ONCE = 500
_MOST_RECENT = 50
_NOT_TO_BE_KEPT = {"transcript", "url"}
"""Of a record: what was said, as it is in the transcript already, and addresses."""
_SIGNED = "_url"
"""So end the names of addresses that let anybody read or listen for a while (API.md, "Record")."""


class Found(NamedTuple):
    """A call that was searched.

    Attributes:
        said: The call; its id, label and texts are as they were kept, and not yet safe to show.
        texts: The text of each turn; none if there is no hit.
        hits: The hits in the texts, in order.
    """

    said: Said
    texts: list[str]
    hits: list[Hit]


class Archive:
    """Keeps calls and finds them, for the account that the key belongs to.

    Args:
        connection: How the calls are reached: the address, and the key.
        identify: Asks the API whom the key belongs to; may raise OmniError. None where nobody is to be asked.
        now_ms: Unix time in ms.
        library: Where calls are kept; None for the library of this user.
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
        self._opened = library
        self._one_by_one = asyncio.Lock()
        self._told: set[str] = set()
        self._has_asked = False

    async def keep(self, transcript: Transcript, call: Call | None) -> str:
        """Keep a call, in the place of what was kept of it.

        Returns:
            What the user has to be told, safe; empty if nothing is wrong, or if it was told before.
        """
        try:
            async with self._one_by_one:
                account = await in_daemon_thread(lambda: self._library.new_account(*self._who()))
                await self._put(account, transcript, call)
            if not account.is_named:
                await self._name(account)
        except OmniError as fault:
            return self._once(f"not kept on this machine: {fault.line()}")
        return self._once(self._quarantined())

    async def copy(self, call_id: str) -> Transcript | None:
        """The transcript of a call as it was kept; None if there is none that can be understood.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """
        copy = await self._find(call_id)
        if copy is None and (trouble := self._quarantined()):
            raise OutputError(trouble)
        return None if copy is None else await in_daemon_thread(_kept_transcript, copy)

    async def record(self, call_id: str) -> Call | None:
        """The record of a call as it was kept; None if there is none to be had."""
        try:
            copy = await self._find(call_id)
        except OmniError:
            return None
        return None if copy is None else _kept_record(copy)

    async def recent(self) -> list[RecentCall]:
        """The calls of the account that were fetched last, the last one first; with the one that is being kept now.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """

        def find() -> list[RecentCall]:
            account = self._library.account(*self._who())
            return [] if account is None else self._library.recent(account, _MOST_RECENT)

        async with self._one_by_one:
            return await in_daemon_thread(find)

    def search(self, matcher: Matcher) -> Iterator[Found]:
        """Search all calls of the account, the one fetched last first. Waits for the disk.

        Raises:
            SearchTimeout: It takes too long.
            OmniError: There is no key, or the library cannot be used, or not all of it.
        """
        account, spent_s = self._library.account(*self._who()), 0.0
        for said in () if account is None else self._library.said(account):
            begun_s = time.perf_counter()
            found = _found(said, matcher)
            spent_s += time.perf_counter() - begun_s
            if spent_s > matcher.limit_s:
                raise SearchTimeout
            yield found
        if trouble := self._quarantined():
            raise OutputError(trouble)

    def stored(self, call_id: str) -> Transcript | None:
        """The transcript of a call as it is stored, read in this thread; None if there is none that can be parsed.

        Raises:
            OmniError: There is no key, or the library cannot be used.
        """
        account = self._library.account(*self._who())
        stored = account and self._library.find(account, call_id, self._connection.max_body_bytes)
        return None if stored is None else _kept_transcript(stored)

    async def _put(self, account: Account, transcript: Transcript, call: Call | None) -> None:
        copy = self._as_copy(transcript, call)
        if not await in_daemon_thread(self._library.renew, account, copy):
            said = await _said(transcript)
            await in_daemon_thread(self._library.keep, account, copy, said)

    async def _find(self, call_id: str) -> CachedCall | None:
        """The copy of a call, behind what is being kept now: that may be the call."""

        def find() -> CachedCall | None:
            account = self._library.account(*self._who())
            return account and self._library.find(account, call_id, self._connection.max_body_bytes)

        async with self._one_by_one:
            return await in_daemon_thread(find)

    async def _name(self, account: Account) -> None:
        """Have an account named by whom its key belongs to, so that the account's next key finds it too; asks once."""
        if self._has_asked or self._identify is None:
            return
        self._has_asked = True
        try:
            identity = await self._identify()
        except OmniError:  # an older server, or none any more: the mark of the key has to do
            return
        parts = (identity.org_id, identity.project_id)
        if any(parts):
            async with self._one_by_one:
                await in_daemon_thread(self._library.name, account, json.dumps(parts))

    def _who(self) -> tuple[str, Any]:
        """The address and the key.

        Raises:
            OmniError: There is none.
        """
        key = self._connection.key()
        if key is None:
            raise RefusedError("there is no API key", "it tells whose calls may be shown; set PYAI_API_KEY")
        return self._connection.account, key

    @property
    def _library(self) -> Library:
        if self._opened is None:
            try:
                from tui.store.library import Library
            except ImportError as error:
                raise OutputError("this Python has no SQLite", "install its package sqlite3") from error
            self._opened = Library()
        return self._opened

    def _as_copy(self, transcript: Transcript, call: Call | None) -> CachedCall:
        from tui.store.library import CachedCall

        document = CallDocument(transcript, call)
        return CachedCall(
            transcript.call_id,
            self._now_ms(),
            transcript.source,
            None if call is None else json.dumps(_lasting(call.fields), ensure_ascii=False).encode(),
            document.record.label,
            document.start_ms,
            len(transcript.turns),
        )

    def _quarantined(self) -> str:
        place = self._library.quarantined
        return "" if place is None else safe_line(f"the library was damaged: it is {place} now, and a new one is begun")

    def _once(self, notice: str) -> str:
        if notice in self._told:
            return ""
        self._told.add(notice)
        return notice


def _kept_transcript(copy: CachedCall) -> Transcript | None:
    """The transcript as it was kept, with its record; None if it cannot be understood."""
    from tui.api.wire import parse_transcript

    try:
        transcript = parse_transcript(copy.source, call_id=copy.call_id)
    except OmniError:
        return None
    return replace(transcript, kept_ms=copy.kept_ms, record=_kept_record(copy) or transcript.record)


def _kept_record(copy: CachedCall) -> Call | None:
    """The record as it was kept; None if there is none, or none that can be understood."""
    from tui.api.records import parse_call

    try:
        return parse_call(copy.record, call_id=copy.call_id) if copy.record else None
    except OmniError:
        return None


def _found(said: Said, matcher: Matcher) -> Found:
    """The hits in a call; few calls have any, and the others are not taken apart."""
    texts = said.texts if matcher.needle in fold(said.whole)[0] else []
    hits = [(turn, *span) for turn, text in enumerate(texts) for span in matcher.spans(text)]
    return Found(said, texts, hits)


def _lasting(value: Any) -> Any:
    """A record, or a part of it, without what expires, and without what was said."""
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # was a number beyond all floats, for which JSON has no other form
    if not isinstance(value, Mapping):
        return value
    kept = (name for name in value if name not in _NOT_TO_BE_KEPT and not name.endswith(_SIGNED))
    return {name: _lasting(value[name]) for name in kept}


async def _said(transcript: Transcript) -> bytearray:
    """The text of each turn as it is shown, as the library has it; made a few at a time."""
    from tui.store.library import BETWEEN_TURNS

    said = bytearray(safe(transcript.plain or "").encode())
    for start in range(0, len(transcript.turns), _TURNS_AT_ONCE):
        texts = [shown(turn).text for turn in transcript.turns[start : start + _TURNS_AT_ONCE]]
        said += (BETWEEN_TURNS if start else "").encode() + BETWEEN_TURNS.join(texts).encode()
        await yield_to_ui()
    return said
