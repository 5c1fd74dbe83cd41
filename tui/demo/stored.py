"""A call as the demo server keeps it; which calls there are is ``calls``' to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One call as the server keeps it.

    Attributes:
        call_id: Its id.
        record: The fields of the list's record, without ``object`` and ``call_id``; times in Unix ms.
        detail: The fields that only the record's own endpoint adds.
        body: What the transcript endpoint answers, UTF-8 JSON; None where there is no transcript.
        inline: The transcript as the detail shows it; None where it is kept outside of the record.
        comes_late: Whether the transcript is pushed only some time after the first request for it.
    """

    call_id: str
    record: Mapping[str, Any]
    detail: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    inline: object = None
    comes_late: bool = False
