"""An input line at the bottom of a screen: for searching, and for going to a turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.core.layout import lines_within
from tui.core.text import cell_len
from tui.keys import Place
from tui.widgets.bindings import bindings
from tui.widgets.safe_input import SafeInput

_MOST_CHARACTERS = 1_000
_MOST_LINES = 3
_OTHER_ROWS = 3
"""So many rows the input, the rule and the header take of the half of the screen that the lines above it may have."""
_SHARES = {False: 0.5, True: 0.75}
"""How much of the width a remark may take beside the input, and one that reports an error."""
_GAP = 2


class AskBar(Horizontal):
    """A prefix, an input, and a remark at the right; hidden until opened. What is typed is for the derived bars.

    A remark that is too long for its place stands on up to three lines above the input.

    Args:
        prefix: The text before the input.
        placeholder: The text of the empty input.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.BAR, choose_next="step(1)", choose_previous="step(-1)", toggle_regex="toggle_mode"
    )

    @dataclass
    class Closed(Message):
        """The bar is hidden again.

        Attributes:
            returns_to: What had the keyboard before, where the input was given up.
        """

        returns_to: Widget | None

    def __init__(self, prefix: str, placeholder: str, *, id: str) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._prefix = prefix
        self._placeholder = placeholder
        self._opened_from: Widget | None = None
        self._remark_text = ""
        self._is_trouble = False

    # The parts, created on first use, as that takes some ms. No queries: they fail for messages that arrive while the
    # screen is removed.

    @cached_property
    def _before(self) -> Static:
        return Static(Content(self._prefix), classes="ask--prefix")

    @cached_property
    def _input(self) -> SafeInput:
        return SafeInput(most=_MOST_CHARACTERS, placeholder=self._placeholder)

    @cached_property
    def _remark(self) -> Static:
        return Static("", classes="ask--remark", markup=False)

    def on_mount(self) -> None:
        """Start hidden."""
        self.display = False

    async def open(self, value: str = "") -> None:
        """Show the bar and focus its input; its parts are created on first use."""
        if not self.is_attached:  # the program is exiting
            return
        self.display = True
        if not self.children:
            await self.mount(self._before, self._input, self._remark)
        with self.prevent(Input.Changed):
            self._input.fill(value)
        self._opened_from = self.screen.focused
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Focus the input at once, so that it gets the very next key."""
        if self.is_attached and self.children:
            self.screen.set_focus(self._input)

    def close(self, *, gives_up: bool = False) -> None:
        """Hide the bar; where the input is given up, what had the keyboard before has it again."""
        self.display = False
        self.remark("")
        self.post_message(self.Closed(self._opened_from if gives_up else None))

    def prefix(self, text: str) -> None:
        """Change the text before the input."""
        self._prefix = text
        if self.children:
            self._before.update(Content(text))

    def remark(self, text: str, *, trouble: bool = False) -> None:
        """Show a remark at the right of the input, or above it.

        Args:
            text: Safe text.
            trouble: Whether it reports an error.
        """
        if self.children:
            self._remark_text, self._is_trouble = text, trouble
            self._remark.set_class(trouble, "-trouble")
            self._place_remark()

    def on_resize(self) -> None:
        """Place the remark for the new width."""
        if self.children:
            self._place_remark()

    def _place_remark(self) -> None:
        text, cells = self._remark_text, self.size.width
        most = max(1, min(_MOST_LINES, self.app.size.height // 2 - _OTHER_ROWS))
        is_above = cells > 0 and _GAP + cell_len(text) > int(cells * _SHARES[self._is_trouble])
        lines = lines_within(text, cells, most) if is_above else [text]
        height = 1 + len(lines) * is_above
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.set_class(is_above, "-above")
        self._remark.update(Content("\n".join(lines)))

    @property
    def value(self) -> str:
        """The current input."""
        return self._input.value

    def action_dismiss(self) -> None:
        """Close the bar."""
        self.close(gives_up=True)

    async def action_step(self, step: int) -> None:
        """Go to the next result, or to the previous one if ``step`` is negative; not every bar has some."""

    def action_toggle_mode(self) -> None:
        """Toggle how the input is understood; not every bar has two ways."""
