"""The turns of a call with the remarks on their times, for the formats that show them.

Remarks are always computed from all turns, so that a turn has the same ones in a range as in the whole call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.core.call import CallDocument
from tui.core.export.model import Options
from tui.core.layout import MARKED, Remarks, TimeLabels, TimeStyle
from tui.core.remarks import CallRemarks, counts, remarks_of, reservations
from tui.core.timing import Timing, measure
from tui.core.transcript import Turn


class MeasuredTurns(NamedTuple):
    """All turns of a call, each built once, with their timing.

    Attributes:
        turns: The turns.
        timing: Their figures and moments.
        remarks: The remarks on each.
        labels: Writes the times beside the turns.
        marks: The indexes of the turns whose mark is exported.
    """

    turns: Sequence[Turn]
    timing: Timing
    remarks: CallRemarks
    labels: TimeLabels
    marks: frozenset[int] = frozenset()

    def remarks_of(self, turn: Turn) -> Remarks:
        """The remarks on a turn."""
        remarks = self.remarks.of(turn.index)
        return remarks._replace(notes=(MARKED, *remarks.notes)) if turn.index in self.marks else remarks

    def label(self, turn: Turn) -> str:
        """The time beside a turn; empty if it is unknown, or not wanted."""
        return self.labels.label(self.turns, turn.index)

    @property
    def moments(self) -> str:
        """The number of moments of each kind; empty without any."""
        return counts(self.remarks.kinds)

    @property
    def reservations(self) -> str:
        """The notes on missing or doubtful times; empty without any."""
        return "; ".join(reservations(self.timing))

    @property
    def notes(self) -> tuple[str, ...]:
        """Why times are not shown in the chosen style."""
        if self.labels.style in {TimeStyle.OFFSET, TimeStyle.OFF}:
            return ()
        if all(turn.start_ms is None for turn in self.turns):
            return ("this call has no times",)
        if self.labels.style not in self.labels.styles():
            return (f"times are offsets, not {self.labels.style.value}: when the call started is not known",)
        return ()


def measured(document: CallDocument, options: Options) -> MeasuredTurns:
    """Build all turns of a call and measure them."""
    turns = tuple(document.transcript.turns)
    timing = measure(turns, options.silence_ms)
    labels = TimeLabels(options.time, document.clock_zero_ms)
    return MeasuredTurns(turns, timing, remarks_of(timing), labels, options.marks)
