"""A structure as the entries of a tree.

Each is a part of its text, without the punctuation of JSON. Knows no width: ``body`` lays entries out on lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.core.layout.block import Part

MOST_DEPTH = 12
"""Values nested deeper stay JSON, on the line of their entry."""
MOST_ENTRIES = 2_000
"""The most entries of a structure; the rest of its text stays as it is."""
ITEM = "- "
"""Stands before each item of an array."""
_MOST_TRIES = 8
"""The search ends after so many brackets that begin no JSON."""

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"\s*:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<empty>\{\s*\}|\[\s*\])|(?P<open>[{\[]\s*)'
    r'|(?P<close>[}\]])|(?P<comma>,)|(?P<feed>\n\s*)|(?P<plain>[^\s"{}\[\],]+)'
)
_FORM = frozenset(("close", "comma", "feed"))
_SECTION = re.compile(r"(?<= )[→·] ")
_DECODER = json.JSONDecoder(strict=False, parse_int=float)


class Value(NamedTuple):
    """An object or an array in a text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        items: How many items it has; None if it is an object.
    """

    start: int
    end: int
    items: int | None = None


class Entry(NamedTuple):
    """An entry of a tree.

    Attributes:
        depth: How deep it stands.
        start: Where it begins.
        shown_end: Behind its last character that is drawn.
        end: Where it ends.
        stand_ins: The parts that are left out or replaced.
    """

    depth: int
    start: int
    shown_end: int
    end: int
    stand_ins: tuple[Part, ...]


def values(body: str, start: int, end: int) -> list[Value]:
    """The objects and arrays with members in a part of a text, from left to right."""
    found, at, tries = list[Value](), start, 0
    while tries < _MOST_TRIES and (at := _bracket(body, at, end)) >= 0:
        try:
            content, size = _DECODER.raw_decode(body[at:end])
        except (ValueError, RecursionError):
            tries, at = tries + 1, at + 1
        else:
            if content:
                found.append(Value(at, at + size, len(content) if isinstance(content, list) else None))
            at += size
    return found


def _bracket(body: str, start: int, end: int) -> int:
    """The first bracket that opens a value; -1 if there is none."""
    return min((at for at in (body.find(mark, start, end) for mark in "{[") if at >= 0), default=-1)


def outside(body: str, pattern: re.Pattern[str], start: int, end: int, found: Sequence[Value]) -> int:
    """Where a pattern first matches outside of values; the end if nowhere."""
    for value in (*found, Value(end, end)):
        if match := pattern.search(body, start, value.start):
            return match.start()
        start = value.end
    return end


def entries(body: str, start: int, end: int, found: Sequence[Value]) -> Iterator[Entry]:
    """The entries of a structure: its title, each section of its text, and below these its values as trees."""
    tree, at = _Tree(body, start), start
    for value in found:
        tree.take_text(at, value.start)
        tree.take_value(value)
        at = value.end
    tree.take_text(at, end)
    return tree.entries(end)


class _Tree:
    """Collects where the entries of a structure begin, and their stand-ins."""

    def __init__(self, body: str, start: int) -> None:
        self._body = body
        self._begun = [(start, 0)]
        self._stand_ins: list[Part] = []
        self._base = 0
        self._open: list[str] = []
        self._too_deep = 0
        self._joins = False

    def take_text(self, start: int, end: int) -> None:
        """Take text between values, in which an arrow or a dot begins a section."""
        sections = [match.start() for match in _SECTION.finditer(self._body, start, end)]
        before = self._body[start : sections[0] if sections else end]
        if start > self._begun[0][0] and before.strip():
            self._begun.append((start + len(before) - len(before.lstrip()), self._base))
        for at in sections:
            self._base = 1
            self._begun.append((at, 1))

    def take_value(self, value: Value) -> None:
        """Take an object or an array; if it stands alone, its first member is on its first line."""
        self._joins = value.start == self._begun[0][0]
        for token in _TOKEN.finditer(self._body, value.start, value.end):
            if len(self._begun) >= MOST_ENTRIES:
                return
            self._take(str(token.lastgroup), *token.span())

    def _take(self, kind: str, start: int, end: int) -> None:
        if self._too_deep:
            self._too_deep += {"open": 1, "close": -1}.get(kind, 0)
            return
        is_item = self._open[-1:] == ["["] and kind not in _FORM
        if is_item or kind == "key":
            self._begin_member(start)
        if kind == "open" and len(self._open) < MOST_DEPTH:
            self._stand_ins.append(Part(start, end, ITEM if is_item else ""))
            self._open.append(self._body[start])
            self._joins = self._joins or is_item
        elif kind == "key":
            closing = self._body.rindex('"', start, end)
            self._stand_ins += (Part(start, start + 1, ""), Part(closing, closing + 1, ""))
        elif kind in _FORM:
            self._open = self._open[:-1] if kind == "close" else self._open
            self._stand_ins.append(Part(start, end, ""))
        else:
            self._too_deep = 1 if kind == "open" else 0
            self._stand_ins += [Part(start, start, ITEM)] if is_item else []

    def _begin_member(self, start: int) -> None:
        if not self._joins:
            self._begun.append((start, self._base + len(self._open)))
        self._joins = False

    def entries(self, end: int) -> Iterator[Entry]:
        """The entries; the last one ends at an offset."""
        at = 0
        for (start, depth), until in zip(self._begun, [*(start for start, _ in self._begun[1:]), end], strict=True):
            first = at
            while at < len(self._stand_ins) and self._stand_ins[at].start < until:
                at += 1
            mine = tuple(self._stand_ins[first:at])
            stop = start + len(self._body[start:until].rstrip())
            yield Entry(depth, start, self._shown_end(start, stop, mine), stop, mine)

    def _shown_end(self, start: int, end: int, stand_ins: tuple[Part, ...]) -> int:
        for part in reversed(stand_ins):
            if part.instead or self._body[part.end : end].strip():
                break
            end = part.start
        return start + len(self._body[start:end].rstrip())
