"""Any JSON value as the lines of a tree: safe to show, and bounded however deep, wide or long the value is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from tui.core.text import clip, safe, safe_line

MOST_LINES = 1_000
"""Of a tree with more lines the rest is left out, which its last line says."""
MOST_DEPTH = 12
"""Of what is nested deeper, only the size is shown."""
MOST_CHARACTERS = 20_000
"""Of a longer text the rest is left out, which its end says."""
_NAME_CELLS = 100
ITEM = "- "
"""Stands before each item of an array."""


class TreeLine(NamedTuple):
    """A line of a tree.

    Attributes:
        depth: How deep it stands.
        name: The name of a member, or ``ITEM``, or both; empty for neither.
        text: The value; empty for one whose members follow. A text may have several lines.
    """

    depth: int
    name: str
    text: str


def tree_lines(value: Any) -> Iterator[TreeLine]:
    """The lines of a value's tree."""
    lines = _members(value, 0) if isinstance(value, Mapping | list) and value else iter([TreeLine(0, "", _text(value))])
    yield from islice(lines, MOST_LINES)
    if next(lines, None) is not None:
        yield TreeLine(0, "", f"… and more than these {MOST_LINES:,} lines")


def _members(value: Mapping[str, Any] | list[Any], depth: int) -> Iterator[TreeLine]:
    named: Iterable[tuple[str, Any]] = value.items() if isinstance(value, Mapping) else ((ITEM, item) for item in value)
    for name, member in named:
        shown = name if name is ITEM else clip(safe_line(str(name)), _NAME_CELLS) or '""'
        yield from _member(shown, member, depth)


def _member(name: str, value: Any, depth: int) -> Iterator[TreeLine]:
    if not isinstance(value, Mapping | list) or not value:
        yield TreeLine(depth, name, _text(value))
    elif depth >= MOST_DEPTH:
        yield TreeLine(depth, name, _size(value))
    elif name is ITEM:  # its first member stands on the line of the item
        for count, line in enumerate(_members(value, depth + 1)):
            yield line if count else TreeLine(depth, ITEM + line.name, line.text)
    else:
        yield TreeLine(depth, name, "")
        yield from _members(value, depth + 1)


def _size(value: Mapping[str, Any] | list[Any]) -> str:
    return f"{{… {len(value):,} members}}" if isinstance(value, Mapping) else f"[… {len(value):,} items]"


def _text(value: Any) -> str:
    """A value without members, safe to show."""
    if isinstance(value, str):
        shown = safe(value[:MOST_CHARACTERS]).strip()
        rest = len(value) - MOST_CHARACTERS
        return f"{shown} … and {rest:,} more characters" if rest > 0 else shown or '""'
    try:
        return safe_line(json.dumps(value, ensure_ascii=False, default=repr))
    except ValueError:  # Python refuses to write out numbers of thousands of digits
        return "a number too long to be written out"
