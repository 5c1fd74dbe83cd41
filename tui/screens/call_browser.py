"""The rows of the list of calls: those loaded so far, those on show, and the chosen one. Knows no widget.

``CallPager`` loads; here is only what follows from it and from what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.core.call_filter import CallFilter, line_of, parse_filter
from tui.core.call_row import CallRow, call_row
from tui.core.clock import Clock
from tui.core.record import Call
from tui.core.status import has_failed
from tui.core.target import Target
from tui.sources.call_pager import PAGE_CALLS, CallPager
from tui.sources.call_source import CallLister

_MOST_SOUGHT = 10 * PAGE_CALLS
"""A list that comes again is loaded no further to find the chosen call."""


class Listed(NamedTuple):
    """A call of the list.

    Attributes:
        call: Its record.
        row: Its columns.
        line: The folded text of the columns.
        label: The folded label.
    """

    call: Call
    row: CallRow
    line: str
    label: str

    @property
    def has_failed(self) -> bool:
        """Whether the call failed."""
        return has_failed(self.call)


class CallBrowser:
    """The list of one label, or of all calls.

    Args:
        source: Loads the pages.
        label: The session label that the server was asked for; None for all.
        clock: The zone of the times.

    Attributes:
        label: The session label.
        pager: Loads more.
        loaded: The calls loaded so far.
        shown: Those that the filter lets through.
        chosen: The index of the chosen call in ``shown``; 0 if there is none.
    """

    def __init__(self, source: CallLister, label: str | None, clock: Clock) -> None:
        self.label = label
        self.pager = CallPager(source, label)
        self.loaded: list[Listed] = []
        self.shown: list[Listed] = []
        self.chosen = 0
        self._clock = clock
        self._filter = CallFilter()
        self._last_chosen: Listed | None = None  # when nothing is on show

    def add(self, calls: Iterable[Call]) -> None:
        """Take calls that were loaded; they stand at the end."""
        rows = ((call, call_row(call, self._clock)) for call in calls)
        listed = [Listed(call, row, *line_of(row)) for call, row in rows]
        self.loaded += listed
        self.shown += self._wanted(listed)

    def filter(self, typed: str) -> None:
        """Show only calls for which what was typed holds; the chosen one stays if it is among them."""
        self._last_chosen = self.current or self._last_chosen
        self._filter = parse_filter(typed)
        self.shown = self._wanted(self.loaded)
        self.chosen = self._place_of(self._last_chosen)

    def choose_as(self, other: CallBrowser) -> None:
        """Choose the call that another list has chosen; if it is not there, the one in its place."""
        self.chosen = self._place_of(
            other.current or other._last_chosen, min(other.chosen, max(0, len(self.shown) - 1))
        )

    def may_lack_chosen_of(self, other: CallBrowser) -> bool:
        """Whether the call that another list has chosen may be on the next page of this one, as far down as there."""
        chosen = other.current
        if (
            chosen is None
            or not self.pager.has_more
            or chosen.call.call_id in (one.call.call_id for one in self.loaded)
        ):
            return False
        depth = other.loaded.index(chosen) + PAGE_CALLS  # newer calls may have come before it
        return len(self.loaded) <= depth <= _MOST_SOUGHT

    def _place_of(self, wanted: Listed | None, otherwise: int = 0) -> int:
        """The place of a call among those on show, or of one with its id from another page."""
        same = [index for index, listed in enumerate(self.shown) if listed is wanted]
        if not same and wanted is not None and (call_id := wanted.call.call_id):
            same = [index for index, listed in enumerate(self.shown) if listed.call.call_id == call_id]
        return same[0] if same else otherwise

    def _wanted(self, listed: Sequence[Listed]) -> list[Listed]:
        return [one for one in listed if self._filter.holds(one.line, one.label)]

    @property
    def is_filtered(self) -> bool:
        """Whether calls may be hidden."""
        return self._filter != CallFilter()

    @property
    def typed_label(self) -> str:
        """The label that was typed after ``label:``; empty without one."""
        return self._filter.exact_label

    @property
    def current(self) -> Listed | None:
        """The chosen call."""
        return self.shown[self.chosen] if self.shown else None

    def move(self, step: int) -> bool:
        """Choose another call, some rows away; returns whether the list ended before."""
        wanted = self.chosen + step
        self.chosen = max(0, min(wanted, len(self.shown) - 1))
        return self.chosen != wanted

    def neighbour(self, step: int) -> Target | None:
        """Choose the next call that can be opened in a direction, and return it; None if there is none on show."""
        index = self.chosen + step
        while 0 <= index < len(self.shown) and not self.shown[index].call.call_id:
            index += step
        if not 0 <= index < len(self.shown):
            return None
        self.chosen = index
        return self.target

    @property
    def target(self) -> Target | None:
        """The chosen call as a target; None if there is none, or it has no id."""
        current = self.current
        return Target(current.call.call_id) if current is not None and current.call.call_id else None
