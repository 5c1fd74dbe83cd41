"""Textual's bindings of the actions in ``keys``: no screen and no widget names a key of its own."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.keys import ACTIONS, Action, Place

STEPS = {
    "choose_next": "step(1)",
    "choose_previous": "step(-1)",
    "choose_page_down": "page(1)",
    "choose_page_up": "page(-1)",
    "choose_first": "end(-1)",
    "choose_last": "end(1)",
}
"""What the keys of a list below a line of text run."""


def bindings(place: Place, **runs: str) -> list[BindingType]:
    """The bindings of a screen or widget; the id of each is the name of its action, for Textual's keymap.

    Args:
        place: The screen or widget.
        **runs: By the names of actions, what they run there if not the method ``action_<name>``.
    """
    return [_binding(action, runs.get(action.name, action.name)) for action in ACTIONS if place in action.places]


def _binding(action: Action, runs: str) -> Binding:
    return Binding(
        ",".join(action.keys), runs, action.label, tooltip=action.help, id=action.name, priority=action.priority
    )
