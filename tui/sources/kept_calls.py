"""Reads all calls that are kept for an account, one after another; no more than one is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tui.core.errors import BadAnswerError, OmniError
from tui.core.limits import RAISE_LIMIT
from tui.sources.cached_call import parse_record, read_cached

if TYPE_CHECKING:
    from tui.core.record import Call
    from tui.core.transcript import Transcript
    from tui.store.accounts import Account
    from tui.store.library import CachedCall, Library
    from tui.store.listing import Wanted


class KeptCall(NamedTuple):
    """A call that is kept.

    Attributes:
        call_id: Its id; not yet safe to show.
        transcript: Its transcript, with its record; None if it has none, or if it cannot be read.
        record: The record of a call without a transcript.
        marks: The indexes of the turns that the user has marked.
        fault: Why it cannot be read.
    """

    call_id: str
    transcript: Transcript | None = None
    record: Call | None = None
    marks: frozenset[int] = frozenset()
    fault: OmniError | None = None


def kept_calls(library: Library, account: Account, wanted: Wanted, most_bytes: int) -> Iterator[KeptCall]:
    """The wanted calls, the newest first. Waits for the disk.

    Between two calls the library is closed, so that others can write to it: a call that is removed meanwhile is left
    out, and one that is fetched again comes as it is by then.

    Raises:
        OutputError: The library cannot be used.
    """
    for call_id in library.ids(account, wanted):
        cached = library.find(account, call_id, most_bytes)
        if cached is not None:
            yield _read(library, account, cached, most_bytes)
        elif (bare := library.record(account, call_id)) is not None:
            yield _read_record(bare)


def _read_record(bare: CachedCall) -> KeptCall:
    record = parse_record(bare)
    fault = BadAnswerError("its record cannot be read, and it has no transcript") if record is None else None
    return KeptCall(bare.call_id, record=record, fault=fault)


def _read(library: Library, account: Account, cached: CachedCall, most_bytes: int) -> KeptCall:
    if not cached.source:
        too_long = f"its transcript is larger than {most_bytes / 2**20:,.3g} MiB"
        return KeptCall(cached.call_id, fault=BadAnswerError(too_long, RAISE_LIMIT))
    try:
        return KeptCall(cached.call_id, read_cached(cached), marks=library.marks(account, cached.call_id))
    except BadAnswerError as fault:
        return KeptCall(cached.call_id, fault=fault)
