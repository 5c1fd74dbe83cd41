"""The calls of the demo server, with their records and transcripts.

Samples are in ``samples/CALL_ID.json``, each a ``{"record", "transcript"}``, some with ``"trace"`` and ``"recap"``.
HTTP is handled by ``contract``. The prompt lists the samples in its first
picture, so modules that only the server needs are imported late.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """An entry of the list of sample calls.

    Attributes:
        call_id: Its id.
        title: What it demonstrates, in one line.
    """

    call_id: str
    title: str


class ServedCall(NamedTuple):
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
    detail: Mapping[str, Any] = MappingProxyType({})
    body: bytes | None = None
    inline: object = None
    trace: Mapping[str, Any] | None = None
    recap: Mapping[str, Any] | None = None
    comes_late: bool = False


LATE_ID = "call_demo_late"

SAMPLES = (
    Sample("call_demo_trouble", "start here: a call that went wrong"),
    Sample("call_demo_booking", "an ordinary booking, with times, a tool and a summary"),
    Sample("call_demo_silences", "long silences, overlaps and answers that are cut off"),
    Sample("call_demo_tools", "tool calls, unknown roles, and fields that nobody promised"),
    Sample("call_demo_long", "turns that are longer than a screen"),
    Sample("call_demo_japanese", "Japanese, with emoji made of several characters"),
    Sample("call_demo_hebrew", "Hebrew, from right to left, with Latin words in it"),
    Sample("call_demo_untimed", "turns without times"),
    Sample("call_demo_legacy", "a legacy session: one plain string, no turns"),
    Sample(LATE_ID, "a transcript that is not there yet when you first ask"),
    Sample("call_demo_failed", "a call that failed before any speech: no transcript"),
)

_LISTED = (
    "session_label",
    "status",
    "duration_s",
    "has_recording",
    "has_summary",
    "started_at",
    "created_at",
)
_EXTRA_CREATED_AT_MS = 1_790_000_000_000


def wrapped(call_id: str, transcript: object) -> bytes:
    """The transcript endpoint's body around a transcript, as UTF-8 JSON."""
    import json

    document = {"object": "omni.call.transcript", "call_id": call_id, "transcript": transcript}
    return json.dumps(document, ensure_ascii=False).encode()


def sample_call(call_id: str) -> ServedCall:
    """A sample call, read from its file."""
    import json
    from importlib.resources import files

    file = files("tui.demo") / "samples" / f"{call_id}.json"
    sample = json.loads(file.read_text(encoding="utf-8"))
    record, transcript = sample["record"], sample["transcript"]
    record["has_summary"] = "summary" in record
    return ServedCall(
        call_id,
        record={name: record[name] for name in _LISTED},
        detail={name: value for name, value in record.items() if name not in _LISTED},
        body=None if transcript is None else wrapped(call_id, transcript),
        inline=transcript,
        trace=sample.get("trace"),
        recap=sample.get("recap"),
        comes_late=call_id == LATE_ID,
    )


def extra_call(call_id: str, body: bytes) -> ServedCall:
    """A call with a given body, which need not be JSON, and a minimal record."""
    record = dict.fromkeys(_LISTED) | {
        "status": "completed",
        "has_recording": False,
        "has_summary": False,
        "created_at": _EXTRA_CREATED_AT_MS,
    }
    return ServedCall(call_id, record, body=body)


def stored_calls(turns: int | None, extra: Mapping[str, bytes], many: int = 0) -> dict[str, ServedCall]:
    """All calls of a server by id, newest first.

    Args:
        turns: The length of the large call in turns; None for no large call.
        extra: More calls: transcript bodies by call id. They override samples of the same id.
        many: How many generated calls to add.
    """
    calls = [sample_call(sample.call_id) for sample in SAMPLES]
    if turns is not None:
        from tui.demo.large import large_call

        calls.append(large_call(turns))
    if many:
        from tui.demo.many import many_calls

        calls += many_calls(many)
    calls += [extra_call(call_id, body) for call_id, body in extra.items()]
    by_id = {call.call_id: call for call in calls}
    newest_first = sorted(by_id.values(), key=lambda call: call.record["created_at"], reverse=True)
    return {call.call_id: call for call in newest_first}
