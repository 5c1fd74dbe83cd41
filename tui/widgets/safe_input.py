"""A line of input whose value is always safe to show, and bounded in length."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Input

from tui.core.text import safe, safe_line
from tui.keys import Place
from tui.widgets.bindings import bindings


def leaves_keyboard_to_text(widget: Widget) -> bool:
    """Whether a line of text on the screen of a widget has the keyboard: a click beside it leaves it there.

    An input bar without the keyboard would stay open, and hear no key.
    """
    return isinstance(widget.screen.focused, Input)


class SafeInput(Input):
    """One line of input, without a border and without blinking.

    Args:
        value: The initial value.
        most: The maximum number of characters.
        placeholder: The text while it is empty.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.INPUT, accept="submit")

    def __init__(self, value: str = "", *, most: int, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(value, placeholder, id=id, select_on_focus=False, max_length=most)
        self.set_reactive(Input.compact, True)  # without its watcher, which finds styles that are found again later
        self.add_class("-textual-compact", update=False)
        self._most = most
        self.cursor_blink = False

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Leave the styles, which do not depend on the focus, as they are."""

    def on_resize(self) -> None:
        """Keep the cursor in sight in another width."""
        column = self.cursor_screen_offset.x - self.content_region.x + self.scroll_offset.x
        self.scroll_to_region(Region(column, 0, 1, 1), force=True, animate=False)

    def validate_value(self, value: str) -> str:
        """Sanitize every new value, typed, pasted or set."""
        return safe(value).replace("\n", " ")

    def fill(self, text: str) -> None:
        """Replace the value, and put the cursor behind it."""
        self.value = text
        self.cursor_position = len(self.value)

    def handles_locally(self, key: events.Key) -> bool:
        """Whether a key only types."""
        return key.is_printable

    def on_paste(self, event: events.Paste) -> None:
        """Insert pasted text as one line, up to the maximum length; the bell rings where it is longer."""
        event.prevent_default()
        event.stop()
        room = self._most - len(self.value) + len(self.selected_text)
        pasted = safe_line(event.text[: 2 * self._most])
        self.replace(pasted[:room], *self.selection)
        if len(pasted) > room:
            self.restricted()
