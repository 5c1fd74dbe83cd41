"""What this machine knows of the calls on the screen: whether they are kept, and how many moments they have.

It is looked up for the rows on the screen alone, in a worker: the list may have thousands of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen
from textual.worker import Worker

from tui.core.counted import counted
from tui.sources.call_source import CallSource

_KEPT = "yes"


class KeptColumn:
    """The words of the column, by call id.

    Args:
        screen: Runs the worker.
        source: Knows what is kept.
        silence_ms: From which length on a silence is a moment.

    Attributes:
        words: "yes" for a call that is kept, "3 moments" once they are counted.
    """

    def __init__(self, screen: Screen[Any], source: CallSource, silence_ms: int) -> None:
        self._screen = screen
        self._source = source
        self._silence_ms = silence_ms
        self.words: dict[str, str] = {}
        self._known = set[str]()
        self._counted = set[str]()
        self._worker: Worker[None] | None = None

    def forget(self) -> None:
        """Look up all calls again, as some were kept meanwhile; the words stay until then."""
        self._known.clear()
        self._counted.clear()

    def look_up(self, on_screen: Callable[[], Sequence[str]], show: Callable[[], object]) -> None:
        """Look up calls that are not known yet.

        Args:
            on_screen: The ids of the calls on the screen, which change meanwhile.
            show: Shows ``words`` again.
        """
        is_running = self._worker is not None and self._worker.is_running
        if not is_running and not self._known.issuperset(on_screen()):
            self._worker = self._screen.run_worker(self._learn(on_screen, show), group="kept")

    async def _learn(self, on_screen: Callable[[], Sequence[str]], show: Callable[[], object]) -> None:
        while unknown := [call_id for call_id in on_screen() if call_id not in self._known]:
            self._known.update(unknown)
            found = await self._source.kept_among([call_id for call_id in unknown if call_id])
            new = {call_id: _KEPT for call_id in found if call_id not in self.words}
            self.words.update(new)
            if new:
                show()
            await self._count(on_screen, show)

    async def _count(self, on_screen: Callable[[], Sequence[str]], show: Callable[[], object]) -> None:
        """Count the moments of the kept calls on the screen, until others come onto it."""
        for call_id in [one for one in on_screen() if one in self.words and one not in self._counted]:
            if not self._known.issuperset(on_screen()):
                return
            self._counted.add(call_id)
            count = await self._source.moment_count(call_id, self._silence_ms)
            if count is not None:
                self.words[call_id] = counted(count, "moment")
                show()
