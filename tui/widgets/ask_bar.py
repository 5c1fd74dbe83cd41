"""An input line at the bottom of a screen: for searching, and for going to a turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.keys import Place
from tui.widgets.bindings import bindings
from tui.widgets.safe_input import SafeInput

_MOST_CHARACTERS = 1_000


class AskBar(Horizontal):
    """A prefix, an input, and a remark at the right; hidden until opened.

    Args:
        prefix: The text before the input.
        placeholder: The text of the empty input.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.BAR, choose_next="step(1)", choose_previous="step(-1)", toggle_regex="toggle_mode"
    )

    @dataclass
    class _BarMessage(Message):
        bar: AskBar
        value: str

        @property
        def control(self) -> AskBar:
            """The bar, for selectors."""
            return self.bar

    class Changed(_BarMessage):
        """The input has changed."""

    class Submitted(_BarMessage):
        """The user pressed Enter."""

    class Dismissed(_BarMessage):
        """The user pressed Escape."""

    @dataclass
    class Stepped(_BarMessage):
        """The user asked for the next result, or for the previous one if ``step`` is negative."""

        step: int

    class ModeToggled(_BarMessage):
        """The user toggled the mode of the input."""

    class Closed(Message):
        """The bar is hidden again."""

    def __init__(self, prefix: str, placeholder: str, *, id: str) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._prefix = prefix
        self._placeholder = placeholder

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
            self._input.value = value
        self._input.cursor_position = len(value)
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Focus the input at once, so that it gets the very next key."""
        if self.is_attached and self.children:
            self.screen.set_focus(self._input)

    def close(self) -> None:
        """Hide the bar."""
        self.display = False
        self.remark("")
        self.post_message(self.Closed())

    def prefix(self, text: str) -> None:
        """Change the text before the input."""
        self._prefix = text
        if self.children:
            self._before.update(Content(text))

    def remark(self, text: str, *, trouble: bool = False) -> None:
        """Show a remark at the right of the input.

        Args:
            text: Safe text.
            trouble: Whether it reports an error.
        """
        if self.children:
            self._remark.set_class(trouble, "-trouble")
            self._remark.update(Content(text))

    @property
    def value(self) -> str:
        """The current input."""
        return self._input.value

    def on_input_changed(self, event: Input.Changed) -> None:
        """Post ``Changed``."""
        event.stop()
        self.post_message(self.Changed(self, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Post ``Submitted``."""
        event.stop()
        self.post_message(self.Submitted(self, event.value))

    def action_dismiss(self) -> None:
        """Post ``Dismissed``."""
        self.post_message(self.Dismissed(self, self.value))

    def action_step(self, step: int) -> None:
        """Post ``Stepped``."""
        self.post_message(self.Stepped(self, self.value, step))

    def action_toggle_mode(self) -> None:
        """Post ``ModeToggled``."""
        self.post_message(self.ModeToggled(self, self.value))
