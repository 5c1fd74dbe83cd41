"""A modal screen with a result; it ends only once."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

R = TypeVar("R")


class Dialog(ModalScreen[R]):
    """Ends with a result, or with None if the user cancels it."""

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """End, unless it has ended or is covered by another screen: Textual would end that one."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    async def action_dismiss(self, result: R | None = None) -> None:
        """Cancel the dialog."""
        self.dismiss(result)
