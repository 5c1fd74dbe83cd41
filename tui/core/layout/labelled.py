"""Finds the turn that was asked for by a displayed time, or by a place as a link has it.

``labels`` writes these times; ``core.target`` looks up a time that no turn displays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain

from tui.core import times
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.target import parse_locator
from tui.core.transcript import Turn, turn_at

_FORM = re.compile(
    r"[-+]?[<>]-?9999h|[-+]?(?P<whole>(?:[0-9]+:){0,2})(?P<s>[0-9]{1,2})(?:\.(?P<tenth>[0-9]))?s?", re.ASCII
)


def turn_typed(labels: TimeLabels, turns: Sequence[Turn], typed: str, after: int) -> int:
    """The turn that was asked for: by a time as displayed, else by a number, an offset or a percentage.

    Raises:
        UsageError: It is no place, or one beyond the call.
    """
    turn = turn_labelled(labels, turns, typed, after)
    if turn is None:
        place = parse_locator(typed)
        place.refuse_unless_in(turns, labels.end_label)
        turn = place.index_in(turns)
    return turn


def turn_labelled(labels: TimeLabels, turns: Sequence[Turn], typed: str, after: int) -> int | None:
    """The turn that displays a time; of several the next one after a given turn, from the start again after the last.

    A clock time may be typed without tenths, or without seconds; if no turn begins then, it is the turn spoken at that
    time. None if there is no such turn.
    """
    typed = "".join(typed.split())
    form = _FORM.fullmatch(typed)
    if form is None or labels.style is TimeStyle.OFF or typed.isdigit():
        return None
    may_be, shortened = _candidates(labels, turns, form), f"{typed}."
    for index in chain(range(after + 1, len(turns)), range(after + 1)):
        if may_be(index):
            label = labels.label(turns, index).replace(" ", "")
            if label.removesuffix("s") == typed.removesuffix("s") or (labels.has_clock and label.startswith(shortened)):
                return index
    return _spoken_at(labels, turns, typed) if labels.has_clock and form["whole"] else None


def _candidates(labels: TimeLabels, turns: Sequence[Turn], form: re.Match[str]) -> Callable[[int], bool]:
    """A quick check whether a turn may have the label: the same second, and the same tenth if typed.

    It saves writing the labels of 100,000 turns.
    """
    if not form["s"]:
        return lambda index: turns[index].start_ms is not None
    unit_ms = 100 if form["tenth"] else 1_000
    shown, units = int(form["s"] + (form["tenth"] or "")), times.MINUTE_MS // unit_ms
    if labels.style is TimeStyle.GAP:
        return lambda index: (
            (ms := labels.gap_ms(turns, index)) is not None
            and (times.nearest_tenth(abs(ms)) if index else abs(ms)) // unit_ms % units == shown
        )
    if labels.has_clock:
        began_ms = labels.clock_offset_ms()
        return lambda index: (ms := turns[index].start_ms) is not None and (ms + began_ms) // unit_ms % units == shown
    return lambda index: (ms := turns[index].start_ms) is not None and abs(ms) // unit_ms % units == shown


def _spoken_at(labels: TimeLabels, turns: Sequence[Turn], typed: str) -> int | None:
    """The turn spoken at a time of day, or in a minute of it; None before and after the call."""
    try:
        since_midnight_ms = times.parse_offset(typed)
    except ValueError:
        return None
    is_minute = typed.count(":") == 1
    if is_minute and "." in typed:
        return None
    if is_minute:  # hours and minutes, read as minutes and seconds
        since_midnight_ms *= times.MINUTE_MS // times.SECOND_MS
    offset_ms = (since_midnight_ms - labels.clock_offset_ms()) % times.DAY_MS
    if is_minute and offset_ms > times.DAY_MS - times.MINUTE_MS:  # the call begins in this minute
        offset_ms = 0
    last_ms = max((turn.start_ms for turn in turns if turn.start_ms is not None), default=0)
    return turn_at(turns, offset_ms) if offset_ms <= last_ms else None
