"""The palette: every action of the registry by its name, where it is possible now."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from tui.keys import ACTIONS, Action, key_word


class Palette(CommandPalette):
    """Textual's palette, which must not page through a list that has no room yet: that list would fail."""

    CSS_PATH = "palette.tcss"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done with the list takes a list that is shown."""
        return action != "command_list" or bool(self.query_one(CommandList).scrollable_content_region)


class ActionProvider(Provider):
    """Offers the actions of the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for action, node in self._possible():
            yield DiscoveryHit(_title(action), self._runner(action, node), help=action.help)

    async def search(self, query: str) -> Hits:
        """The actions that match what is typed."""
        matcher = self.matcher(query)
        for action, node in self._possible():
            score = max(matcher.match(action.label), matcher.match(action.help) / 2)
            if score > 0:
                title = matcher.highlight(_title(action))
                yield Hit(score, title, self._runner(action, node), help=action.help)

    def _runner(self, action: Action, node: DOMNode) -> partial[Coroutine[Any, Any, bool]]:
        return partial(self.app.run_action, action.name, node)

    def _possible(self) -> Iterator[tuple[Action, DOMNode]]:
        nodes = [*([self.focused] if self.focused else []), self.screen, self.app]
        for action in ACTIONS:
            node = next((node for node in nodes if hasattr(node, f"action_{action.name}")), None)
            if node is not None and action.name != "command_palette" and node.check_action(action.name, ()):
                yield action, node


def _title(action: Action) -> str:
    return f"{action.label}   {' '.join(key_word(key) for key in action.keys)}"
