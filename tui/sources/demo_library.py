"""The library of the demo: its sample calls, in a directory that is removed when the demo ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tui.core.clock import Clock

if TYPE_CHECKING:
    from tui.demo.calls import ServedCall
    from tui.sources.archive import Archive
    from tui.sources.connection import Connection

_ADDRESS = "https://demo.invalid"


def archive_of(connection: Connection, resources: ExitStack) -> Archive:
    """The archive of an account, or of the demo.

    Args:
        connection: The account.
        resources: Removes what is made for it in the end.
    """
    from tui.sources.archive import Archive

    return asyncio.run(demo_archive(resources)) if connection.demo else Archive(connection, None, Clock().now_ms)


async def demo_archive(resources: ExitStack) -> Archive:
    """An archive that holds the sample calls; of those without a transcript their records.

    Args:
        resources: Removes it in the end.
    """
    from tui.demo.calls import SAMPLES, sample_call
    from tui.demo.contract import DEMO_KEY
    from tui.sources.archive import Archive
    from tui.sources.connection import Connection
    from tui.store.library import Library

    place = Path(
        resources.enter_context(TemporaryDirectory(prefix="omni-transcripts-demo-", ignore_cleanup_errors=True))
    )
    connection = Connection(_ADDRESS, environ={"PYAI_API_KEY": DEMO_KEY})
    archive = Archive(connection, None, Clock().now_ms, Library(place / "library.db"))
    for sample in SAMPLES:
        await _keep(archive, sample_call(sample.call_id))
    return archive


async def _keep(archive: Archive, stored: ServedCall) -> None:
    from tui.api.call_record import parse_call
    from tui.api.wire import parse_transcript

    record = {"call_id": stored.call_id, **stored.record, **stored.detail}
    call = parse_call(json.dumps(record).encode(), call_id=stored.call_id)
    if stored.body is None or stored.comes_late:
        await archive.keep_bare([call], call.call_id)
    else:
        await archive.keep(parse_transcript(stored.body, call_id=stored.call_id), call)
