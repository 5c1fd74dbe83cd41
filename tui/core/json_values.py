"""Values as JSON can represent them, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

_DEEPEST = 200
"""So many levels an answer of the API may have too."""


def representable(value: Any) -> Any:
    """A value, with the numbers beyond all floats in it as text: JSON has no infinity."""
    if isinstance(value, list):
        return [representable(item) for item in value]
    if isinstance(value, Mapping):
        return {name: representable(item) for name, item in value.items()}
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def as_json(value: Any, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """A value that was sent, as JSON that every parser takes."""
    return json.dumps(
        representable(value), ensure_ascii=False, allow_nan=False, indent=indent, separators=separators, default=str
    )


def text_of(value: Any) -> str:
    """A value that was sent, as text: a text itself, anything else as JSON."""
    return value if isinstance(value, str) else as_json(value)


def from_text(text: str) -> Any:
    """The value of JSON in a text; the text itself if it is no JSON, or too deep to be written again."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return text if _is_too_deep(value) else value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [item for one in level for item in _items(one)]
        if not level:
            return False
    return True


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
