"""A choice on one line that is on or off: ``[x] speakers``."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static


class Switch(Static, can_focus=True):
    """Space or a click changes it.

    Args:
        label: What is chosen.
        is_on: Whether it is on at first.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "change", show=False)]

    is_on = reactive(False, init=False)

    class Changed(Message):
        """The user changed it."""

    def __init__(self, label: str, *, is_on: bool, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._label = label
        self.set_reactive(Switch.is_on, is_on)

    def render(self) -> Content:
        """The box, and what is chosen."""
        return Content(f"[{'x' if self.is_on else ' '}] {self._label}")

    def watch_is_on(self) -> None:
        """Tell the screen."""
        self.post_message(self.Changed())

    def action_change(self) -> None:
        """On, or off again."""
        self.is_on = not self.is_on

    def on_click(self) -> None:
        """As space."""
        self.action_change()
