"""When who spoke: the floor, its figures and its moments, from the times of the turns alone.

All times are integers in ms. Every figure is exact or unknown (None); none is estimated. The terms: a *side* is the
user or the assistant; a *timed turn* is a turn of a side with ``0 <= start < end``; the *frontier* is the latest end
so far, and its *holder* the side that set it. Other modules word and draw them.
"""

from tui.core.timing.figures import FAIR_MS, GOOD_MS, Answer, Response, SideFigures, Timing
from tui.core.timing.intervals import Union, is_interval
from tui.core.timing.measure import measure, measuring
from tui.core.timing.moments import Moment, MomentKind, Silence
from tui.core.timing.offsets import FloorOffset

__all__ = [
    "FAIR_MS", "GOOD_MS", "Answer", "FloorOffset", "Moment", "MomentKind", "Response", "SideFigures", "Silence",
    "Timing", "Union", "is_interval", "measure", "measuring",
]  # fmt: skip
