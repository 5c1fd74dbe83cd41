"""A choice on one line that is on or off: ``[x] speakers``. Textual's tell on from off by colour alone."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui.keys import Place
from tui.widgets.bindings import bindings


class Switch(Static, can_focus=True):
    """Space or a click changes it.

    Args:
        label: Its label.
        is_on: The initial state.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.SWITCH)

    is_on = reactive(False, init=False)

    class Changed(Message):
        """The state has changed."""

    def __init__(self, label: str, *, is_on: bool, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._label = label
        self.set_reactive(Switch.is_on, is_on)

    def render(self) -> Content:
        """The box and the label."""
        return Content(f"[{'x' if self.is_on else ' '}] {self._label}")

    def watch_is_on(self) -> None:
        """Post ``Changed``."""
        self.post_message(self.Changed())

    def action_toggle_option(self) -> None:
        """Toggle the state."""
        self.is_on = not self.is_on

    def on_click(self) -> None:
        """Toggle the state, like space."""
        self.action_toggle_option()
