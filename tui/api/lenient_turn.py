"""Parses a turn that deviates from the documented shape, and names each anomaly.

Accepts every shape seen on the wire, by a pydantic model. A turn in the documented shape is built by
``wire`` alone, so that startup does not import this module.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from tui.api.lenient import Number, parse_leniently
from tui.core.json_values import as_json, text_of
from tui.core.shown import is_tool_part
from tui.core.transcript import UNIX_FROM_MS, Turn

_NO_SPEAKER = "unknown"

_ROLE_KEYS = ("role", "speaker")
_TEXT_KEYS = ("text", "content", "message")
_FIELD_WORDS = dict.fromkeys(_ROLE_KEYS, "role") | dict.fromkeys(_TEXT_KEYS, "text")
_TIME_KEYS = {"start_ms": "start time", "end_ms": "end time"}

_Time = Annotated[Number, Field(ge=-UNIX_FROM_MS, le=10**13)]
_TIME: TypeAdapter[float] = TypeAdapter(_Time)
_IN_SECONDS = {"start_ms": "start", "end_ms": "end"}
"""Names of the times in other tools, which send seconds."""
_SECONDS: TypeAdapter[float] = TypeAdapter(Annotated[Number, Field(ge=-UNIX_FROM_MS // 1000, le=10**10)])

_MOST_SPEAKERS = 1_000_000


def _speaker(value: Any) -> Any:
    """Turn a number, which some tools send for a speaker, into text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 0 <= value < _MOST_SPEAKERS and value == int(value):  # not ``in range``: that tries each
        return f"speaker {int(value)}"
    return value


def _words(value: Any) -> Any:
    """A text, or the texts of its parts, each on its own line."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and not {"text", "transcript", "type"}.isdisjoint(value):
        value = [value]
    if not isinstance(value, list):
        raise ValueError("no text")  # noqa: TRY004 - pydantic collects no TypeError
    return "\n".join(_part(part) for part in value if part is not None and not is_tool_part(part))


def _part(part: Any) -> str:
    """The text of a part, else its type in brackets, else its JSON."""
    if not isinstance(part, dict):
        return text_of(part)
    words = part.get("text", part.get("transcript"))
    if isinstance(words, dict):
        words = words.get("value")
    if isinstance(words, str):
        return words
    kind = part.get("type")
    return f"[{kind}]" if kind and isinstance(kind, str) else as_json(part)


class _WireTurn(BaseModel):
    """A turn in all known shapes; unknown keys stay in ``model_extra``."""

    model_config = ConfigDict(extra="allow")

    speaker: Annotated[str, BeforeValidator(_speaker)] = Field(_NO_SPEAKER, validation_alias=AliasChoices(*_ROLE_KEYS))
    said: Annotated[str, BeforeValidator(_words)] = Field("", validation_alias=AliasChoices(*_TEXT_KEYS))
    start_ms: _Time | None = None
    end_ms: _Time | None = None


def time_of(value: Any) -> float | None:
    """A time in ms, from an int, a float or a numeric string; None for anything else."""
    return _validated(_TIME, value)


def _validated(kind: TypeAdapter[float], value: Any) -> float | None:
    if value is None:
        return None
    try:
        return kind.validate_python(value)
    except ValidationError:
        return None


def in_ms(item: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Convert a turn's times to ms; returns the turn and the names of the changes.

    Speech transcribers send ``start`` and ``end`` in seconds. These count only where the
    documented field is missing.
    """
    taken = {}
    for name, other in _IN_SECONDS.items():
        if item.get(name) is None and (time_s := _validated(_SECONDS, item.get(other))) is not None:
            taken[name] = time_s * 1000
    if not taken:
        return item, ()
    others = {_IN_SECONDS[name] for name in taken}
    return {name: value for name, value in item.items() if name not in others} | taken, ("times in seconds",)


def lenient_turn(index: int, item: Any, epoch_ms: int | None) -> Turn:
    """Build a turn; values that are not understood are kept in ``extra`` and named in ``odd``."""
    if not isinstance(item, dict):
        return Turn(index, _NO_SPEAKER, text_of(item), odd=("not an object",))
    item, adjusted = in_ms(item)
    wire, refused = parse_leniently(_WireTurn, item)
    start_ms, end_ms = _offset_ms(wire.start_ms, epoch_ms), _offset_ms(wire.end_ms, epoch_ms)
    lost = _lost_times(item, start_ms, end_ms)
    text_key = _text_key(item, wire, refused)
    parts = {text_key: item[text_key]} if text_key else {}
    return Turn(
        index=index,
        speaker=wire.speaker if wire.speaker.strip() else _NO_SPEAKER,
        text=wire.said if "said" in wire.model_fields_set or not text_key else as_json(item[text_key]),
        start_ms=start_ms,
        end_ms=end_ms,
        extra={**(wire.model_extra or {}), **refused, **lost, **parts},
        odd=(*_odd_words(wire, refused), *adjusted, *_odd_times(lost, start_ms, end_ms)),
        text_key=text_key,
    )


def _lost_times(item: dict[str, Any], start_ms: int | None, end_ms: int | None) -> dict[str, Any]:
    """The times that were sent but are unusable, by key."""
    read = {"start_ms": start_ms, "end_ms": end_ms}
    return {key: item[key] for key, time_ms in read.items() if time_ms is None and item.get(key) is not None}


def _text_key(item: dict[str, Any], wire: _WireTurn, refused: dict[str, Any]) -> str:
    """The key that the text is read from, if its value is not a plain string; else empty."""
    readable_keys = [key for key in _TEXT_KEYS if key in item and key not in refused]
    if "said" in wire.model_fields_set:
        return "" if isinstance(item[readable_keys[0]], str) else readable_keys[0]
    return next((key for key in _TEXT_KEYS if refused.get(key) is not None), "")


def _odd_words(wire: _WireTurn, refused: dict[str, Any]) -> list[str]:
    strange = {_FIELD_WORDS[key] for key, value in refused.items() if key in _FIELD_WORDS and value is not None}
    odd = []
    for meaning, field, words in (("role", "speaker", wire.speaker), ("text", "said", wire.said)):
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
    """Convert a time to an offset; None for a Unix time among offsets, or one years from the start.

    An offset among Unix times, such as the 0 of a greeting, is kept.
    """
    if time_ms is None:
        return None
    offset_ms = time_ms if time_ms <= UNIX_FROM_MS else time_ms - (epoch_ms or 0)
    return round(offset_ms) if offset_ms <= UNIX_FROM_MS else None
