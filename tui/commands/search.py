"""``omni-transcripts search``: searches all calls of the library; writes text or JSON Lines."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from tui.commands.columns import AlignedColumns
from tui.commands.fetching import when_ms
from tui.commands.output import say, write_out
from tui.commands.progress_line import ProgressLine
from tui.core.clock import Clock
from tui.core.counted import counted
from tui.core.errors import ExitStatus, OmniError, UsageError
from tui.core.excerpt import excerpt
from tui.core.export.model import speaker
from tui.core.layout import TimeLabels
from tui.core.missing import NO_KEPT_CALL
from tui.core.search import Hit, Query, parse_query, role_condition
from tui.core.target import call_address, link
from tui.core.text import cell_len, safe_line
from tui.core.transcript import Turn
from tui.options import Arguments
from tui.sources.archive import Archive
from tui.sources.connection import Connection
from tui.sources.demo_library import archive_of
from tui.sources.library_search import LIMIT_S, CallHits, SearchBounds, SearchProgress

_WIDTH = 120
"""Cells of a line where standard output is no terminal."""
_LEAST_CELLS = 40
"""Cells of an excerpt, however narrow the terminal is."""
_TURNS_A_CALL = 5
_PREPARE_S = 0.5
_HIT_ON, _HIT_OFF = "\x1b[1;4m", "\x1b[22;24m"
"""Bold and underlined: seen with and without colours."""


class HitStyle(NamedTuple):
    """How hits are printed for people.

    Attributes:
        cells: The width of a line.
        highlights: Whether hits are bold and underlined.
        most_turns: How many turns of a call are printed; None for all.
    """

    cells: int = _WIDTH
    highlights: bool = False
    most_turns: int | None = _TURNS_A_CALL


def _query(args: Arguments) -> Query:
    """The parsed query.

    Raises:
        UsageError: It, or a time, is empty or invalid.
    """
    if not args.query:
        raise UsageError("there is nothing to search for", "name some words")
    clock = Clock()
    query = parse_query(args.query, clock, regex=args.regex)
    if args.role is not None:
        query = query.beside(role_condition(args.role))
    since_ms, before_ms = when_ms("--since", args.since, clock), when_ms("--before", args.before, clock)
    return query.among(args.label, since_ms, before_ms)


def search(connection: Connection, args: Arguments) -> ExitStatus:
    """Search all calls of the account, the newest first.

    Returns:
        Whether anything was found.

    Raises:
        UsageError: The query is empty or invalid.
        OmniError: There is no key, or the library cannot be used.
    """
    query, style = _query(args), _style(None if args.all_hits else _TURNS_A_CALL)
    with ExitStack() as resources:
        return _search(archive_of(connection, resources), query, args, style)


def _search(archive: Archive, query: Query, args: Arguments, style: HitStyle) -> ExitStatus:
    progress, line = SearchProgress(), ProgressLine()
    try:
        for result in archive.search(query, SearchBounds(silence_ms=args.silence_ms), progress):
            if result is None:
                line.show(lambda: _how_far(progress))
                continue
            turns = _turns(result)
            lines = _json_lines(result, turns) if args.json else _text_lines(result, turns, style)
            line.remove()
            if not write_out("".join(f"{one}\n" for one in lines).encode(errors="replace")):
                return ExitStatus.DONE  # nobody reads on
    finally:
        line.remove()
    status = _ended(progress, query.hint)
    _prepare_the_next(archive)
    return status


def _prepare_the_next(archive: Archive) -> None:
    """Work for a moment on the index of a library that an earlier version has filled."""
    end_s = time.monotonic() + _PREPARE_S
    with suppress(OmniError):
        while time.monotonic() < end_s and archive.advance():
            pass


def _how_far(progress: SearchProgress) -> str:
    found = f", {counted(progress.hits, 'hit')}" if progress.hits else ""
    return f"searched {progress.searched:,} of {counted(progress.total, 'call')}{found}"


def _ended(progress: SearchProgress, hint: str) -> ExitStatus:
    """Report how the search ended, as far as the output does not show it."""
    calls = f"{counted(progress.searched, 'call')} kept on this machine"
    if progress.is_cut:
        say(f"stopped after {LIMIT_S:.0f} s and {calls}, the newest of {progress.total:,} – more words narrow it down")
        return ExitStatus.UNREACHABLE
    if not progress.total:
        say(NO_KEPT_CALL)
    elif not progress.hits:
        relaxed = f" – {counted(progress.without_case, 'hit')} without the capital" if progress.without_case else ""
        say(f"nothing found in {calls}{relaxed or (hint and f' – {hint}')}")
    return ExitStatus.DONE if progress.hits else ExitStatus.NOT_FOUND


def _style(most_turns: int | None) -> HitStyle:
    """The style for standard output, which may be a terminal."""
    if not sys.stdout.isatty():
        return HitStyle(most_turns=most_turns)
    return HitStyle(shutil.get_terminal_size().columns, os.environ.get("TERM") != "dumb", most_turns)


def _turns(result: CallHits) -> Sequence[Turn]:
    """The turns of a call; none if it is a plain text, or cannot be parsed any more."""
    transcript = result.read()
    return () if transcript is None else transcript.turns


def _text_lines(result: CallHits, turns: Sequence[Turn], style: HitStyle) -> Iterator[str]:
    """The call, and a line for each turn with a hit: link, role, time, an excerpt."""
    by_turn = _by_turn(result)
    yield _heading(result, len(by_turn))
    shown = by_turn[: style.most_turns]
    rows = [_columns(result, turns, turn) for turn, _ in shown]
    for beside, (turn, hits) in zip(AlignedColumns().lines(rows), shown, strict=True):
        yield f"  {beside}  {_words(result.texts[turn], hits, cell_len(beside) + 4, style)}"
    if left := len(by_turn) - len(shown):
        yield f"  … {counted(left, 'more turn')} with hits; --all-hits prints them"


def _by_turn(result: CallHits) -> list[tuple[int, list[Hit]]]:
    """The turns with a hit, in order, and the hits of each."""
    return [(turn, list(hits)) for turn, hits in groupby(result.hits, key=itemgetter(0))]


def _heading(result: CallHits, count: int) -> str:
    """The known ones of id, label, start and number of turns with a hit."""
    call = result.call
    started = "" if call.started_at_ms is None else Clock().date_time(call.started_at_ms)
    facts = (safe_line(call.call_id), safe_line(call.label or ""), started, counted(count, "turn"))
    return "  ".join(filter(None, facts))


def _columns(result: CallHits, turns: Sequence[Turn], turn: int) -> tuple[str, str, str]:
    """Link, role and time of a turn; role and time may be empty."""
    address = safe_line(_link(result, turn))
    if turn >= len(turns):
        return address, "", ""
    return address, speaker(turns[turn]), TimeLabels().label(turns, turn)


def _link(result: CallHits, turn: int) -> str:
    """The link to a turn; to the whole call if that is one plain text."""
    address = call_address(result.call.call_id)
    return address if result.call.is_plain else link(address, turn + 1)


def _words(text: str, hits: Sequence[Hit], used: int, style: HitStyle) -> str:
    """The words around the first hit in a turn, with all hits in them."""
    shown = excerpt(text, [(start, end) for _, start, end in hits], max(_LEAST_CELLS, style.cells - used))
    if not style.highlights:
        return shown.text
    return "".join(f"{_HIT_ON}{words}{_HIT_OFF}" if is_hit and words else words for words, is_hit in shown.parts())


def _json_lines(result: CallHits, turns: Sequence[Turn]) -> Iterator[str]:
    """A line of JSON in ASCII for each turn with a hit; hits are code point offsets in its shown text."""
    call = result.call
    for turn, hits in _by_turn(result):
        known = turns[turn] if turn < len(turns) else None
        facts = {
            "call_id": call.call_id, "turn": None if call.is_plain else turn + 1, "role": known and known.speaker,
            "start_ms": known and known.start_ms, "text": result.texts[turn],
            "hits": [[start, end] for _, start, end in hits if start < end],
            "label": call.label, "started_at": call.started_at_ms, "link": _link(result, turn),
            "kept_at": call.cached_ms,
        }  # fmt: skip
        yield json.dumps(facts)
