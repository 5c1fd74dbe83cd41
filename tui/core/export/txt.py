"""Plain text: a heading, then a turn per paragraph, for reading, for grep and for a terminal.

A turn begins at the left edge with its time and speaker. What was said after a line feed stands indented
below, so that no text can pass for the beginning of a turn.
"""

from __future__ import annotations

from tui.core import times
from tui.core.export.model import Export, Options, facts, said, speaker
from tui.core.text import safe, safe_line
from tui.core.transcript import Call, Transcript, Turn

_INDENT = " " * 4


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The transcript as plain text that is safe to show; a legacy text stands as it was sent."""
    turns = tuple(transcript.turns)
    heading = [safe_line(transcript.call_id)]
    heading += [f"{name:<8} {value}" for name, value in facts(transcript, call, turns, options)]
    body = map(_line, turns) if transcript.plain is None else [safe(transcript.plain)]
    return Export("\n".join([*heading, "", *body]).rstrip("\n") + "\n")


def _line(turn: Turn) -> str:
    at = "" if turn.start_ms is None else f"[{times.offset(turn.start_ms)}] "
    first, *more = said(turn).split("\n")
    return "\n".join([f"{at}{speaker(turn)}: {first}", *(f"{_INDENT}{line}".rstrip() for line in more)])
