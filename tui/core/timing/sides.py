"""Sorts turns: the timed turns of both sides, the untimed, the others, those that report an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tui.core.shown import has_failed, is_tool_role
from tui.core.timing.intervals import Interval, OtherTurns
from tui.core.timing.moments import Moment, MomentKind
from tui.core.timing.words import doubtful
from tui.core.transcript import Role, Turn, role_of

_OTHER = Role.OTHER


class TimedTurns:
    """The timed turns of a call, a column for each fact, so that the walk along the floor reads numbers alone.

    Attributes:
        turns: The turns.
        roles: Their sides.
        starts_ms: Their starts.
        ends_ms: Their ends.
    """

    __slots__ = ("ends_ms", "roles", "starts_ms", "turns")

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.roles: list[Role] = []
        self.starts_ms: list[int] = []
        self.ends_ms: list[int] = []

    def __len__(self) -> int:
        return len(self.turns)

    def columns(self) -> tuple[list[Turn], list[Role], list[int], list[int]]:
        """The columns: turns, sides, starts and ends."""
        return self.turns, self.roles, self.starts_ms, self.ends_ms

    def sort(self) -> None:
        """Put them into order: by start, those of one start by their place as sent."""
        order = sorted(range(len(self)), key=self.starts_ms.__getitem__)
        columns: tuple[list[Any], ...] = self.columns()
        for column in columns:
            column[:] = [column[at] for at in order]


class Sides:
    """The turns seen so far, in the order in which they were sent.

    Attributes:
        turns: How many turns were seen.
        other: Turns of no side.
        unordered: Timed turns that start before a timed turn sent earlier.
        in_whole_seconds: Whether all times of all turns are whole seconds.
        timed: The timed turns.
        doubtful: The places as sent of those with doubtful times.
        errors: The turns that report one, each with the time in ms that it follows.
    """

    def __init__(self) -> None:
        self.turns = self.other = self.unordered = 0
        self.in_whole_seconds = True
        self.timed = TimedTurns()
        self.doubtful: set[int] = set()
        self.errors: list[tuple[int, Moment]] = []
        self._other_intervals: list[Interval] = []
        self._not_of_tools: list[Interval] = []
        self._role_of = _RoleOf()
        self._latest_start_ms = self._behind_ms = -1

    @property
    def untimed(self) -> int:
        """Turns of a side whose times are no interval."""
        return self.turns - self.other - len(self.timed)

    def take(self, turns: Sequence[Turn]) -> None:
        """Take some more turns, in the order in which they were sent."""
        timed_before = len(self.timed)
        self.turns += len(turns)
        self.in_whole_seconds = self.in_whole_seconds and _are_whole_seconds(turns)
        self._sort_out(turns)
        self.doubtful.update(turn.index for turn in doubtful(self.timed.turns[timed_before:]))

    def end(self) -> None:
        """Take the end of the call: the timed turns are put into order."""
        if self.unordered:
            self.timed.sort()

    def others(self) -> OtherTurns:
        """The times of the turns of no side."""
        return OtherTurns(self._other_intervals, self._not_of_tools)

    def _sort_out(self, turns: Iterable[Turn]) -> None:
        """Sort turns in one loop, as fetching a turn from memory costs more than handling it."""
        role_of_speaker, (timed, roles, starts_ms, ends_ms) = self._role_of, self.timed.columns()
        latest_ms, behind_ms = self._latest_start_ms, self._behind_ms
        for turn in turns:
            start_ms, end_ms, role = turn.start_ms, turn.end_ms, role_of_speaker[turn.speaker]
            if turn.extra:
                self._take_error(turn, behind_ms)
            if role is _OTHER:
                self.other += 1
            if start_ms is None or end_ms is None or not 0 <= start_ms < end_ms:
                continue
            behind_ms = start_ms
            if role is _OTHER:
                self._take_other(turn.speaker, (start_ms, end_ms))
                continue
            if start_ms < latest_ms:
                self.unordered += 1
            else:
                latest_ms = start_ms
            timed.append(turn)
            roles.append(role)
            starts_ms.append(start_ms)
            ends_ms.append(end_ms)
        self._latest_start_ms, self._behind_ms = latest_ms, behind_ms

    def _take_other(self, speaker: str, interval: Interval) -> None:
        """Take the times of a turn of no side."""
        self._other_intervals.append(interval)
        if not is_tool_role(speaker):
            self._not_of_tools.append(interval)

    def _take_error(self, turn: Turn, behind_ms: int) -> None:
        """Take a turn that may report an error, and the start of the turn before it."""
        if has_failed(turn):
            start_ms = turn.start_ms if turn.start_ms is not None and turn.start_ms >= 0 else None
            error = Moment(MomentKind.ERROR, turn.index, start_ms, None, turn.role)
            self.errors.append((behind_ms if start_ms is None else start_ms, error))


class _RoleOf(dict[str, Role]):
    """The role of each speaker, found once for each speaker word."""

    def __missing__(self, speaker: str) -> Role:
        role = self[speaker] = role_of(speaker)
        return role


def _are_whole_seconds(turns: Iterable[Turn]) -> bool:
    """Whether all times of some turns are whole seconds; nearly always the first turn decides."""
    return not any((turn.start_ms or 0) % 1_000 or (turn.end_ms or 0) % 1_000 for turn in turns)
