"""What a text must contain for a hit: strings that an index of texts can look up before anything is matched.

They only exclude texts; the matcher decides which of the others have a hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Required = tuple[frozenset[str], ...]
"""Alternatives: a folded text with a hit contains all strings of at least one. Empty where nothing is known."""

_LEAST = 3
"""Shorter strings exclude hardly any text."""
_GROUPS = ":=!<>P"
"""What may follow ``(?``; anything else may change how the rest is read."""
_ESCAPES = frozenset("dDwWsSbBAZmMnrtfv")
"""Letters behind a backslash that stand for a character or a place, whatever follows them."""


class _UnclearError(Exception):
    """An expression that is too complex for this parser."""


def any_of(required: Iterable[Required]) -> Required:
    """The requirement if one of several must be found."""
    known = tuple(required)
    return tuple(strings for one in known for strings in one) if all(known) else ()


def all_of(required: Iterable[Required]) -> Required:
    """The requirement if all must be found; a part of it if several would do."""
    strings = frozenset[str]().union(*(one[0] for one in required if len(one) == 1))
    return (strings,) if strings else ()


def required_by_expression(pattern: str) -> Required:
    """The strings that a regular expression requires, whatever its case: ASCII letters and digits in a row.

    In the folded text, the last of them may be composed with what follows it, and is left out.
    """
    try:
        branches = [frozenset(_long_enough(runs)) for runs in _branches(pattern)]
    except _UnclearError:
        return ()
    return tuple(branches) if all(branches) else ()


def _long_enough(runs: Sequence[str]) -> list[str]:
    return [run[:-1].lower() for run in runs if len(run) > _LEAST]


def _branches(pattern: str) -> list[list[str]]:
    """The runs of literal letters and digits outside of groups, for each top-level alternative."""
    branches: list[list[str]] = [[""]]
    at = 0
    while at < len(pattern):
        character, runs = pattern[at], branches[-1]
        at += 1
        if character.isascii() and character.isalnum():
            runs[-1] += character
            continue
        if character in "?*{":
            runs[-1] = runs[-1][:-1]  # it may be there or not
        runs.append("")
        if character == "|":
            branches.append([""])
        elif character in _SKIPPED:
            at = _SKIPPED[character](pattern, at)
    return branches


def _behind_escape(pattern: str, at: int) -> int:
    if pattern[at : at + 1].isalnum() and pattern[at] not in _ESCAPES:
        raise _UnclearError
    return at + 1


def _behind_count(pattern: str, at: int) -> int:
    end = pattern.find("}", at)
    if end < 0:
        raise _UnclearError
    return end + 1


def _behind_class(pattern: str, at: int) -> int:
    at += pattern.startswith("^", at)
    at += pattern.startswith("]", at)
    while at < len(pattern) and pattern[at] != "]":
        if pattern[at] == "[":
            raise _UnclearError
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _behind_group(pattern: str, at: int) -> int:
    if pattern.startswith("?", at):
        if pattern[at + 1 : at + 2] not in _GROUPS:
            raise _UnclearError
        at += 2
    while at < len(pattern) and pattern[at] != ")":
        character, at = pattern[at], at + 1
        if character in "\\[(":
            at = _SKIPPED[character](pattern, at)
    return at + 1


_SKIPPED = {"\\": _behind_escape, "{": _behind_count, "[": _behind_class, "(": _behind_group}
"""What begins with a character that is no literal, and a function that returns the position behind it."""
