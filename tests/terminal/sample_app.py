"""An app to drive from outside: lines of all kinds, a find bar, a panel, a dialog.

``python -m tests.terminal.sample_app [--full-redraw | --record FILE]``. F5 counts up in the last row, so that one
who presses it knows when what was pressed before has been drawn.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.reactive import var
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input, Label, Static

from tui.terminal.driver_selection import redraw
from tui.terminal.guarded_app import GuardedApp

KINDS = [
    "the caller asks for a refund of order",
    "",
    "   日本語のテキスト and 한글 in one line",
    "decomposed e\u0301, an emoji 👍🏽, a family 👨‍👩‍👧, a heart ❤️ and more",
    "“quoted” – with café and …",
    "│ a bar in front",
    "x" * 300,
]


class Recorder(LinuxDriver):
    """Textual's own driver, with all that it is given kept in a file as lines of JSON."""

    path = Path()

    def write(self, data: str) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(data) + "\n")
        super().write(data)


class Lines(ScrollView, can_focus=True):
    """A thousand lines, one of them marked, the letters that were looked for marked too."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("j", "mark(1)"), Binding("k", "mark(-1)")]
    marked = var(0)
    needle = var("")

    def on_mount(self) -> None:
        self.virtual_size = Size(60, 1000)

    def watch_needle(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        number = self.scroll_offset.y + y
        line = f"{number:4d} {KINDS[number % len(KINDS)]} {number * 7919 % 1000}"
        mark = Segment("▌ " if number == self.marked else "  ", Style(color="cyan", bold=True))
        found = Style(color="black", bgcolor="yellow")
        parts = line.split(self.needle) if self.needle else [line]
        segments = [mark, Segment(parts[0])]
        for part in parts[1:]:
            segments += [Segment(self.needle, found), Segment(part)]
        return Strip(segments).adjust_cell_length(self.size.width)

    def action_scroll_end(self) -> None:
        """At once: put off until after a picture, as Textual does, it could come after the next key."""
        self.scroll_end(animate=False, immediate=True)

    def action_mark(self, lines: int) -> None:
        self.marked += lines
        self.refresh()


class Question(ModalScreen[None]):
    """A box over everything."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "dismiss")]

    def compose(self) -> ComposeResult:
        yield Label("Sure?\n日本 or 한글\n" + "-" * 30)


class SampleApp(GuardedApp):
    """The app."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen, Lines, Static, Input { background: ansi_default; color: ansi_default; }
    #panel { width: 21; display: none; border-left: solid green; }
    #painted { background: $primary; }
    Input { height: 1; border: none; }
    Static { height: 1; }
    #panel { height: 1fr; }
    Question { align: center middle; background: transparent; }
    Question Label { height: auto; padding: 1 3; background: $panel; border: round $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "count", priority=True),
        Binding("f2", "panel", priority=True),
        Binding("f3", "ask", priority=True),
        Binding("f4", "find", priority=True),
        Binding("ctrl+l", "redraw", priority=True),
        Binding("ctrl+c", "quit", priority=True),
    ]
    counted = 0

    def compose(self) -> ComposeResult:
        yield Static(" a painted header", id="painted")
        with Horizontal():
            yield Lines()
            yield Static("a panel\nthat stays\n日本", id="panel")
        yield Input(id="find")
        yield Static("count 0", id="status")

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.query_one(Lines).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one(Lines).needle = event.value

    def on_input_submitted(self) -> None:
        self.query_one(Lines).focus()

    def action_count(self) -> None:
        self.counted += 1
        self.screen_stack[0].query_one("#status", Static).update(f"count {self.counted}")

    def action_panel(self) -> None:
        panel = self.query_one("#panel")
        panel.display = not panel.display

    def action_ask(self) -> None:
        self.push_screen(Question())

    def action_find(self) -> None:
        self.query_one(Input).focus()

    def action_redraw(self) -> None:
        redraw(self)


def main(arguments: list[str]) -> None:
    app = SampleApp()
    match arguments:
        case ["--full-redraw"]:
            app.driver_class = LinuxDriver
        case ["--record", path]:
            Recorder.path = Path(path)
            app.driver_class = Recorder
    asyncio.run(app.run_to_exit())


if __name__ == "__main__":
    main(sys.argv[1:])
