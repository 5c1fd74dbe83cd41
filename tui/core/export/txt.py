"""Plain text: a heading, then a turn per paragraph, for reading, for grep and for a terminal.

A turn begins at the left edge with its time, notes and speaker; a silence is a line of its own. Further lines of text
are indented, so that no text can imitate these; tool calls and other structures are indented less, so that no text can
imitate them either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.core.call import CallDocument
from tui.core.export.measured import measured
from tui.core.export.model import Export, Options, facts, speaker, wanted
from tui.core.layout.block import Remarks
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Turn

_INDENT, _STRUCTURE_INDENT = " " * 4, " " * 2


def render(document: CallDocument, options: Options) -> Export:
    """Render the transcript as safe plain text; a legacy text keeps its lines."""
    transcript = document.transcript
    whole = measured(transcript, options)
    turns = whole.turns
    heading = [safe_line(transcript.call_id)]
    heading += [f"{name:<8} {value}" for name, value in facts(document, whole, options)]
    labels = TimeLabels(options.time, document.clock_zero_ms, options.local_zone)
    body = (_line(turn, labels.label(turns, turn.index), whole.remarks_of(turn)) for turn in wanted(turns, options))
    written = [safe(transcript.plain)] if transcript.plain is not None else body
    return Export("\n".join([*heading, "", *written]).rstrip("\n") + "\n", tuple(_missing(turns, labels)))


def _missing(turns: Sequence[Turn], labels: TimeLabels) -> Iterator[str]:
    """Why times are not shown in the chosen style."""
    if labels.style in {TimeStyle.OFFSET, TimeStyle.OFF}:
        return
    if all(turn.start_ms is None for turn in turns):
        yield "this call has no times"
    elif labels.style not in labels.styles():
        yield f"times are offsets, not {labels.style.value}: when the call started is not known"


def _line(turn: Turn, label: str, remarks: Remarks) -> str:
    beside = " · ".join(filter(None, (label, *remarks.notes))) if remarks.notes else label
    at = f"[{beside}] " if beside else ""
    words, structures = shown(turn)
    first, *more = (words.strip() or ("" if structures else NO_TEXT)).split("\n")
    lines = [f"{at}{speaker(turn)}: {first}", *(f"{_INDENT}{line}" for line in more)]
    lines += (f"{_STRUCTURE_INDENT}{line}" for line in structures)
    return "\n".join(line.rstrip() for line in ((remarks.silence, *lines) if remarks.silence else lines))
