"""The targets of a command line, and the content of standard input.

Nothing is fetched here. Nothing heavy is imported at the top, as that would delay the first picture.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.core.call_id import KEY_FOR_ID
from tui.core.errors import UsageError
from tui.core.secret import SecretStr, redacted, without_keys
from tui.core.text import clip
from tui.options import KEY_VARIABLE

if TYPE_CHECKING:
    from tui.core.target import Target, Unnamed
    from tui.options import Arguments
    from tui.sources.connection import Connection

_LONGEST_LINE_CELLS = 100


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
    target = _checked(args.target, connection)
    _refuse_idle(args, [target])
    return target


def all_named(args: Arguments, connection: Connection, refuse: Callable[[Target], None]) -> Sequence[Target | Unnamed]:
    """The targets; ``-`` stands for those on standard input, one a line, where a bad line leaves the others.

    Args:
        args: The command line.
        connection: The account.
        refuse: Raises a UsageError for a target that the command does not take.

    Raises:
        UsageError: As in ``named``; or standard input names none.
    """
    from tui.core.target import Target

    read = partial(_checked, connection=connection, refuse=refuse)
    shown = partial(_shown, connection=connection)
    found: list[Target | Unnamed] = []
    for word in args.targets:
        if word == "-":
            found += [_in_line(number, line, read, shown) for number, line in _lines_on_stdin(args.max_body_bytes)]
        else:
            found.append(_quoted(word, read, shown))
    _refuse_idle(args, [target for target in found if isinstance(target, Target)])
    return found


def _lines_on_stdin(max_bytes: int) -> list[tuple[int, str]]:
    """The lines of standard input by their numbers, without empty ones and comments; no id begins with ``#``."""
    try:
        lines = _stdin(max_bytes).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError("standard input is no text", "write one call id a line") from error
    named = [(number, line) for number, line in enumerate(map(str.strip, lines), 1) if line and line[0] != "#"]
    if not named:
        raise UsageError("standard input names no call", "write one call id a line")
    if _begins_json(named[0][1]):
        raise UsageError("standard input is no list of calls", "write one call id a line, or name a file of JSON")
    return named


def _begins_json(line: str) -> bool:
    """Whether a line begins a JSON document, which a line of a log in brackets does not."""
    return line[0] in "[{" and line[1:].lstrip()[:1] in {"", '"', "[", "{", "]", "}"}


def _in_line(number: int, line: str, read: Callable[[str], Target], shown: Callable[[str], str]) -> Target | Unnamed:
    """The target of a line."""
    try:
        return read(line)
    except UsageError as error:
        from tui.core.target import Unnamed

        name = clip(shown(line), _LONGEST_LINE_CELLS)
        return Unnamed(name, UsageError(f"line {number}, “{name}”: {error.what}", error.hint))


def _quoted(word: str, read: Callable[[str], Target], shown: Callable[[str], str]) -> Target:
    """The target of one word of several, with errors that name the word."""
    try:
        return read(word)
    except UsageError as error:
        raise UsageError(f"“{shown(word)}”: {error.what}", error.hint) from error


def _shown(text: str, connection: Connection) -> str:
    """A typed text as a message may quote it: safe, without the key of the environment and others of its form."""
    key = connection.environ.get(KEY_VARIABLE, "").strip()
    return without_keys(redacted(text, SecretStr(key) if key else None))


def _checked(word: str, connection: Connection, refuse: Callable[[Target], None] = lambda _: None) -> Target:
    from tui.core.target import refuse_elsewhere

    target = _target(word)
    if target.call_id is not None and target.call_id == connection.environ.get(KEY_VARIABLE, "").strip():
        raise UsageError(*KEY_FOR_ID)
    refuse_elsewhere(target, connection.host)
    refuse(target)
    return target


def _refuse_idle(args: Arguments, targets: Sequence[Target]) -> None:
    """Refuse options for calls of an account where there is none."""
    from tui.arguments import refuse_idle

    if targets and all(target.call_id is None for target in targets):
        where = f"on {targets[0].name}, which is no call of an account"
        refuse_idle(args, ("demo", "base_url", "api_key_file"), where)


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
