"""How long calls are kept: the bounds of the library in size and age, and which calls go.

The oldest calls go first, by their start, or by when they were fetched if that is not known, whether they have a
transcript or only their record is stored. A call with a mark stays. One that was just stored on request stays where
the library is full, but not where it is too old: any later call that is stored would remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.core.limits import CACHE_DAYS, CACHE_MIB
from tui.store.accounts import Account, by_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection

MOST_AT_ONCE = 100
"""So many calls are removed in one transaction, so that other instances can write in between."""
_DAY_MS = 86_400_000
AGE = "ifnull(started_at_ms, kept_ms)"
"""By which the oldest calls are found, which go first; ``listing`` has the order in which calls are listed."""
OF_ITS_MARKS = (
    "FROM turn_mark WHERE turn_mark.base_url = kept.base_url "
    "AND turn_mark.account = kept.account AND turn_mark.call_id = kept.call_id"
)
"""The marks of a call of ``kept``, behind what is selected of them."""
_UNMARKED = f"NOT EXISTS (SELECT 1 {OF_ITS_MARKS})"
_OLDEST = f"SELECT {AGE}, id, base_url, account, call_id FROM kept WHERE {_UNMARKED} ORDER BY {AGE} LIMIT 2"
_OLDEST_BARE = f"SELECT {AGE}, id, base_url, account, call_id FROM bare_record ORDER BY {AGE} LIMIT 2"
_OLDEST_AND_COUNT = (
    f"SELECT (SELECT {AGE} FROM kept WHERE {_UNMARKED} ORDER BY {AGE} LIMIT 1), (SELECT count(*) FROM kept)"
)
_SPARE_SHARE = 8
"""Free pages are given back to the file system when they are more than one in so many."""


class Retention(NamedTuple):
    """The bounds of the library.

    Attributes:
        max_bytes: The size from which on the oldest calls go.
        max_days: The age from which on calls go; None for any age.
    """

    max_bytes: int = CACHE_MIB * 2**20
    max_days: int | None = CACHE_DAYS

    def __str__(self) -> str:
        """The bounds, in words."""
        size = f"{self.max_bytes // 2**20:,} MiB"
        return size if self.max_days is None else f"{size} and {self.max_days:,} days"


class StoredCall(NamedTuple):
    """What identifies a stored call.

    Attributes:
        base_url: The API's address.
        account: The name of its account.
        call_id: The call's id.
    """

    base_url: str
    account: str
    call_id: str


class Oldest(NamedTuple):
    """The call that has to go first.

    Attributes:
        at_ms: Unix time in ms of its start, or else of its fetch.
        row: Its row.
        call: What identifies it.
        is_bare: Whether only its record is stored.
    """

    at_ms: int
    row: int
    call: StoredCall
    is_bare: bool


class Reach(NamedTuple):
    """How far back calls are worth fetching: older ones would be removed at once.

    Attributes:
        since_ms: Unix time in ms of the earliest start; None for any.
        why: What keeps older ones out; empty if nothing does.
        is_full: Whether it is the size of the library.
    """

    since_ms: int | None = None
    why: str = ""
    is_full: bool = False

    def leaves_out(self, started_at_ms: int | None) -> bool:
        """Whether a call of this start is too old; one without a start counts as new."""
        return self.since_ms is not None and started_at_ms is not None and started_at_ms < self.since_ms


class Bounds(NamedTuple):
    """The bounds at a moment.

    Attributes:
        retention: The bounds that were set.
        now_ms: Unix time of the moment in ms.
        spared: The call that stays in a full library, as it was just stored on request; None if there is none.
    """

    retention: Retention
    now_ms: int
    spared: StoredCall | None = None

    def first_to_go(self, database: Connection) -> Oldest | None:
        """The call that has to go first; None if none has to."""
        calls = [
            Oldest(row[0], row[1], StoredCall(*row[2:]), is_bare)
            for select, is_bare in ((_OLDEST, False), (_OLDEST_BARE, True))
            for row in database.execute(select)
        ]
        oldest = min(calls, key=_age, default=None)
        if oldest is not None and self._is_too_old(oldest.at_ms):
            return oldest
        spared = self.spared and self.spared._replace(account=by_now(database, Account(*self.spared[:2]))[1])
        oldest = min((call for call in calls if call.call != spared), key=_age, default=None)
        return oldest if oldest is not None and self._is_full(database) else None

    def reach(self, database: Connection | None) -> Reach:
        """How far back calls are worth fetching for a library, or for one that does not exist yet."""
        oldest_ms, calls = (None, 0) if database is None else database.execute(_OLDEST_AND_COUNT).fetchone()
        if database is not None and isinstance(oldest_ms, int) and not self._has_room(used_bytes(database), calls):
            return Reach(oldest_ms, "the library is full: older calls are left out", is_full=True)
        if (days := self.retention.max_days) is None:
            return Reach()
        return Reach(self.now_ms - days * _DAY_MS, f"calls older than {days:,} days are left out (cache_days)")

    def _has_room(self, used: int, calls: int) -> bool:
        """Whether another call of usual size has room."""
        return used + used // max(1, calls) <= self.retention.max_bytes

    def _is_full(self, database: Connection) -> bool:
        return used_bytes(database) > self.retention.max_bytes

    def _is_too_old(self, at_ms: int) -> bool:
        days = self.retention.max_days
        return days is not None and isinstance(at_ms, int) and at_ms < self.now_ms - days * _DAY_MS


def _age(call: Oldest) -> tuple[bool, int]:
    """What calls are ordered by: SQLite puts numbers before whatever else damage has made of them."""
    return (False, call.at_ms) if isinstance(call.at_ms, int) else (True, 0)


def used_bytes(database: Connection) -> int:
    """The size of the library in bytes, without free pages."""
    return (_pragma(database, "page_count") - _pragma(database, "freelist_count")) * _pragma(database, "page_size")


def remove_oldest(
    database: Connection, bounds: Bounds, remove: Callable[[Connection, Oldest], object]
) -> list[StoredCall]:
    """Remove some of the calls that have to go, and give much free room back to the file system.

    Args:
        database: The library, in a transaction.
        bounds: The bounds.
        remove: Removes a call.

    Returns:
        The removed calls, at most ``MOST_AT_ONCE``.
    """
    gone: list[StoredCall] = []
    while len(gone) < MOST_AT_ONCE and (first := bounds.first_to_go(database)):
        remove(database, first)
        gone.append(first.call)
    _give_back(database)
    return gone


def _give_back(database: Connection) -> None:
    """Give free pages back to the file system, if they are many; Python's module does one page with each statement."""
    free = _pragma(database, "freelist_count")
    if free * _SPARE_SHARE > _pragma(database, "page_count"):
        for _ in range(free):
            database.execute("PRAGMA incremental_vacuum(1)").close()


def _pragma(database: Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
