"""Computes when each turn of a call is shown as a subtitle.

A turn whose two times are usable keeps them to the millisecond, overlaps included. Usable means that it starts
at 0 or later, ends after its start, and both before 100 hours, as SubRip writes hours with two digits and some
readers accept no more. For the others times are computed by these rules:

- A turn without any usable time is put into the gap between the previous and the next turn, and shares it with
  adjacent ones, however short the gap is. If there is none, the previous turn ends earlier to make room, but not
  before half of the time between its start and that of the next turn.
- A turn that starts before 0 is shown from 0.
- A turn without an end, or with one that is not after its start, lasts until the next turn starts, at most.
- A turn without a start is shown until its end, and not before the previous turn ends.

None of these is shown longer than its reading time: a second for 15 characters, a usual pace of subtitles, and a
second at least. So a call without any times gives one turn after the other. Computed times overlap nothing,
unless two turns start in the same or adjacent milliseconds.

``cue_lines`` decides how the text is split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.core.times import HOUR_MS
from tui.core.transcript import Turn

NO_TIMES = "have no usable times: shown after the turn before them"
NO_START = "have no usable start: shown until their end"
NO_END = "have no usable end: shown for as long as they take to read"
NO_ROOM = "end earlier, as turns without times come behind them"
EARLY = "start before 0: shown from 0"
NOT_IN_ORDER = "start before a turn that was sent before them: shown in the order of their times"

_BEYOND_MS = 100 * HOUR_MS
_READING_MS_PER_CHARACTER = 1000 / 15
_SHORTEST_MS = 1000


@dataclass(slots=True)
class Showing:
    """A turn and when it is shown.

    Attributes:
        turn: The turn.
        text: Its shown text; may be empty.
        lead: The number of leading characters that do not belong to the turn's text.
        start_ms: When it is shown; None until computed.
        end_ms: When it disappears; None until computed.
        notes: The adjustments, in words that follow a number of turns.
    """

    turn: Turn
    text: str
    lead: int = 0
    start_ms: int | None = None
    end_ms: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def reading_ms(self) -> int:
        """The reading time in ms; 0 for an empty text."""
        return max(round(len(self.text) * _READING_MS_PER_CHARACTER), _SHORTEST_MS) if self.text else 0


def place(showings: Sequence[Showing]) -> None:
    """Compute the times of every turn with text."""
    for showing in showings:
        _take_usable_times(showing)
    before, run = None, list[Showing]()
    for showing in _in_order(showings):
        if showing.start_ms is None:
            run.append(showing)
            continue
        _place_run(before, run, showing.start_ms)
        before, run = showing, []
    _place_run(before, run, None)


def _take_usable_times(showing: Showing) -> None:
    """Use the turn's own times as far as they are usable."""
    start_ms, end_ms = showing.turn.start_ms, showing.turn.end_ms
    if start_ms is not None and start_ms < _BEYOND_MS:
        showing.start_ms = max(start_ms, 0)
    if end_ms is not None and (showing.start_ms or 0) < end_ms < _BEYOND_MS:
        showing.end_ms = end_ms
    if showing.start_ms is not None and showing.end_ms is None:
        showing.notes.append(NO_END)
    elif showing.start_ms is not None and showing.start_ms != start_ms:
        showing.notes.append(EARLY)


def _in_order(showings: Sequence[Showing]) -> list[Showing]:
    """The turns in chronological order: all except those that start earlier than one before them.

    The exceptions keep their times, and do not affect others.
    """
    in_order: list[Showing] = []
    latest_ms = 0
    for showing in showings:
        if showing.start_ms is None:
            if showing.text:
                in_order.append(showing)
        elif showing.start_ms >= latest_ms:
            latest_ms = showing.start_ms
            in_order.append(showing)
        else:
            showing.end_ms = showing.end_ms or showing.start_ms + showing.reading_ms
            showing.notes.append(NOT_IN_ORDER)
    return in_order


def _place_run(before: Showing | None, run: Sequence[Showing], until_ms: int | None) -> None:
    """Place turns without a start between the previous turn and the next start, if there is one.

    Usable ends divide the run. A previous turn without an end is placed with them.
    """
    group = [before] if before and before.end_ms is None else []
    for showing in run:
        group.append(showing)
        end_ms = showing.end_ms if until_ms is None or showing.end_ms is None else min(showing.end_ms, until_ms)
        if end_ms is not None and end_ms - _from_ms(before, group) >= len(group):
            showing.notes.append(NO_START)
            _lay_out_until(group, _from_ms(before, group), end_ms)
            before, group = showing, []
    if group:
        for showing in group:
            if showing is not before:
                showing.notes.append(NO_TIMES)
        _place_group(before, group, until_ms)


def _place_group(before: Showing | None, group: list[Showing], until_ms: int | None) -> None:
    """Place turns without usable ends."""
    start_ms = _from_ms(before, group)
    if until_ms is None:
        _lay_out(group, start_ms, start_ms + sum(showing.reading_ms for showing in group) + len(group))
    elif until_ms - start_ms >= len(group):
        _lay_out(group, start_ms, until_ms)
    elif before is None or before is group[0]:
        _show_together(group, until_ms)
    else:
        _make_room(before, group, until_ms)


def _from_ms(before: Showing | None, group: Sequence[Showing]) -> int:
    """The earliest start of a group; a previous turn without an end is its first member."""
    if before is None:
        return 0
    start_ms = before.start_ms if before is group[0] else before.end_ms
    assert start_ms is not None, "what is before has a start, and an end or a place in the group"
    return start_ms


def _lay_out(group: Sequence[Showing], start_ms: int, end_ms: int) -> None:
    """Show one turn after the other, each for its reading time or its share of the time.

    There must be at least a millisecond for each.
    """
    needed_ms = sum(showing.reading_ms for showing in group)
    shared_ms = max(min(needed_ms, end_ms - start_ms) - len(group), 0)  # beyond the millisecond of each
    read_ms = 0
    for number, showing in enumerate(group):
        showing.start_ms = start_ms + number + shared_ms * read_ms // max(needed_ms, 1)
        read_ms += showing.reading_ms
        showing.end_ms = start_ms + number + 1 + shared_ms * read_ms // max(needed_ms, 1)


def _lay_out_until(group: Sequence[Showing], start_ms: int, end_ms: int) -> None:
    """Show a group whose last turn ends at ``end_ms``, the others from ``start_ms`` on."""
    *others, last = group
    needed_ms = sum(showing.reading_ms for showing in group)
    share_ms = min(last.reading_ms, last.reading_ms * (end_ms - start_ms) // needed_ms)
    last.start_ms = max(end_ms - max(share_ms, 1), start_ms + len(others))
    _lay_out(others, start_ms, last.start_ms)


def _make_room(before: Showing, group: Sequence[Showing], until_ms: int) -> None:
    """End the previous turn earlier, so that the group fits before the next turn."""
    assert before.start_ms is not None, "what is before was placed"
    room_ms = (until_ms - before.start_ms) // 2
    if room_ms < len(group):
        _show_together(group, until_ms)
        return
    before.end_ms = until_ms - min(room_ms, sum(showing.reading_ms for showing in group))
    before.notes.append(NO_ROOM)
    _lay_out(group, before.end_ms, until_ms)


def _show_together(group: Sequence[Showing], at_ms: int) -> None:
    """Show turns at the same time, as there is no time for a sequence; known starts stay."""
    for showing in group:
        showing.start_ms = at_ms if showing.start_ms is None else showing.start_ms
        showing.end_ms = showing.start_ms + showing.reading_ms
