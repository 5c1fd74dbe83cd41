"""Plain text: a heading, then a turn per paragraph, for reading, for grep and for a terminal.

A turn begins at the left edge with its time and speaker. What was said after a line feed stands indented
below, so that no text can pass for the beginning of a turn; tool calls and what else the turn carries are indented
less, so that no text can pass for these either.
"""

from __future__ import annotations

from tui.core import times
from tui.core.export.model import Export, Options, facts, speaker
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Call, Transcript, Turn

_INDENT, _STRUCTURE_INDENT = " " * 4, " " * 2


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The transcript as plain text that is safe to show; a legacy text stands as it was sent."""
    turns = tuple(transcript.turns)
    heading = [safe_line(transcript.call_id)]
    heading += [f"{name:<8} {value}" for name, value in facts(transcript, call, turns, options)]
    body = map(_line, turns) if transcript.plain is None else [safe(transcript.plain)]
    return Export("\n".join([*heading, "", *body]).rstrip("\n") + "\n")


def _line(turn: Turn) -> str:
    at = "" if turn.start_ms is None else f"[{times.offset(turn.start_ms)}] "
    words, structures = shown(turn)
    first, *more = (words.strip() or ("" if structures else NO_TEXT)).split("\n")
    lines = [f"{at}{speaker(turn)}: {first}", *(f"{_INDENT}{line}" for line in more)]
    return "\n".join(line.rstrip() for line in (*lines, *(f"{_STRUCTURE_INDENT}{line}" for line in structures)))
