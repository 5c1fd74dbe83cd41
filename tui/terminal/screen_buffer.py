"""The screen twice, as the terminal shows it and as Textual wants it, and the output between the two.

Pure: text in, text out. It reads the small vocabulary in which Textual draws (cursor position, style,
hyperlink, text, line feed, synchronized output); everything else is passed on unchanged. If its effect
on the screen is unknown, the whole screen is drawn again after it.
"""

from __future__ import annotations

import re

from tui.terminal.cells import Row, split
from tui.terminal.cursor import Position
from tui.terminal.differ import difference
from tui.terminal.sgr import PLAIN, after, linked

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
MOST_AT_ONCE = 256
"""Characters of a change that a terminal reads, and draws, at once: a packet of a network holds more.

Only longer ones are sent as synchronized output, whose marks take 16 bytes.
"""

_VOCABULARY = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<style>[\d;:]*)m"
    r"|\x1b\[(?P<row>\d*);?(?P<column>\d*)(?P<place>H)"
    r"|(?P<line>[\r\n])"
    r"|(?P<sync>\x1b\[\?2026[hl])"
    r"|\x1b\]8;(?P<link>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<enter>\x1b\[\?1049h)"
    r"|(?P<leave>\x1b\[\?1049l)"
    # modes, questions, cursor shapes, the title, the clipboard, the bell: no effect on any cell
    r"|(?P<quiet>\x1b\[(?!\?(?:3|47|1047)[hl])[?<=>][\d;]*\$?[a-zA-Z]|\x1b\[[\d;]*(?:[cn]| q)"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07)"
    # a control string may hold escape characters, but none before the backslash that ends it
    r"|(?P<unknown>\x1b(?:\[[0-?]*[ -/]*[@-~]|[PX^_](?:[^\x1b]|\x1b[^\\])*\x1b\\|[ -/]*[0-OQ-WYZ\\`-~]))"
    # other controls and partial sequences take no cell in Textual's layout: they are dropped
    r"|(?P<control>.)",
    re.DOTALL,
)


class ScreenBuffer:
    """The wanted screen (``back``) and the shown one (``front``).

    Args:
        width: In cells.
        height: In rows.
    """

    def __init__(self, width: int, height: int) -> None:
        self._back = [Row.of(width) for _ in range(height)]
        self._front: list[Row] | None = None
        self._width = width
        self._cursor: Position = (0, 0)
        self._shown_cursor: Position | None = None
        self._style = PLAIN
        self._verbatim: list[str] = []
        self._synchronized = False
        self._drawn = False
        self._due = False
        self._visible = True

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._width, len(self._back)

    @property
    def pending(self) -> bool:
        """Whether there may be output."""
        return bool(self._verbatim) or (self._due and self._visible)

    def feed(self, data: str) -> None:
        """Apply output of Textual, which writes whole sequences only."""
        for token in _VOCABULARY.finditer(data):
            kind = token.lastgroup
            value = token[0]
            if kind == "text":
                self._write(value)
            elif kind == "style":
                self._style = after(self._style, token["style"])
            elif kind == "place":
                self._cursor = (int(token["column"] or 1) - 1, int(token["row"] or 1) - 1)
                self._due = True
            else:
                self._apply(str(kind), value, token["link"])

    def take(self, *, picture: bool = True) -> str:
        """The output to send now; from here on it counts as shown.

        Args:
            picture: Whether to include the cells, or only what is passed on unchanged.
        """
        sent = "".join(self._verbatim)
        self._verbatim.clear()
        if picture and self._due and self._visible:
            self._due = False
            sent += self._picture()
        return sent

    def invalidate(self) -> None:
        """Forget what the terminal shows: the next drawing sends the whole screen."""
        self._front = None
        self._shown_cursor = None

    def redraw(self) -> None:
        """Send the whole screen again."""
        self.invalidate()
        self._due = self._drawn

    def resize(self, width: int, height: int) -> None:
        """Change the size, and forget what the terminal shows."""
        self.invalidate()
        self._width = width
        for row in self._back:
            row.resize(width)
        missing = height - len(self._back)
        self._back[height:] = [Row.of(width) for _ in range(missing)]

    def _picture(self) -> str:
        x, y = self._cursor
        # at home Textual puts the cursor, which is hidden, where no widget wants it anywhere
        to = (min(x, self._width - 1), min(y, len(self._back) - 1)) if (x, y) != (0, 0) else None
        sent = difference(self._front, self._back, self._shown_cursor, to)
        shown = self._front or [Row.of(0)] * len(self._back)
        self._front = [old if old == new else new.copy() for old, new in zip(shown, self._back, strict=True)]
        self._shown_cursor = to
        is_long = len(sent) > MOST_AT_ONCE
        return f"{SYNC_START}{sent}{SYNC_END}" if is_long and self._synchronized else sent

    def _write(self, text: str) -> None:
        x, y = self._cursor
        marks, cells = ("", list(text)) if text.isascii() else split(text)
        self._due = self._drawn = True
        if y < len(self._back):
            if marks:
                self._back[y].join(x, marks)
            self._back[y].put(min(x, self._width), cells, self._style)
        self._cursor = (min(x + len(cells), self._width), y)

    def _apply(self, kind: str, value: str, link: str) -> None:
        match kind:
            case "line":
                self._feed_line(value)
            case "link":
                self._style = linked(self._style, link if link != ";" else "")
            case "sync":
                self._synchronized = True
            case "enter" | "leave":
                self._verbatim.append(value)
                self._visible = kind == "enter"
                self.redraw()
            case "quiet":
                self._verbatim.append(value)
            case "unknown":
                self._verbatim.append(value)
                self.redraw()

    def _feed_line(self, value: str) -> None:
        """Apply a return or a line feed; the line discipline adds a return to the latter."""
        y = self._cursor[1]
        if value == "\n" and y == len(self._back) - 1:
            self._back = [*self._back[1:], Row.of(self._width)]
            self._due = True
        elif value == "\n":
            y += 1
        self._cursor = (0, y)
