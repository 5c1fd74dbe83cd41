"""When who spoke: the floor, its figures and its moments, from the times of the turns alone.

All times are integers in ms. Every figure is exact or unknown (None); none is estimated. The terms: a *side* is the
user or the assistant; a *timed turn* is a turn of a side with ``0 <= start < end``; the *frontier* is the latest end
so far, and its *holder* the side that set it. Other modules word and draw them.
"""

from tui.core.timing.figures import FAIR_MS, GOOD_MS, Response, SideFigures, Timing
from tui.core.timing.measure import measure, measuring
from tui.core.timing.moments import Moment, MomentKind

__all__ = [
    "FAIR_MS", "GOOD_MS", "Moment", "MomentKind", "Response", "SideFigures", "Timing",
    "measure", "measuring",
]  # fmt: skip
