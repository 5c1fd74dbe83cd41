"""The turns of a call together with what is to be said of their times, for the formats that can hold it.

The words are those of ``remarks``, and always follow from all turns: a range of turns says of each what the whole
call says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.core.layout.block import Remarks
from tui.core.remarks import CallRemarks, counts, remarks_of, reservations
from tui.core.timing import Timing, measure
from tui.core.transcript import Transcript, Turn


class MeasuredTurns(NamedTuple):
    """All turns of a call, each built once, and what happened when.

    Attributes:
        turns: The turns.
        timing: Their figures and moments.
        remarks: What is to be said of each.
    """

    turns: Sequence[Turn]
    timing: Timing
    remarks: CallRemarks

    def remarks_of(self, turn: Turn) -> Remarks:
        """What is to be said of a turn."""
        return self.remarks.of(turn.index)

    @property
    def moments(self) -> str:
        """How many moments of each kind there are; empty without any."""
        return counts(self.remarks.kinds)

    @property
    def reservations(self) -> str:
        """Which times are missing or cannot be relied on; empty if all can be."""
        return "; ".join(reservations(self.timing))


def measured(transcript: Transcript) -> MeasuredTurns:
    """Build all turns of a call and measure them."""
    turns = tuple(transcript.turns)
    timing = measure(turns)
    return MeasuredTurns(turns, timing, remarks_of(timing))
