"""Fetches the calls of the account that the library does not have yet, with their records.

Owns the order and the pace: the newest calls first, a few at a time, and none while the server asks to wait. Calls that
come while others are written are written together, and each is reported once it is stored, so that a sync that is cut
off at any moment goes on where it was. Knows no screen and no standard stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.core.call_row import is_older, when_ms
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, OutputError, UnreachableError, UsageError
from tui.core.missing import is_empty
from tui.core.progress import Progress, Waiting
from tui.core.status import has_failed
from tui.sources.call_pager import CallPager
from tui.sources.pace import Pace
from tui.sources.store_queue import FetchedCall, StoreQueue

if TYPE_CHECKING:
    from tui.api.client import OmniClient
    from tui.core.record import Call
    from tui.sources.archive import Archive
    from tui.sources.calls import OmniCallSource
    from tui.store.library import Held
    from tui.store.retention import StoredCall

_AT_ONCE = 4
"""So many calls are fetched at a time."""
_MOST_IN_A_ROW = 5
"""After so many failures in a row the network, or the disk, is to blame, and not a call."""
_MOST_ODD_IN_A_ROW = 50
"""The same, of calls that fail although the server answers."""
_SAME_FOR_ALL = (401, 402, 403, 429)
"""Statuses that every other call would get, too."""
_FASTEST = 10_000
_SHARE_OF_RATE = 0.5
"""The share of the key's rate that a sync takes, which leaves the rest to calls that are read meanwhile."""


class SyncRequest(NamedTuple):
    """Which calls to fetch.

    Attributes:
        label: Only calls with exactly this session label.
        since_ms: Only calls from this Unix time in ms on; None for all.
        limit: How many transcripts at most, and how many records of failed calls; None for all.
    """

    label: str | None = None
    since_ms: int | None = None
    limit: int | None = None


class Found(NamedTuple):
    """More calls are to be fetched.

    Attributes:
        calls: Their records in the list of calls.
    """

    calls: Sequence[Call]


class Came(NamedTuple):
    """A call is stored: it is there whatever happens from now on.

    Attributes:
        call: Its record.
        turns: How many turns it has.
    """

    call: Call
    turns: int


class Missed(NamedTuple):
    """A call is not stored.

    Attributes:
        call: Its record.
        fault: Why; None if it has no transcript, or no room.
    """

    call: Call
    fault: OmniError | None = None


SyncEvent = Found | Came | Missed | Waiting


@dataclass
class SyncResult:
    """What a sync has done.

    Attributes:
        came: The number of calls that are new, and still there.
        did_not_fit: The number of calls that came, and went again as the library is full.
        present: The number of calls that were there already.
        without: The number of calls that have no transcript.
        removed: The number of calls of before that are beyond the bounds of the library, and went.
        bounds_notice: The notice that such calls go; empty if it is known, or if none went.
        failures: The calls that could not be fetched or stored, with the reasons.
        ended_by: The error that ended it early; None if none did.
        ended_early: Why it ended early without an error; empty if it did not.
        is_list_whole: Whether the server's list came to its own end, or to that of what was asked for.
        left_out: Why older calls were not fetched; empty if there are none.
    """

    came: int = 0
    did_not_fit: int = 0
    present: int = 0
    without: int = 0
    removed: int = 0
    bounds_notice: str = ""
    failures: list[Missed] = field(default_factory=list)
    ended_by: OmniError | None = None
    ended_early: str = ""
    is_list_whole: bool = True
    left_out: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether it ended early."""
        return self.ended_by is not None or bool(self.ended_early)


class Sync:
    """One run."""

    def __init__(self, source: OmniCallSource, archive: Archive, tell: Callable[[SyncEvent], object]) -> None:
        self._source = source
        self._archive = archive
        self._tell = tell
        self._pace = Pace()
        self._queue = StoreQueue(self._store)
        self._in_a_row = 0
        self._came = set[str]()
        self._result = SyncResult()

    async def run(self, request: SyncRequest) -> SyncResult:
        """Fetch what is missing, the newest call first.

        Returns:
            What was done, also if an error ended it early.
        """
        try:
            client = await self._source.client()
            self._pace = Pace(await self._interval_s())
            self._take_away(await self._archive.trim())
            async for calls in self._missing(request):
                self._tell(Found(calls))
                await self._fetch_all(client, calls)
                if self._result.has_ended:
                    break
            if self._result.removed:
                self._result.bounds_notice = await self._archive.bounds_notice()
        except OmniError as fault:
            self._result.ended_by = fault
        return self._result

    async def _interval_s(self) -> float:
        """The least time between two requests, from the rate of the key, if the server tells it."""
        try:
            limits = (await self._source.identity()).limits
        except OmniError:
            return 0.0
        rate = limits.get("rps") if limits else None
        if not isinstance(rate, int | float) or not 0 < rate < _FASTEST:
            return 0.0
        return 1 / (rate * _SHARE_OF_RATE)

    async def _missing(self, request: SyncRequest) -> AsyncIterator[list[Call]]:
        """The calls that are not stored as a whole, page by page."""
        pager = CallPager(self._source, request.label)
        left = left_of_failed = request.limit
        while left != 0 and not self._result.has_ended and (page := await pager.next_calls(self._hear)):
            held = await self._archive.held()
            wanted = [call for call in page if not is_older(call, request.since_ms)]
            missing = [call for call in wanted if call.call_id not in held.whole | held.absent]
            await self._keep_records([call for call in wanted if _has_none(call, held)], replaces=False)
            self._result.present += sum(call.call_id in held.whole for call in wanted)
            self._result.without += sum(call.call_id in held.absent - held.whole for call in wanted)
            kept = [call for call in missing if not held.reach.leaves_out(_retention_time_ms(call))]
            if len(kept) < len(missing):
                self._result.left_out = held.reach.why
            chosen = list(islice(self._with_transcripts(kept), left))
            failed = list(islice((call for call in kept if call.call_id and has_failed(call)), left_of_failed))
            if left is not None and left_of_failed is not None:
                left, left_of_failed = left - len(chosen), left_of_failed - len(failed)
            yield [*chosen, *failed]
            if all(is_older(call, request.since_ms) or held.reach.leaves_out(call.started_at_ms) for call in page):
                return
        self._result.ended_early = self._result.ended_early or pager.ended_early
        self._result.is_list_whole = not pager.ended_early

    def _with_transcripts(self, calls: Sequence[Call]) -> Iterator[Call]:
        """The calls that can have a transcript, which those that failed cannot; those without an id are counted."""
        for call in calls:
            if call.call_id and not has_failed(call):
                yield call
            elif not call.call_id:
                self._result.without += 1

    async def _fetch_all(self, client: OmniClient, calls: Sequence[Call]) -> None:
        left = iter(calls)

        async def work() -> None:
            for call in left:
                if self._result.has_ended:
                    return
                await self._fetch(client, call)

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))

    async def _fetch(self, client: OmniClient, call: Call) -> None:
        if has_failed(call):
            await self._note_missing(client, call)
            return
        try:
            fetched = await self._fetched(client, call)
        except NotFoundError:
            self._in_a_row = 0
            await self._note_missing(client, call)
        except UsageError as fault:  # of the id
            self._fail(call, BadAnswerError(f"the server lists what is no call: {fault.what}"))
        except OmniError as fault:
            self._fail(call, fault)
        else:
            await self._queue.put(fetched)

    async def _fetched(self, client: OmniClient, call: Call) -> FetchedCall:
        """Fetch a call.

        Raises:
            NotFoundError: It has no transcript.
            OmniError: It cannot be fetched.
        """
        await self._pace.turn()
        transcript = await client.transcript(call.call_id, self._hear)
        if is_empty(transcript):
            raise NotFoundError("the transcript is empty")
        return FetchedCall(call, transcript, await self._record(client, call))

    async def _store(self, calls: Sequence[FetchedCall]) -> bool:
        """Store calls together; each by itself if that fails, as a single one may be to blame, and returns False."""
        try:
            gone = await self._archive.store([(one.transcript, one.record) for one in calls])
        except OmniError as fault:
            await self._store_singly(calls, fault)
            return False
        self._in_a_row = 0
        self._came.update(one.call.call_id for one in calls)
        self._take_away(gone)
        for one in calls:
            is_there = one.call.call_id in self._came
            self._tell(Came(one.call, len(one.transcript.turns)) if is_there else Missed(one.call))
        if gone:
            await self._note_removed(calls)
        return True

    def _take_away(self, gone: Sequence[StoredCall]) -> None:
        """Count the calls that have come and are still there, those that went again, and those of before that went."""
        lost = self._came.intersection(call.call_id for call in gone)
        self._came -= lost
        self._result.came = len(self._came)
        self._result.did_not_fit += len(lost)
        self._result.removed += len(gone) - len(lost)

    async def _keep_records(self, calls: Sequence[Call], *, replaces: bool) -> None:
        """Store the records of calls without a transcript."""
        self._take_away(await self._archive.keep_records(calls, replaces=replaces))

    async def _note_removed(self, calls: Sequence[FetchedCall]) -> None:
        """Say why calls went as soon as they had come, if some did; from a full library all that are older would."""
        try:
            held = await self._archive.held()
        except OmniError as fault:
            self._result.ended_by = fault
            return
        reach = held.reach
        lost = [one for one in calls if one.call.call_id not in held.whole]
        if not reach.is_full and all(reach.leaves_out(one.record.started_at_ms) for one in lost):
            self._result.left_out = reach.why if lost else self._result.left_out
        elif not _are_held(calls, held):
            self._result.ended_early = "the library is full: older calls are left out"

    async def _store_singly(self, calls: Sequence[FetchedCall], fault: OmniError) -> None:
        if len(calls) == 1:
            self._fail(calls[0].call, fault)
            return
        for one in calls:
            if not self._result.has_ended:
                await self._store([one])

    async def _record(self, client: OmniClient, call: Call) -> Call:
        """The record with its details; the one of the list if there is none with details."""
        await self._pace.turn()
        try:
            return await client.call(call.call_id, self._hear)
        except NotFoundError:
            return call

    async def _note_missing(self, client: OmniClient, call: Call) -> None:
        """Store the record of a call without a transcript, which is not asked for again once none can come any more.

        One that cannot be read does not make the sync fail: the record of the list stays, and the next sync asks again.
        """
        try:
            try:
                await self._keep_records([await self._record(client, call)], replaces=True)
                self._in_a_row = 0
            except OmniError as fault:
                if _may_affect_others(fault):
                    raise
                await self._keep_records([call], replaces=False)
                if isinstance(fault, UnreachableError):
                    self._count_in_a_row(fault)
        except OmniError as fault:
            self._fail(call, fault)
        else:
            self._result.without += 1
            self._tell(Missed(call))

    def _fail(self, call: Call, fault: OmniError) -> None:
        missed = Missed(call, fault)
        self._result.failures.append(missed)
        self._tell(missed)
        self._count_in_a_row(fault)

    def _count_in_a_row(self, fault: OmniError) -> None:
        self._in_a_row += 1
        most = _MOST_IN_A_ROW if isinstance(fault, UnreachableError | OutputError) else _MOST_ODD_IN_A_ROW
        if _affects_every_call(fault) or self._in_a_row >= most:
            self._result.ended_by = fault

    def _hear(self, progress: Progress) -> None:
        """Let all requests wait when the server asks one to."""
        if isinstance(progress, Waiting):
            self._pace.pause(progress.seconds)
            self._tell(progress)


def _affects_every_call(fault: OmniError) -> bool:
    """Whether every other call would fail the same way."""
    return fault.status in _SAME_FOR_ALL or fault.code == "unknown_route"


def _may_affect_others(fault: OmniError) -> bool:
    """Whether others may fail, too: the network, the disk or the key is to blame, and not a single record."""
    is_of_network = isinstance(fault, UnreachableError) and fault.status is None
    return is_of_network or isinstance(fault, OutputError) or _affects_every_call(fault)


def _has_none(call: Call, held: Held) -> bool:
    """Whether a call is known to have no transcript."""
    return call.call_id not in held.whole and (call.call_id in held.absent or has_failed(call))


def _retention_time_ms(call: Call) -> int | None:
    """The time that decides how long a call is kept: its start, or for a failed call without one its creation."""
    return when_ms(call) if has_failed(call) else call.started_at_ms


def _are_held(calls: Sequence[FetchedCall], held: Held) -> bool:
    """Whether calls that were stored are still there; without a start they count as new, and push out others."""
    return all(one.record.started_at_ms is not None and one.call.call_id in held.whole for one in calls)
