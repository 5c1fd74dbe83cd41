"""A screen over another one that asks or tells something; it ends once."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

R = TypeVar("R")


class Dialog(ModalScreen[R]):
    """Ends with a result, or with None where the user gives it up."""

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """End, unless that has happened or another screen lies over this one: Textual would end that one."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    async def action_dismiss(self, result: R | None = None) -> None:
        """Give it up."""
        self.dismiss(result)
