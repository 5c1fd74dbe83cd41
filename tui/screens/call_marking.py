"""The marks of a call on its screen: set, shown beside the turns and on the timeline, and walked through."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from contextlib import suppress

from textual import work

from tui.screens import presenters
from tui.screens.call_screen import CallScreen
from tui.screens.drawn import call_once_drawn

_PATIENCE_S = 1.0


class CallMarking(CallScreen):
    """The actions that mark turns of the call of a screen, and go from mark to mark."""

    def __init__(self) -> None:
        super().__init__()
        self._are_marks_known = asyncio.Event()
        self._marked_before = dict[int, bool]()  # by a key that came before the stored marks, and did not wait for them

    def _load_marks(self) -> None:
        """Show the marks of the call once the library has been read, after the picture of the turns.

        Without any, nothing is drawn again.
        """
        self.workers.cancel_group(self, "marks")
        self._marks = ()
        self._marked_before.clear()
        self._are_marks_known.clear()
        call_once_drawn(self, self._show_stored_marks)

    @work(group="marks", exclusive=True)
    async def _show_stored_marks(self) -> None:
        count = len(self._view.turns)
        stored = dict.fromkeys(await self._source.marks.of(self._target), True) | self._marked_before
        marks = {turn for turn, is_marked in stored.items() if is_marked and 0 <= turn < count}
        if marks:
            self._show_marks(marks)
        self._are_marks_known.set()

    async def _await_marks(self) -> None:
        """Wait for the stored marks, as keys may be faster; not for a disk that does not answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                while not self._are_marks_known.is_set():  # they may be asked for again before this goes on
                    await self._are_marks_known.wait()

    def _show_marks(self, marks: set[int]) -> None:
        self._marks = tuple(sorted(marks))
        self._view.remark(self._remarks_of)
        self._timeline.mark(self._marks)

    async def action_toggle_mark(self) -> None:
        """Mark the current turn, or remove its mark."""
        await self._await_marks()
        turn, marks = self._view.current, {*self._marks}
        is_marked = turn not in marks
        if not self._are_marks_known.is_set():
            self._marked_before[turn] = is_marked
        self._show_marks(marks ^ {turn})
        self.say(presenters.marked(self._view.turns, self._marks, turn, is_marked=is_marked))
        stored = self._source.marks.begin_to_mark(self._target, turn, is_marked=is_marked)
        self.run_worker(self._say_if_unkept(stored), group="mark")

    async def _say_if_unkept(self, stored: asyncio.Task[str]) -> None:
        if notice := await asyncio.shield(stored):  # the mark is stored even if the call is left
            self.say(notice, trouble=True)

    async def action_next_mark(self) -> None:
        """Go to the next mark, behind the last one to the first."""
        await self._await_marks()
        marks = [turn for turn in self._marks if self._view.is_shown(turn)]
        if not marks:
            key = self._session.keymap.word("toggle_mark")
            self.say("no mark in the turns on show" if self._marks else f"no marks: {key} marks the turn")
            return
        at = bisect_right(marks, self._view.current) % len(marks)
        self._view.go_to_turn(marks[at])
        self.say(presenters.at_mark(self._view.turns, marks, at))
