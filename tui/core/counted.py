"""Counts and lists things in words."""

from __future__ import annotations

from collections.abc import Iterable


def counted(count: int, noun: str) -> str:
    """A number of things: "1 turn", "1,204 turns"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(things: Iterable[str]) -> str:
    """Names in a sentence: "txt", "srt and vtt", "txt, md and html"."""
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last
