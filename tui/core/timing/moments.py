"""Moments: where the call went wrong, as values; they are found in ``course``."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from tui.core.transcript import Role

SLOW_MS = 1_500
"""An answer of the assistant that takes longer is slow."""
SILENCE_LINE_MS = 2_000
"""From this length on, a silence is shown between the turns, whether it is a moment or not; so is each that is one."""
CUT_MS = 300
"""An overlap that is longer, and by which the floor changes, is an interruption."""
BACKCHANNEL_MS = 500
"""A nested turn of the other side that is no longer is a backchannel, and no moment."""


class Silence(NamedTuple):
    """A time in which neither side talks.

    Attributes:
        turn: The turn that ended it, its place as sent, from 0.
        ms: How long it was.
    """

    turn: int
    ms: int


class MomentKind(Enum):
    """The kind of a moment."""

    SLOW_ANSWER = "slow_answer"
    SILENCE = "silence"
    INTERRUPTION = "interruption"
    TALKED_OVER = "talked_over"
    ERROR = "error"


class Moment(NamedTuple):
    """A moment of a call.

    Attributes:
        kind: Its kind.
        turn: The turn that ended the silence, began the overlap or reports the error; its place as sent, from 0.
        start_ms: The beginning of the silence or of the overlap; of an error the start of its turn, None if unknown.
        ms: How long it was; None for an error.
        side: Whose turn that is.
        tool_ms: Of a silence, how much of it the turns of no side fill; else None.
        cut_turn: Of an interruption, the turn that held the floor until then; else None.
        are_tools: Of a silence, whether all turns that fill it are of tools.
    """

    kind: MomentKind
    turn: int
    start_ms: int | None
    ms: int | None
    side: Role
    tool_ms: int | None = None
    cut_turn: int | None = None
    are_tools: bool = True
