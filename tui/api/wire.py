"""Parses transcript documents.

A call can have 100,000 turns and a screen shows forty: the JSON is parsed at once, but a turn is validated and
built only on access. A turn in the documented shape is built here, any other by
``lenient_turn``. Records of calls are in ``records``, JSON in ``strict``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, overload

from tui.api.call_record import record_with
from tui.api.strict import strict_json, without_bom
from tui.core.call_id import check_call_id
from tui.core.errors import BadAnswerError, UsageError
from tui.core.json_values import text_of
from tui.core.record import Call
from tui.core.transcript import UNIX_FROM_MS, Transcript, Turn

_SAMPLE = 32  # times to inspect: a document with Unix times has them from the first turn on
_HINT = "a transcript has the key “transcript”, “turns” or “messages”, or is a list of turns or a text"

_RECORD_KEYS = frozenset(("status", "session_label", "duration_s", "started_at", "created_at", "error", "summary"))
_TURN_KEYS = frozenset(("role", "speaker", "text", "content", "message"))
_TIME_KEYS = ("start_ms", "end_ms")
_SECOND_KEYS = frozenset(("start", "end"))
_PROMISED = frozenset(("role", "text", *_TIME_KEYS))


class WireTurns(Sequence[Turn]):
    """The turns of one document, each built on first access and then cached.

    Args:
        items: The raw turns. The list is modified: a built turn replaces its raw value.
        epoch_ms: Unix time of offset 0 in ms, if the document's times are Unix times.
    """

    def __init__(self, items: list[Any], epoch_ms: int | None) -> None:
        self._slots = items
        self._epoch_ms = epoch_ms

    def __len__(self) -> int:
        return len(self._slots)

    @overload
    def __getitem__(self, index: int) -> Turn: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Turn, ...]: ...
    def __getitem__(self, index: int | slice) -> Turn | tuple[Turn, ...]:
        places = range(len(self._slots))[index]
        if isinstance(places, int):
            return self._turn(places)
        return tuple(map(self._turn, places))

    def __iter__(self) -> Iterator[Turn]:
        return map(self._turn, range(len(self._slots)))

    def _turn(self, place: int) -> Turn:
        slot = self._slots[place]
        if not isinstance(slot, Turn):
            slot = self._slots[place] = _turn(place, slot, self._epoch_ms)
        return slot


def parse_transcript(
    body: bytes, *, call_id: str | None, fallback_id: str = "", path: str | None = None, name: str = ""
) -> Transcript:
    """Parse the transcript in an answer's body, or in a file.

    Args:
        body: JSON in UTF-8, wrapped or bare; a byte order mark is accepted, and dropped from ``source``.
        call_id: The requested id; None for a file, which may contain its own.
        fallback_id: The id for a file without a valid one.
        path: The path of a file, as given; None if there is none that opens it again.
        name: The file's name in messages; empty for an answer of the API.

    Returns:
        The transcript; without turns and plain text if the document is empty or not ready.

    Raises:
        BadAnswerError: It is no JSON, no transcript, or belongs to another call.
    """
    source = without_bom(body)
    document = strict_json(source, name)
    named = _named_ids(document)
    if call_id is not None and named - {call_id}:
        raise BadAnswerError("the answer is the transcript of another call", "it was not kept; report it to PyAI")
    content = _content_of(document, name or "the answer")
    plain, items = (content or None, []) if isinstance(content, str) else (None, content)
    epoch_ms = _epoch_ms(items)
    own_id = call_id if call_id is not None else _usable(named)
    call_id = fallback_id if own_id is None else own_id
    return Transcript(
        call_id=call_id,
        turns=WireTurns(items, epoch_ms),
        plain=plain,
        source=source,
        epoch_ms=epoch_ms,
        record=_record_in(document, call_id),
        has_id=own_id is not None,
        path=path if own_id is None else None,
    )


def _record_in(document: Any, call_id: str) -> Call | None:
    """The call record in a transcript document; None if it has no such fields."""
    if not isinstance(document, dict) or _RECORD_KEYS.isdisjoint(document):
        return None
    return record_with(document, call_id)


def _named_ids(document: Any) -> set[str]:
    """The call ids in a document and its wrapped transcript; ids that are no strings as JSON."""
    bare = document.get("transcript") if isinstance(document, dict) else None
    named = [level.get("call_id") for level in (document, bare) if isinstance(level, dict)]
    return {text_of(value) for value in named if value not in (None, "")}


def _usable(named: set[str]) -> str | None:
    """The only id in a file if it is valid, else None."""
    call_id = named.pop() if len(named) == 1 else ""
    try:
        check_call_id(call_id)
    except UsageError:
        return None
    return call_id


def _content_of(document: Any, name: str) -> str | list[Any]:
    """The plain text or the raw turns of a document, wrapped or bare."""
    if isinstance(document, dict) and "transcript" in document:
        bare = document["transcript"]
        return [] if bare in (None, {}) else _content_of_bare(bare, name)
    if isinstance(document, dict) and document.get("object") == "omni.call.transcript":
        return _content_of_bare({"turns": None} | document, name)  # every field is optional
    if isinstance(document, list) and document and not any(map(_may_be_turn, document)):
        raise BadAnswerError(f"{name} is a list, but not of turns", _HINT)
    return [] if document is None else _content_of_bare(document, name)


def _may_be_turn(item: Any) -> bool:
    """Whether an item of a bare list looks like a turn."""
    return isinstance(item, str) or (isinstance(item, dict) and not _TURN_KEYS.isdisjoint(item))


def _content_of_bare(document: Any, name: str) -> str | list[Any]:
    if isinstance(document, str | list):
        return document
    if not isinstance(document, dict):
        raise BadAnswerError(f"{name} is JSON, but no transcript", _HINT)
    known = [document[key] for key in ("turns", "messages") if key in document]
    turns: Any = next((value for value in known if value is not None), [])
    if not known:
        raise BadAnswerError(f"{name} has no transcript in it", _HINT)
    if not isinstance(turns, list):
        raise BadAnswerError(f"the turns in {name} are no list", _HINT)
    return turns


def _epoch_ms(items: list[Any]) -> int | None:
    """The smallest time if the document has Unix times, which becomes offset 0; else None.

    Only the first 32 times decide, so that a long call with offsets is cheap.
    """
    if not any(time > UNIX_FROM_MS for time in islice(_times(items), _SAMPLE)):
        return None
    return round(min(time for time in _times(items) if time > UNIX_FROM_MS))


def _times(items: Iterable[Any]) -> Iterator[float]:
    """Every valid time in the raw turns, in order."""
    for item in items:
        if not isinstance(item, dict):
            continue
        in_ms = item if _SECOND_KEYS.isdisjoint(item) else _in_ms(item)
        for key in _TIME_KEYS:
            time = _time(in_ms.get(key))
            if time is not None:
                yield time


def _in_ms(item: dict[str, Any]) -> dict[str, Any]:
    from tui.api.lenient_turn import in_ms

    return in_ms(item)[0]


def _time(value: Any) -> float | None:
    if value is None or (type(value) is int and -UNIX_FROM_MS <= value <= UNIX_FROM_MS):  # fast path for nearly all
        return value
    from tui.api.lenient_turn import time_of

    return time_of(value)


def _turn(index: int, item: Any, epoch_ms: int | None) -> Turn:
    """Build a turn from a raw value."""
    if epoch_ms is None and type(item) is dict and item.keys() <= _PROMISED:
        turn = Turn(index, item.get("role", ""), item.get("text", ""), item.get("start_ms"), item.get("end_ms"))
        if _is_as_promised(turn):
            return turn
    from tui.api.lenient_turn import lenient_turn

    return lenient_turn(index, item, epoch_ms)


def _is_as_promised(turn: Turn) -> bool:
    """Whether role and text are strings, and times are offsets or missing."""
    content = all(type(words) is str and not words.isspace() for words in (turn.speaker, turn.text))
    return (
        content
        and bool(turn.speaker and turn.text)
        and _is_offset(turn.start_ms, 0)
        and _is_offset(turn.end_ms, turn.start_ms or 0)
    )


def _is_offset(value: object, earliest_ms: int) -> bool:
    return value is None or (type(value) is int and earliest_ms <= value <= UNIX_FROM_MS)
