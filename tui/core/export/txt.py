"""Plain text: a heading, then a turn per paragraph, for reading, for grep and for a terminal.

A turn begins at the left edge with its time, notes and speaker; a silence is a line of its own. Further lines of text
are indented, so that no text can imitate these; tool calls and other structures are indented less, so that no text can
imitate them either.
"""

from __future__ import annotations

from tui.core.call import CallDocument
from tui.core.export.measured import measured
from tui.core.export.model import Export, Options, facts, speaker, wanted
from tui.core.layout import Remarks
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Turn

_INDENT, _STRUCTURE_INDENT = " " * 4, " " * 2


def render(document: CallDocument, options: Options) -> Export:
    """Render the transcript as safe plain text; a legacy text keeps its lines."""
    transcript = document.transcript
    whole = measured(document, options)
    heading = [safe_line(transcript.call_id)]
    heading += [f"{name:<8} {value}" for name, value in facts(document, whole, options)]
    body = (_line(turn, whole.label(turn), whole.remarks_of(turn)) for turn in wanted(whole.turns, options))
    written = [safe(transcript.plain)] if transcript.plain is not None else body
    return Export("\n".join([*heading, "", *written]).rstrip("\n") + "\n", whole.notes)


def _line(turn: Turn, label: str, remarks: Remarks) -> str:
    beside = " · ".join(filter(None, (label, *remarks.notes))) if remarks.notes else label
    at = f"[{beside}] " if beside else ""
    words, structures = shown(turn)
    first, *more = (words.strip() or ("" if structures else NO_TEXT)).split("\n")
    lines = [f"{at}{speaker(turn)}: {first}", *(f"{_INDENT}{line}" for line in more)]
    lines += (f"{_STRUCTURE_INDENT}{line}" for line in structures)
    return "\n".join(line.rstrip() for line in ((remarks.silence, *lines) if remarks.silence else lines))
