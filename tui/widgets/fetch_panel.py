"""Shows the state of a fetch in place of the transcript, with a progress bar if the length is known."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.core.layout import wrap
from tui.keys import BY_NAME, Keymap, Labelling
from tui.widgets.line_builder import LineBuilder

_BAR_CELLS = 40
_MARGIN = 3


class FetchFacts(NamedTuple):
    """The content of the panel, safe to show.

    Attributes:
        title: The state in a few words.
        trouble: Whether it is an error.
        lines: Details.
        share: The received share of the answer, from 0 to 1; None if unknown.
        actions: Pairs of an action's name and what it does; empty for its label on the screen.
    """

    title: str = ""
    trouble: bool = False
    lines: tuple[str, ...] = ()
    share: float | None = None
    actions: tuple[tuple[str, str], ...] = ()


class FetchPanel(Widget):
    """Draws the state of a fetch.

    Args:
        keymap: The keys of the actions.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "fetch--title",
        "fetch--trouble",
        "fetch--dim",
        "fetch--key",
        "fetch--bar",
    }
    shown: reactive[FetchFacts] = reactive(FetchFacts())

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region, with the current styles and width."""
        self._drawn = self._rows()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A line of the panel; the first row stays empty."""
        return self._drawn[y - 1] if 0 < y <= len(self._drawn) else Strip.blank(self.size.width, self.rich_style)

    def _rows(self) -> list[Strip]:
        shown, styles = self.shown, self.get_component_rich_style
        title = styles("fetch--trouble" if shown.trouble else "fetch--title", partial=True)
        plain = styles("fetch--dim", partial=True)
        rows = [self._row((text, title)) for text in self._wrapped(shown.title)]
        if shown.share is not None:
            done = round(_BAR_CELLS * max(0.0, min(1.0, shown.share)))
            bar = styles("fetch--bar", partial=True)
            rows.append(self._row(("━" * done, bar), ("─" * (_BAR_CELLS - done), plain)))
        rows += [self._row((text, plain)) for line in shown.lines for text in self._wrapped(line)]
        rows.append(self._row())
        key_style = styles("fetch--key", partial=True)
        return rows + [self._row((f"{key:<6}", key_style), (does, plain)) for key, does in self._keys()]

    def _keys(self) -> list[tuple[str, str]]:
        screen = self.screen
        assert isinstance(screen, Labelling), "this panel is only shown on such a screen"
        possible = [(name, does) for name, does in self.shown.actions if screen.check_action(name, ())]
        return [(self._keymap.word(name), does or screen.label_of(BY_NAME[name])) for name, does in possible]

    def _wrapped(self, text: str) -> list[str]:
        return [text[start:end] for start, end in wrap(text, max(1, self.size.width - 2 * _MARGIN))]

    def _row(self, *pieces: tuple[str, Style]) -> Strip:
        row = LineBuilder(self.size.width, self.rich_style)
        row.put("", self.rich_style, _MARGIN)
        for text, style in pieces:
            row.put(text, style)
        return row.strip()
