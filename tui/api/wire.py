"""The transcript document on the wire, and what is made of it. Tolerant of every shape that API.md names.

A call can have 100,000 turns and a reader sees forty: the JSON is parsed at once, but a turn is checked and
built only when somebody asks for it. Records of calls are in ``records``; what JSON is, in ``strict``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, overload

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tui.api.strict import Number, as_json, strict_json, understood, without_bom
from tui.core.call_id import check_call_id
from tui.core.errors import BadAnswerError, UsageError
from tui.core.transcript import Transcript, Turn

UNIX_FROM_MS = 10**11
"""Above this a time can only be a Unix time (API.md): as an offset it would be three years of talk."""

_SAMPLE = 32  # times to look at: whoever sends Unix times sends them from the first turn on
_NO_SPEAKER = "unknown"
_HINT = "a transcript has the key “transcript”, “turns” or “messages”, or is a list of turns or a text"

_ROLE_KEYS = ("role", "speaker")
_TEXT_KEYS = ("text", "content", "message")
_MEANING = dict.fromkeys(_ROLE_KEYS, "role") | dict.fromkeys(_TEXT_KEYS, "text")
_TIME_KEYS = {"start_ms": "start time", "end_ms": "end time"}

_Time = Annotated[Number, Field(ge=-UNIX_FROM_MS, le=10**13)]
_TIME: TypeAdapter[float] = TypeAdapter(_Time)


class _Part(BaseModel):
    """One part of a ``content`` that is a list; its type does not matter as long as it has a text."""

    text: str


class _WireTurn(BaseModel):
    """A turn as it is promised or was seen; anything else of it stays in ``model_extra``."""

    model_config = ConfigDict(extra="allow")

    speaker: str = Field(_NO_SPEAKER, validation_alias=AliasChoices(*_ROLE_KEYS))
    said: str | list[str | _Part] = Field("", validation_alias=AliasChoices(*_TEXT_KEYS))
    start_ms: _Time | None = None
    end_ms: _Time | None = None

    def text(self) -> str:
        """What was said, the parts on lines of their own."""
        if isinstance(self.said, str):
            return self.said
        return "\n".join(part if isinstance(part, str) else part.text for part in self.said)


class WireTurns(Sequence[Turn]):
    """The turns of one document, each built when it is first asked for and kept from then on.

    Args:
        items: The turns as sent. The list is taken over: a slot holds the value sent, later its turn.
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
        if not isinstance(slot, Turn):  # JSON never makes one
            slot = self._slots[place] = _turn(place, slot, self._epoch_ms)
        return slot


def parse_transcript(body: bytes, *, call_id: str | None, fallback_id: str = "") -> Transcript:
    """The transcript in an answer's body, or in a file.

    Args:
        body: JSON in UTF-8, wrapped or bare; a byte order mark is accepted, and is not kept in ``source``.
        call_id: The id that was asked for; None for a file, which may tell its own.
        fallback_id: The id of a file that tells none, or an impossible one.

    Returns:
        The transcript. It has no turns and no plain text if the document says that there is nothing (yet).

    Raises:
        BadAnswerError: It is no JSON, no transcript, or the transcript of another call.
    """
    source = without_bom(body)
    document = strict_json(source)
    named = _named_ids(document)
    if call_id is not None and named - {call_id}:
        raise BadAnswerError("the answer is the transcript of another call", "it was not kept; report it to PyAI")
    said = _said_in(document)
    plain, items = (said or None, []) if isinstance(said, str) else (None, said)
    epoch_ms = _epoch_ms(items)
    return Transcript(
        call_id=call_id if call_id is not None else _usable(named, fallback_id),
        turns=WireTurns(items, epoch_ms),
        plain=plain,
        source=source,
        epoch_ms=epoch_ms,
    )


def _named_ids(document: Any) -> set[str]:
    """The call ids that a document and what it wraps name; one that is no string counts too, as its JSON."""
    bare = document.get("transcript") if isinstance(document, dict) else None
    named = [level.get("call_id") for level in (document, bare) if isinstance(level, dict)]
    return {value if isinstance(value, str) else as_json(value) for value in named if value not in (None, "")}


def _usable(named: set[str], fallback_id: str) -> str:
    """The one id that a file names, if it can be an id."""
    call_id = named.pop() if len(named) == 1 else ""
    try:
        check_call_id(call_id)
    except UsageError:
        return fallback_id
    return call_id


def _said_in(document: Any) -> str | list[Any]:
    """The plain text or the raw turns of a document, wrapped or bare; no turns if it says there are none."""
    if isinstance(document, dict) and "transcript" in document:
        bare = document["transcript"]
        return [] if bare in (None, {}) else _said_in_bare(bare)
    if isinstance(document, dict) and document.get("object") == "omni.call.transcript":
        return _said_in_bare({"turns": None} | document)  # no field of it is required
    return [] if document is None else _said_in_bare(document)


def _said_in_bare(document: Any) -> str | list[Any]:
    if isinstance(document, str | list):
        return document
    if not isinstance(document, dict):
        raise BadAnswerError("the document is JSON, but no transcript", _HINT)
    known = [document[key] for key in ("turns", "messages") if key in document]
    turns: Any = next((value for value in known if value is not None), [])
    if not known:
        raise BadAnswerError("the document has no transcript in it", _HINT)
    if not isinstance(turns, list):
        raise BadAnswerError("the turns in the document are no list", _HINT)
    return turns


def _epoch_ms(items: list[Any]) -> int | None:
    """Unix time of offset 0, if the document tells Unix times: the smallest of them.

    The first 32 times alone decide which kind they are, so that a long call with offsets costs nothing.
    """
    if not any(time > UNIX_FROM_MS for time in islice(_times(items), _SAMPLE)):
        return None
    return round(min(time for time in _times(items) if time > UNIX_FROM_MS))


def _times(items: Iterable[Any]) -> Iterator[float]:
    """Every time in the raw turns that can be understood, in their order."""
    for item in items:
        if not isinstance(item, dict):
            continue
        for key in _TIME_KEYS:
            time = _time(item.get(key))
            if time is not None:
                yield time


def _time(value: Any) -> float | None:
    if value is None or (type(value) is int and -UNIX_FROM_MS <= value <= UNIX_FROM_MS):  # nearly all: spare them
        return value
    try:
        return _TIME.validate_python(value)
    except ValidationError:
        return None


def _turn(index: int, item: Any, epoch_ms: int | None) -> Turn:
    """The turn that a value stands for; what is not understood is kept in ``extra`` and told in ``odd``."""
    if not isinstance(item, dict):
        text = item if isinstance(item, str) else as_json(item)
        return Turn(index, _NO_SPEAKER, text, odd=("not an object",))
    wire, refused = understood(_WireTurn, item)
    start_ms, end_ms = _offset_ms(wire.start_ms, epoch_ms), _offset_ms(wire.end_ms, epoch_ms)
    lost = _lost_times(item, start_ms, end_ms)
    return Turn(
        index=index,
        speaker=wire.speaker if wire.speaker.strip() else _NO_SPEAKER,
        text=wire.text() if "said" in wire.model_fields_set else _as_read(refused),
        start_ms=start_ms,
        end_ms=end_ms,
        extra={**(wire.model_extra or {}), **refused, **lost},
        odd=(*_odd_words(wire, refused), *_odd_times(lost, start_ms, end_ms)),
    )


def _lost_times(item: dict[str, Any], start_ms: int | None, end_ms: int | None) -> dict[str, Any]:
    """The times that were sent and mean nothing, by their keys."""
    lost = {}
    if start_ms is None and item.get("start_ms") is not None:
        lost["start_ms"] = item["start_ms"]
    if end_ms is None and item.get("end_ms") is not None:
        lost["end_ms"] = item["end_ms"]
    return lost


def _as_read(refused: dict[str, Any]) -> str:
    """What stands where the text should be, if it is anything at all."""
    found = [refused[key] for key in _TEXT_KEYS if refused.get(key) is not None]
    return as_json(found[0]) if found else ""


def _odd_words(wire: _WireTurn, refused: dict[str, Any]) -> list[str]:
    strange = {_MEANING[key] for key, value in refused.items() if key in _MEANING and value is not None}
    odd = []
    for meaning, field, words in (("role", "speaker", wire.speaker), ("text", "said", wire.text())):
        if field not in wire.model_fields_set:
            odd.append(f"{meaning} not understood" if meaning in strange else f"{meaning} missing")
        elif not words.strip():
            odd.append(f"{meaning} empty")
    return odd


def _odd_times(lost: dict[str, Any], start_ms: int | None, end_ms: int | None) -> list[str]:
    odd = [f"{_TIME_KEYS[key]} not understood" for key in lost]
    if (start_ms is not None and start_ms < 0) or (end_ms is not None and end_ms < 0):
        odd.append("negative time")
    if start_ms is not None and end_ms is not None and end_ms < start_ms:
        odd.append("ends before it starts")
    return odd


def _offset_ms(time_ms: float | None, epoch_ms: int | None) -> int | None:
    """The offset that a time stands for; None for a Unix time among offsets, or years from the start.

    An offset among Unix times, such as the 0 of a greeting, is taken as it is.
    """
    if time_ms is None:
        return None
    offset_ms = time_ms if time_ms <= UNIX_FROM_MS else time_ms - (epoch_ms or 0)
    return round(offset_ms) if offset_ms <= UNIX_FROM_MS else None
