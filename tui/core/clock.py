"""The current time and the local time zone: the only place that reads them from the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import tzinfo
from typing import NamedTuple

from tui.core.times import date_time, moment


def _machine_ms() -> int:
    return round(time.time() * 1000)


class Clock(NamedTuple):
    """A clock; tests replace it by a fixed one.

    Attributes:
        zone: The zone of local times; None for the machine's.
        now_ms: Returns the Unix time in ms.
    """

    zone: tzinfo | None = None
    now_ms: Callable[[], int] = _machine_ms

    def date_time(self, epoch_ms: int) -> str:
        """Date and time in the zone, without the year if it is this one: "12 Nov 14:03"."""
        today = moment(self.now_ms(), self.zone)
        return date_time(epoch_ms, self.zone, this_year=today.year if today else None)
