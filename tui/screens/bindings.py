"""The registry of actions as Textual bindings."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.keys import BY_NAME


def bindings(*names: str, priority: bool = False) -> list[BindingType]:
    """The bindings of some actions.

    Args:
        *names: Names of actions in the registry.
        priority: Whether they go before what the focused widget does with the key.
    """
    return [
        Binding(
            ",".join(action.keys),
            action.name,
            action.label,
            tooltip=action.help,
            id=action.name,
            priority=priority,
        )
        for action in map(BY_NAME.__getitem__, names)
    ]
