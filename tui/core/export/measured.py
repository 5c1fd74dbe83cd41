"""The turns of a call with the remarks on their times, for the formats that show them.

Remarks are always computed from all turns, so that a turn has the same ones in a range as in the whole call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.core.export.model import Options
from tui.core.layout.block import MARKED, Remarks
from tui.core.remarks import CallRemarks, counts, remarks_of, reservations
from tui.core.timing import Timing, measure
from tui.core.transcript import Transcript, Turn


class MeasuredTurns(NamedTuple):
    """All turns of a call, each built once, with their timing.

    Attributes:
        turns: The turns.
        timing: Their figures and moments.
        remarks: The remarks on each.
        marks: The indexes of the turns whose mark is told.
    """

    turns: Sequence[Turn]
    timing: Timing
    remarks: CallRemarks
    marks: frozenset[int] = frozenset()

    def remarks_of(self, turn: Turn) -> Remarks:
        """The remarks on a turn."""
        remarks = self.remarks.of(turn.index)
        return remarks._replace(notes=(MARKED, *remarks.notes)) if turn.index in self.marks else remarks

    @property
    def moments(self) -> str:
        """The number of moments of each kind; empty without any."""
        return counts(self.remarks.kinds)

    @property
    def reservations(self) -> str:
        """The notes on missing or doubtful times; empty without any."""
        return "; ".join(reservations(self.timing))


def measured(transcript: Transcript, options: Options) -> MeasuredTurns:
    """Build all turns of a call and measure them."""
    turns = tuple(transcript.turns)
    timing = measure(turns, options.silence_ms)
    return MeasuredTurns(turns, timing, remarks_of(timing), options.marks)
