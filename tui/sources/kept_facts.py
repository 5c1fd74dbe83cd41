"""Adds to a page of the account's list what that leaves out, and the records kept on this machine have.

The list of the API has no error of a call that failed, and no summary. Trouble with the library only leaves them out.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.core.background import start
from tui.core.status import has_failed

if TYPE_CHECKING:
    from tui.core.record import Call, CallPage
    from tui.sources.archive import Archive

_PATIENCE_S = 0.5
"""How long a page waits for the library."""
_FIELDS = ("summary", "recording_result")


async def with_kept_facts(page: CallPage, archive: Archive | None) -> CallPage:
    """The page, with the errors and summaries that are kept."""
    lacking = [call.call_id for call in page.calls if _lacks_facts(call)]
    if archive is None or not lacking:
        return page
    reading = start(archive.records_of(lacking))
    await asyncio.wait([reading], timeout=_PATIENCE_S)
    kept = reading.result() if reading.done() else {}
    calls = (_filled(call, kept[call.call_id]) if call.call_id in kept else call for call in page.calls)
    return replace(page, calls=tuple(calls))


def _lacks_facts(call: Call) -> bool:
    """Whether a kept record may say more about a call."""
    lacks_error = has_failed(call) and not call.error
    return bool(call.call_id) and (lacks_error or (bool(call.has_summary) and call.fields.get("summary") is None))


def _filled(call: Call, kept: Call) -> Call:
    more = {name: kept.fields[name] for name in _FIELDS if call.fields.get(name) is None and name in kept.fields}
    return replace(call, error=call.error or kept.error, fields={**call.fields, **more})
