"""The words of a command in the settings, by the rules of a shell, which never runs it."""

from __future__ import annotations

import shlex


def command_words(command: str) -> list[str]:
    """The words of a command; none if it is no command: empty, with an open quote, or with a NUL."""
    try:
        return [] if "\0" in command else shlex.split(command)
    except ValueError:
        return []
