"""Random updates as Textual writes them: an app of lines, a panel, a dialog, a note, drawn in parts or in full."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

Piece = tuple[str, str]
"""An SGR parameter string and a text."""

STYLES = ["", "1", "2;31", "3;38;2;1;2;3", "4", "7;32", "9;48;5;17", "44", "1;4;97;104", "38;5;9", "39;49"]
WORDS = ["a", "of", "the", "refund", "appointment", "  ", "         ", "日本", "한글", "│", "▁▂▃", "?!"]
EMOJI = ["😀", "🥲", "🪿", "🫠🫠", "☰", "◽", "👍🏽", "🇩🇪", "👨‍👩‍👧", "❤️"]
"""Of Unicode 6 to 16: wide by the table of Textual, of one cell, or of some, in older terminals."""
UNSURE = ["é", "e\u0301", "…", "👍🏽", "🇩🇪", "👨‍👩‍👧", "❤️", "⚠", "क्षि", "हिन्दी", "שָׁלוֹם", "مَرْحَبًا", "“x”", *EMOJI]


@dataclass
class Page:
    """What an app shows. Each change is a method, and returns what Textual would write."""

    lines: list[list[Piece]]
    width: int
    height: int
    top: int = 0
    panel: int = 0
    background: str = ""
    dialog: tuple[int, int, int, int] | None = None
    cursor: tuple[int, int] = (0, 0)
    note: list[Piece] = field(default_factory=list)

    def full(self) -> str:
        return "\n".join(map(self._row, range(self.height))) + self._over()

    def scroll(self, rows: int) -> str:
        self.top += rows
        body = (self._row(y) + "\n" for y in range(1, self.height - 1))
        return "".join(body) + self._over()

    def change_line(self, y: int, line: list[Piece]) -> str:
        y %= self.height
        self.lines[(self.top + y) % len(self.lines)] = line
        return self._row(y) + self._over()

    def write_note(self, note: list[Piece]) -> str:
        self.note = note
        return self._row(self.height - 1) + self._over()

    def span(self, x: int, y: int, piece: Piece) -> str:
        """Something drawn over whatever is there, halves of wide characters included."""
        x, y = x % self.width, y % self.height
        return _at(x, y) + _fitted([piece], self.width - x, None) + self._over()

    def show_panel(self, width: int) -> str:
        self.panel = width
        return self.full()

    def paint(self, background: str) -> str:
        self.background = background
        return self.full()

    def open_dialog(self, x: int, y: int, width: int, height: int) -> str:
        self.dialog = (x, y, width, height)
        return self.full()

    def close_dialog(self) -> str:
        self.dialog = None
        return self.full()

    def move_cursor(self, x: int, y: int) -> str:
        self.cursor = (x, y)
        return self._over()

    def resize(self, width: int, height: int) -> str:
        self.width, self.height = width, height
        return self.full()

    def _row(self, y: int) -> str:
        if y == self.height - 1:
            return _at(0, y) + _fitted(self.note, self.width, self.background)
        line = self.lines[(self.top + y) % len(self.lines)]
        beside = [("2", f"{y:>{self.panel}}")] if self.panel else []
        return (
            _at(0, y)
            + _fitted(line, self.width - self.panel, self.background)
            + _fitted(beside, self.panel, self.background)
        )

    def _over(self) -> str:
        """The dialog and the cursor."""
        x, y = self.cursor
        return self._dialog() + _at(x % self.width, y % self.height)

    def _dialog(self) -> str:
        if not self.dialog:
            return ""
        x, y, width, height = self.dialog
        x, y = x % self.width, y % self.height
        rows = range(y, min(y + height, self.height))
        return "".join(
            _at(x, row) + _fitted([("46", "a dialog 日本")], min(width, self.width - x), "46") for row in rows
        )


def pages(words: list[str]) -> st.SearchStrategy[Page]:
    return st.builds(Page, st.lists(_line(words), min_size=6, max_size=30), st.integers(12, 50), st.integers(3, 14))


def changes(words: list[str]) -> st.SearchStrategy[list[tuple[str, tuple[object, ...]]]]:
    """Names of methods of ``Page`` with arguments for them."""
    place = st.integers(0, 60)
    size = st.integers(3, 50)
    kinds = {
        "scroll": (st.integers(-9, 9),),
        "change_line": (place, _line(words)),
        "write_note": (_line(words),),
        "span": (place, place, _piece(words)),
        "show_panel": (st.sampled_from([0, 5, 11]),),
        "paint": (st.sampled_from(STYLES),),
        "open_dialog": (place, place, size, size),
        "close_dialog": (),
        "move_cursor": (place, place),
        "resize": (st.integers(12, 50), st.integers(3, 14)),
    }
    one = [st.tuples(st.just(name), st.tuples(*arguments)) for name, arguments in kinds.items()]
    often = st.tuples(st.just("scroll"), st.tuples(st.integers(-3, 3)))
    return st.lists(st.one_of(often, *one), min_size=1, max_size=12)


def _piece(words: list[str]) -> st.SearchStrategy[Piece]:
    return st.tuples(st.sampled_from(STYLES), st.sampled_from(words))


def _line(words: list[str]) -> st.SearchStrategy[list[Piece]]:
    return st.lists(_piece(words), max_size=8)


def _at(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"


def _styled(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style and text else text


def _fitted(line: list[Piece], width: int, background: str | None) -> str:
    """A line cut to some cells, and filled with a background unless that is None."""
    drawn = ""
    for style, text in line:
        part = text if cell_len(text) <= width else set_cell_size(text, width)
        width -= cell_len(part)
        drawn += _styled(style, part)
    return drawn if background is None else drawn + _styled(background, " " * width)
