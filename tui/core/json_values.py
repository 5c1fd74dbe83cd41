"""Values as JSON can represent them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any


def representable(value: Any) -> Any:
    """A value, with the numbers beyond all floats in it as text: JSON has no infinity."""
    if isinstance(value, list):
        return [representable(item) for item in value]
    if isinstance(value, Mapping):
        return {name: representable(item) for name, item in value.items()}
    return str(value) if isinstance(value, float) and not isfinite(value) else value
