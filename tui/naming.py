"""The targets of a command line, and the content of standard input.

Nothing is fetched here. Nothing heavy is imported at the top, as that would delay the first picture.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.core.errors import UsageError
from tui.core.text import safe_line

if TYPE_CHECKING:
    from tui.core.target import Target
    from tui.options import Arguments
    from tui.sources.connection import Connection


def target_or_question(args: Arguments, connection: Connection) -> tuple[Target | None, str]:
    """The target; or None and its text, if the prompt must ask first which call to open."""
    from tui.core.target import AmbiguousTargetError, is_elsewhere

    if args.target is None:
        return None, ""
    try:
        target = _target(args.target)
    except AmbiguousTargetError:
        return None, args.target
    return (None, args.target) if is_elsewhere(target, connection.host) else (target, "")


def named(args: Arguments, connection: Connection) -> Target:
    """The target for a command that cannot ask.

    Raises:
        UsageError: It is ambiguous, or of another host; or an option has no effect on it.
    """
    (target,) = _all_named([args.target], args, connection)
    return target


def all_named(args: Arguments, connection: Connection) -> list[Target]:
    """The targets; ``-`` stands for those on standard input, one a line.

    Raises:
        UsageError: As in ``named``; or standard input names none.
    """
    words: list[str] = []
    for word in args.targets:
        words += _words_on_stdin(args.max_body_bytes) if word == "-" else [word]
    return _all_named(words, args, connection)


def _words_on_stdin(max_bytes: int) -> list[str]:
    try:
        lines = _stdin(max_bytes).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError("standard input is no text", "write one call id a line") from error
    words = [line.strip() for line in lines if line.strip()]
    if not words:
        raise UsageError("standard input names no call", "write one call id a line")
    if words[0][0] in "[{":
        raise UsageError("standard input is no list of calls", "write one call id a line, or name a file of JSON")
    if "-" in words:
        raise UsageError("“-” is no call id", "write one call id a line")
    return words


def _all_named(words: Sequence[str], args: Arguments, connection: Connection) -> list[Target]:
    from tui.arguments import refuse_idle
    from tui.core.target import refuse_elsewhere

    targets = [_target(word) if len(words) == 1 else _one_of_several(word) for word in words]
    for target in targets:
        refuse_elsewhere(target, connection.host)
    if all(target.call_id is None for target in targets):
        where = f"on {targets[0].name}, which is no call of an account"
        refuse_idle(args, ("demo", "base_url", "api_key_file"), where)
    return targets


def _one_of_several(word: str) -> Target:
    """As ``_target``, with errors that name the word."""
    try:
        return _target(word)
    except UsageError as error:
        raise UsageError(f"“{safe_line(word)}”: {error.what}", error.hint) from error


def _target(word: str) -> Target:
    from tui.core.target import parse_target
    from tui.store.files import is_file

    target = parse_target(word, exists=is_file)
    if target.call_id != word:
        return target
    from tui.options import command_like

    command = command_like(word)
    return target._replace(otherwise=f"did you mean the command {command}?") if command else target


def stdin_for(target: Target | None, max_bytes: int) -> bytes:
    """The content of standard input if the target is ``-``, else nothing.

    Raises:
        UsageError: It is too long, or cannot be read.
    """
    return b"" if target is None or not target.stdin else _stdin(max_bytes)


def _stdin(max_bytes: int) -> bytes:
    try:
        data = sys.stdin.buffer.read(max_bytes + 1)
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror}", "name a file instead") from error
    if len(data) > max_bytes:
        from tui.core.limits import RAISE_LIMIT

        raise UsageError(f"standard input holds more than {max_bytes // 2**20} MiB", RAISE_LIMIT)
    return data
