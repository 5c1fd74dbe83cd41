"""Rows as they are read: SQLite does not enforce the types of columns, and damage may change them."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType


def have_types(row: Sequence[object], kinds: Sequence[type | UnionType]) -> bool:
    """Whether the values of a row have the types of its columns, as they do unless the file is damaged."""
    return all(map(isinstance, row, kinds))
