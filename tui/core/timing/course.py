"""The course of a call: one walk along the floor, which collects changes, silences and overlaps.

The floor-transfer offset of conversation analysis (Heldner & Edlund 2010; Stivers et al. 2009; Levinson & Torreira
2015), with the frontier in place of "the turn before", so that a backchannel inside a long turn makes no silence
behind it. The loops handle ordinary turns inline, as calling a method would cost more than the work; methods handle the
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import TypeAlias

from tui.core.timing.intervals import Union
from tui.core.timing.moments import BACKCHANNEL_MS, CUT_MS, SILENCE_LINE_MS, SLOW_MS, Moment, MomentKind, Silence
from tui.core.timing.tally import Longest, Tally
from tui.core.timing.words import doubtful_places
from tui.core.transcript import Role, Turn, role_of

_PAUSE_MS = 1_500
"""A continuing turn after a pause of this length begins another stretch."""
_SLOW_ANSWER, _SILENCE = MomentKind.SLOW_ANSWER, MomentKind.SILENCE
_INTERRUPTION, _TALKED_OVER = MomentKind.INTERRUPTION, MomentKind.TALKED_OVER


Columns: TypeAlias = tuple[list[int], list[Tally], list[int], list[int]]
"""Some timed turns, a column for each fact: their places as sent, their sides, their starts and their ends."""
Changes: TypeAlias = tuple[list[int], list[int], list[int]]
"""Changes of the floor: the turns that took it, the offsets, which are the latencies, and the frontiers before them."""


class Course:
    """What the timed turns seen so far have done to the floor.

    Attributes:
        assistant: The tally of the assistant.
        user: The tally of the user.
        first_ms: The start of the first turn; -1 before it.
        frontier_ms: The latest end; -1 before the first turn.
        changes: The changes of the floor.
        moments: What went wrong, by start.
        silences: The silences that are shown between the turns, by start.
        tools: The time that the turns of no side fill.
        silence_ms: All silences together.
        backchannels: How many short turns were nested in one of the other side.
        doubtful: The places as sent of the turns with doubtful times.

    Args:
        tools: The time that the turns of no side fill.
        long_ms: From which length on a silence is a moment.
    """

    def __init__(self, tools: Union, long_ms: int) -> None:
        self.assistant, self.user = Tally(Role.ASSISTANT), Tally(Role.USER)
        self.first_ms = self.frontier_ms = -1
        self.changes: Changes = ([], [], [])
        self.moments: list[Moment] = []
        self.silences: list[Silence] = []
        self.silence_ms = self.backchannels = 0
        self.doubtful: set[int] = set()
        self.tools = tools
        self.long_ms = long_ms
        self._notable_ms = max(1, min(long_ms, SLOW_MS))
        self._tally_of = _TallyOf(self.assistant, self.user)
        self._first_side = self._holder = self.user
        self._since_ms = self._from_turn = self._holder_turn = -1

    def take(self, turns: Sequence[Turn]) -> None:
        """Take some more timed turns, by start."""
        places = [turn.index for turn in turns]
        sides = list(map(self._tally_of.__getitem__, [turn.speaker for turn in turns]))
        starts_ms: list[int] = [turn.start_ms for turn in turns]  # type: ignore[misc]  # all of them are timed
        ends_ms: list[int] = [turn.end_ms for turn in turns]  # type: ignore[misc]
        columns = places, sides, starts_ms, ends_ms
        if self.first_ms < 0:
            self._begin(places[0], sides[0], starts_ms[0])
        self._take_words(columns, [turn.text for turn in turns])
        self._take_talk(columns)
        self._take_steps(columns)

    def _begin(self, turn: int, side: Tally, start_ms: int) -> None:
        """Take the first turn: the frontier is its start, and the holder its side."""
        self.first_ms = self.frontier_ms = self._since_ms = start_ms
        self._first_side = self._holder = side
        self._from_turn = self._holder_turn = turn

    def end(self) -> None:
        """Take the end of the call."""
        self._holder.take_stretch(self._from_turn, self._holder_turn, self.frontier_ms - self._since_ms)

    def changes_to(self, side: Tally) -> Changes:
        """The changes by which a side took the floor: every second one, as the sides alternate."""
        every = slice(1 if side is self._first_side else 0, None, 2)
        turns, offsets_ms, frontiers_ms = self.changes
        return turns[every], offsets_ms[every], frontiers_ms[every]

    def _take_words(self, columns: Columns, texts: Sequence[str]) -> None:
        places, _, starts_ms, ends_ms = columns
        lengths_ms = list(map(sub, ends_ms, starts_ms))
        self.doubtful.update([places[at] for at in doubtful_places(texts, lengths_ms)])

    def _take_talk(self, columns: Columns) -> None:
        for side in (self.assistant, self.user):
            side.turns += columns[1].count(side)
        for turn, side, start_ms, end_ms in zip(*columns, strict=True):
            last_ms = side.end_ms
            if end_ms > last_ms:
                side.talk_ms += end_ms - (start_ms if start_ms > last_ms else last_ms)
                side.end_ms = end_ms
            if end_ms - start_ms > side.longest_ms:
                side.first_ms = start_ms if side.first_ms is None else side.first_ms
                side.longest_ms = end_ms - start_ms
                side.longest_turn = Longest(turn, side.longest_ms)

    def _take_steps(self, columns: Columns) -> None:
        notable_ms, since_ms, silence_ms = self._notable_ms, self._since_ms, 0
        turns, offsets_ms, frontiers_ms = self.changes
        frontier_ms, holder, holder_turn = self.frontier_ms, self._holder, self._holder_turn
        for turn, side, start_ms, end_ms in zip(*columns, strict=True):
            if end_ms <= frontier_ms:
                if side is not holder:
                    self._take_nested(turn, side, start_ms, end_ms - start_ms)
                continue
            offset_ms = start_ms - frontier_ms
            if offset_ms > 0:
                silence_ms += offset_ms
                if offset_ms >= notable_ms:
                    self._take_silence(turn, side, offset_ms, frontier_ms, side is not holder)
            if side is not holder:
                turns.append(turn)
                offsets_ms.append(offset_ms)
                frontiers_ms.append(frontier_ms)
                if offset_ms < -CUT_MS:
                    self._take_cut(turn, side, start_ms, -offset_ms, holder_turn)
            if side is not holder or offset_ms >= _PAUSE_MS:
                if frontier_ms - since_ms > holder.monologue_ms:
                    holder.take_stretch(self._from_turn, holder_turn, frontier_ms - since_ms)
                self._from_turn, since_ms = turn, start_ms
            frontier_ms, holder, holder_turn = end_ms, side, turn
        self.frontier_ms, self._holder, self._holder_turn = frontier_ms, holder, holder_turn
        self._since_ms, self.silence_ms = since_ms, self.silence_ms + silence_ms

    def _take_nested(self, turn: int, side: Tally, start_ms: int, ms: int) -> None:
        """A turn of the other side inside one of the holder's: a backchannel, or two who talk at the same time."""
        if ms <= BACKCHANNEL_MS:
            self.backchannels += 1
        else:
            self.moments.append(Moment(_TALKED_OVER, turn, start_ms, ms, side.role))

    def _take_cut(self, turn: int, side: Tally, start_ms: int, ms: int, cut_turn: int) -> None:
        """The floor goes to a side that began before the other one ended."""
        self.moments.append(Moment(_INTERRUPTION, turn, start_ms, ms, side.role, None, cut_turn))

    def _take_silence(self, turn: int, side: Tally, ms: int, since_ms: int, is_change: bool) -> None:
        """Nobody talks for some time."""
        if ms >= SILENCE_LINE_MS:
            self.silences.append(Silence(turn, ms))
        is_slow = ms > SLOW_MS and is_change and side is self.assistant
        if is_slow or ms >= self.long_ms:
            kind, tool_ms = _SLOW_ANSWER if is_slow else _SILENCE, self.tools.within(since_ms, since_ms + ms)
            self.moments.append(Moment(kind, turn, since_ms, ms, side.role, tool_ms))


class _TallyOf(dict[str, Tally]):
    """The tally of each speaker, found once for each speaker word.

    Args:
        assistant: The tally of the assistant.
        user: The tally of the user.
    """

    def __init__(self, assistant: Tally, user: Tally) -> None:
        super().__init__()
        self._of_role = {Role.ASSISTANT: assistant, Role.USER: user}

    def __missing__(self, speaker: str) -> Tally:
        tally = self[speaker] = self._of_role[role_of(speaker)]
        return tally
