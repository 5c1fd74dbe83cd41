"""A call of the demo server; ``calls`` lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ServedCall:
    """One call of the server.

    Attributes:
        call_id: Its id.
        record: The fields of the list's record, without ``object`` and ``call_id``; times in Unix ms.
        detail: The additional fields of the record's own endpoint.
        body: The body of the transcript endpoint, UTF-8 JSON; None if there is no transcript.
        inline: The transcript within the detail; None if it is offloaded.
        trace: The fields of its interaction that Trace has besides the timeline; None if it has no trace.
        recap: The fields of its recap; None if it has none.
        comes_late: Whether the transcript becomes available only some time after the first request for it.
    """

    call_id: str
    record: Mapping[str, Any]
    detail: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    inline: object = None
    trace: Mapping[str, Any] | None = None
    recap: Mapping[str, Any] | None = None
    comes_late: bool = False
