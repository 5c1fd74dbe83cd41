"""The time that stands beside each turn, in the style the user chose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple

from tui.core import times
from tui.core.transcript import Turn

_LOOKED_BACK = 32
"""So many turns may stand within a longer one."""


class TimeStyle(Enum):
    """How the time of a turn is shown."""

    OFFSET = "offset"
    LOCAL = "local"
    UTC = "utc"
    GAP = "gap"
    OFF = "off"


class TimeLabels(NamedTuple):
    """Writes the time of a turn.

    Attributes:
        style: The style of the times.
        epoch_ms: Unix time of offset 0 in ms; None if unknown: then there is no wall clock.
        zone: The zone of the local clock; None is that of the machine.
    """

    style: TimeStyle = TimeStyle.OFFSET
    epoch_ms: int | None = None
    zone: tzinfo | None = None

    def styles(self) -> tuple[TimeStyle, ...]:
        """The styles that can be shown: the wall clock only where the start is known."""
        clocks = (TimeStyle.LOCAL, TimeStyle.UTC)
        return tuple(style for style in TimeStyle if self.epoch_ms is not None or style not in clocks)

    def label(self, turns: Sequence[Turn], index: int) -> str:
        """The label of a turn; empty if its time is unknown."""
        start_ms = turns[index].start_ms
        if start_ms is None or self.style is TimeStyle.OFF:
            return ""
        if self.style is TimeStyle.GAP:
            gap_ms = self.gap_ms(turns, index)
            return "" if gap_ms is None else times.gap(gap_ms) if index else times.offset(gap_ms)
        if self.epoch_ms is None or self.style is TimeStyle.OFFSET:
            return times.offset(start_ms)
        return times.clock(self.epoch_ms + start_ms, self.clock_zone)

    @property
    def has_clock(self) -> bool:
        """Whether the labels are times of day."""
        return self.epoch_ms is not None and self.style in (TimeStyle.LOCAL, TimeStyle.UTC)

    def end_label(self, ms: int) -> str:
        """The end of a turn at an offset in ms: a time of day where the labels are, else a length."""
        return times.clock((self.epoch_ms or 0) + ms, self.clock_zone) if self.has_clock else times.duration(ms)

    def clock_offset_ms(self) -> int:
        """The time of day at offset 0, in ms since midnight; 0 for a date beyond the calendar."""
        began = times.moment(self.epoch_ms or 0, self.clock_zone)
        if began is None:
            return 0
        midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
        return (began - midnight) // timedelta(milliseconds=1)

    @property
    def clock_zone(self) -> tzinfo | None:
        """The zone of the times of day; None is that of the machine."""
        return UTC if self.style is TimeStyle.UTC else self.zone

    def gap_ms(self, turns: Sequence[Turn], index: int) -> int | None:
        """The time since the end of the previous turn, or since its start if its end is unknown.

        A previous turn within a longer one, such as a backchannel, counts with the end of that: a gap is a silence.
        For the first turn, the time since the start of the call. None if a time is unknown.
        """
        start_ms = turns[index].start_ms
        if index == 0 or start_ms is None:
            return start_ms
        before = turns[index - 1]
        since_ms = before.start_ms if before.end_ms is None else before.end_ms
        if since_ms is None:
            return None
        ends_ms = (turn.end_ms for turn in turns[max(0, index - _LOOKED_BACK) : index])
        return start_ms - max(since_ms, max((end_ms for end_ms in ends_ms if end_ms is not None), default=since_ms))
