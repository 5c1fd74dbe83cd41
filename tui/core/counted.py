"""Counts things in words."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """A number of things: "1 turn", "1,204 turns"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
