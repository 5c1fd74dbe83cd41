"""When each turn of a call is shown as a subtitle.

A turn whose two times are usable keeps them to the millisecond, overlaps included. Usable means that it starts
at 0 or later, ends after its start, and both before 100 hours, as SubRip writes hours with two digits and not every
reader takes more. For the others times are made, by these rules:

- A turn without any usable time stands in the gap between the turns sent before and after it, and shares it with
  those beside it, however short the gap is. Where there is none, the turn before ends earlier to make room, but not
  before half of the time between its start and that of the turn after.
- A turn that starts before 0 is shown from 0.
- A turn without an end, or with one that is not after its start, lasts until the next turn starts, at most.
- A turn without a start is shown until its end, and not before the turn before it ends.

None of these is shown longer than it takes to read: a second for 15 characters, a usual pace of subtitles, and a
second at least. So a call without any times comes out as one turn after the other. What is made overlaps nothing,
unless two turns are said to start in the same millisecond or next to it.

How the text of a turn is cut into what fits on a screen is decided in ``cue_lines``.
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
        text: What is shown of it; may be empty.
        start_ms: When it is shown; None as long as that is not known.
        end_ms: When it vanishes; None as long as that is not known.
        notes: What was adjusted, each in the words behind a number of turns.
    """

    turn: Turn
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def reading_ms(self) -> int:
        """How long it takes to read; nothing where there is nothing to be read."""
        return max(round(len(self.text) * _READING_MS_PER_CHARACTER), _SHORTEST_MS) if self.text else 0


def place(showings: Sequence[Showing]) -> None:
    """Give every turn with a text its times."""
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
    """Take the times that the turn was sent with, as far as they are usable."""
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
    """What stands in the order sent: all but the turns that start earlier than one before them.

    Those keep their times, and no others go by them.
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
    """Place turns without a start between the turn before them and the next start, if there is one.

    Those among them that have a usable end divide the run. A turn before without an end is placed with them.
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
    """Place turns of which none has a usable end."""
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
    """From when on a group can be shown; the turn before, if it has no end yet, is the first of the group."""
    if before is None:
        return 0
    start_ms = before.start_ms if before is group[0] else before.end_ms
    assert start_ms is not None, "what is before has a start, and an end or a place in the group"
    return start_ms


def _lay_out(group: Sequence[Showing], start_ms: int, end_ms: int) -> None:
    """Show one turn after the other, each for as long as it takes to read, or for its share of the time.

    The time must be enough for a millisecond each.
    """
    needed_ms = sum(showing.reading_ms for showing in group)
    shared_ms = max(min(needed_ms, end_ms - start_ms) - len(group), 0)  # beyond the millisecond of each
    read_ms = 0
    for number, showing in enumerate(group):
        showing.start_ms = start_ms + number + shared_ms * read_ms // max(needed_ms, 1)
        read_ms += showing.reading_ms
        showing.end_ms = start_ms + number + 1 + shared_ms * read_ms // max(needed_ms, 1)


def _lay_out_until(group: Sequence[Showing], start_ms: int, end_ms: int) -> None:
    """Show a group of which the last turn is shown until an end, the others from the start on."""
    *others, last = group
    needed_ms = sum(showing.reading_ms for showing in group)
    share_ms = min(last.reading_ms, last.reading_ms * (end_ms - start_ms) // needed_ms)
    last.start_ms = max(end_ms - max(share_ms, 1), start_ms + len(others))
    _lay_out(others, start_ms, last.start_ms)


def _make_room(before: Showing, group: Sequence[Showing], until_ms: int) -> None:
    """Let the turn before a group end earlier, so that the group can be shown before the next turn."""
    assert before.start_ms is not None, "what is before was placed"
    room_ms = (until_ms - before.start_ms) // 2
    if room_ms < len(group):
        _show_together(group, until_ms)
        return
    before.end_ms = until_ms - min(room_ms, sum(showing.reading_ms for showing in group))
    before.notes.append(NO_ROOM)
    _lay_out(group, before.end_ms, until_ms)


def _show_together(group: Sequence[Showing], at_ms: int) -> None:
    """Show turns from a moment on, as there is no time for one after the other; a start that is known stays."""
    for showing in group:
        showing.start_ms = at_ms if showing.start_ms is None else showing.start_ms
        showing.end_ms = showing.start_ms + showing.reading_ms
