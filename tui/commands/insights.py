"""``omni-transcripts insights``: the timing of a call, as text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from tui.commands.fetching import anomalies, check_whole, fetched
from tui.commands.output import say, write_out
from tui.core.call import CallDocument
from tui.core.call_figures import figures_of
from tui.core.counted import counted
from tui.core.errors import ExitStatus
from tui.core.insights import Figure, Insights, seconds
from tui.core.remarks import describe
from tui.core.target import Target, link_to
from tui.core.text import safe_line
from tui.core.times import offset
from tui.core.timing import Timing, measure
from tui.options import Arguments
from tui.sources.calls import open_source
from tui.sources.connection import Connection

_NAME_CELLS = 20


async def insights(connection: Connection, target: Target, stdin: bytes, args: Arguments) -> ExitStatus:
    """Fetch a call, and write its figures and moments.

    Raises:
        OmniError: The call cannot be fetched or written.
    """
    check_whole(target, "the figures are those of a whole call")
    async with open_source(connection, stdin=stdin) as source:
        document = await fetched(source, target)
        timing = measure(document.transcript.turns, args.silence_ms)
        text = as_document(document, timing) if args.json else as_text(document, timing)
        write_out(text.encode())
        for note in anomalies(document):
            say(note)
    return ExitStatus.DONE


def as_document(document: CallDocument, timing: Timing) -> str:
    """One line of JSON in ASCII: times in ms, turns from 1, unknown values as null."""
    return json.dumps({"call_id": document.transcript.call_id, **figures_of(document, timing)}) + "\n"


def as_text(document: CallDocument, timing: Timing) -> str:
    """Every figure with its rule, then the moments with their links."""
    figures = Insights(document, timing, partial(_link, document))
    lines = [safe_line(document.transcript.call_id)]
    for section in figures.sections():
        lines += ["", section.heading] if section.heading else []
        lines += [_row(figure) for figure in section.figures]
    lines += ["", *_moment_lines(document, timing, figures)]
    return "\n".join(lines) + "\n"


def _row(figure: Figure) -> str:
    name = f"{figure.name:<{_NAME_CELLS}}" if figure.name else ""
    return f"  {name}{figure.value}" + (f"  ({figure.rule})" if figure.rule else "")


def _moment_lines(document: CallDocument, timing: Timing, figures: Insights) -> Iterator[str]:
    if not timing.moments:
        yield "no moments"
        return
    yield counted(len(timing.moments), "moment")
    yield from (f"  {count:>4,}  {rule}" for count, rule in figures.kinds())
    yield ""
    for moment in timing.moments:
        at = "" if moment.start_ms is None else offset(moment.start_ms)
        yield f"  {at:>9}  {_link(document, moment.turn)}  {describe(moment, seconds)}"


def _link(document: CallDocument, turn: int) -> str:
    """The link to a turn; its number where there is none, as of standard input."""
    return safe_line(link_to(document.transcript, turn + 1) or f"turn {turn + 1}")
