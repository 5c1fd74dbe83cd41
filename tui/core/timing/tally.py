"""The sums of one side during the walk along the floor."""

from __future__ import annotations

from typing import NamedTuple

from tui.core.transcript import Role


class Longest(NamedTuple):
    """A turn and its length.

    Attributes:
        turn: Its place as sent, from 0.
        ms: Its length.
    """

    turn: int
    ms: int


class Stretch(NamedTuple):
    """A stretch of one holder of the floor.

    Attributes:
        from_turn: The turn that begins it.
        to_turn: The last turn that continues it.
        ms: From the first start to the last end.
    """

    from_turn: int
    to_turn: int
    ms: int


class Tally:
    """Sums over the turns of one side.

    Attributes:
        role: The side.
        turns: How many timed turns it has.
        first_ms: The start of the first; None without any.
        talk_ms: The measure of the union of these.
        end_ms: The latest end of these, from 0.
        longest_ms: The length of the longest.
        longest_turn: The longest timed turn, the first of several.
        monologue_ms: The length of the longest stretch.
        longest_monologue: The longest stretch without a pause of 1,500 ms, the first of several.
    """

    __slots__ = (
        "end_ms", "first_ms", "longest_monologue", "longest_ms", "longest_turn", "monologue_ms", "role", "talk_ms",
        "turns",
    )  # fmt: skip

    def __init__(self, role: Role) -> None:
        self.role = role
        self.turns = self.talk_ms = self.end_ms = self.longest_ms = self.monologue_ms = 0
        self.first_ms: int | None = None
        self.longest_turn: Longest | None = None
        self.longest_monologue: Stretch | None = None

    def take_stretch(self, from_turn: int, to_turn: int, ms: int) -> None:
        """Take a stretch; only the longest is kept."""
        if ms > self.monologue_ms:
            self.monologue_ms = ms
            self.longest_monologue = Stretch(from_turn, to_turn, ms)
