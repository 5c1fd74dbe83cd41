"""A list of calls, one per line; its owner sets the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from tui.core.text import cell_len, clip, safe_line
from tui.widgets.drawn_list import DrawnList
from tui.widgets.line_builder import LineBuilder

_MOST_ID_CELLS = 28


class Offer(NamedTuple):
    """A call to choose.

    Attributes:
        call_id: Its id.
        about: Label, time and turns: safe text beside the id.
    """

    call_id: str
    about: str


class CallPicker(DrawnList):
    """A list of calls, one per line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"offers--id", "offers--about", "offers--chosen"}

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Offer] = ()
        self._id_cells = 0

    @property
    def chosen(self) -> int | None:
        """The number of the chosen call; None for none."""
        return self._chosen

    def offer(self, offers: Sequence[Offer]) -> None:
        """Replace the calls; none is chosen."""
        self._lines = offers
        longest = max((cell_len(safe_line(offer.call_id)) for offer in offers), default=0)
        self._id_cells = min(_MOST_ID_CELLS, longest)
        self.choose(None)
        self.refresh()

    def _draw(self, row: LineBuilder, index: int) -> None:
        offer, is_chosen = self._lines[index], index == self._chosen
        styles = self.get_component_rich_style
        name = styles("offers--chosen" if is_chosen else "offers--id", partial=True)
        row.put("▌" if is_chosen else " ", name, 0)
        row.put(clip(safe_line(offer.call_id), self._id_cells), name, 2)
        room = max(0, self.size.width - self._id_cells - 5)
        row.put(clip(offer.about, room), styles("offers--about", partial=True), self._id_cells + 4)
