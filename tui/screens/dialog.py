"""A modal screen with a result; it ends only once."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.screen import ModalScreen

from tui.keys import Place, Scope
from tui.widgets.bindings import bindings

R = TypeVar("R")


class Dialog(ModalScreen[R]):
    """Ends with a result, or with None if the user cancels it.

    No key of the app acts over a modal screen, so it binds those that hold everywhere.

    Textual ends whichever screen is on top, and a dialog under another one counts as current there.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.DIALOG,
        help="app.help",
        redraw="app.redraw",
        toggle_mouse="app.toggle_mouse",
        suspend_process="app.suspend_process",
    )

    FIRST_IN_HELP: ClassVar[tuple[Scope, ...]] = (Scope.LINES, Scope.TERMINAL)

    _results: tuple[R | None, ...] = ()

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """End, unless it has ended; if another screen covers it, once that is closed."""
        if self.app.screen is self:
            return super().dismiss(result)
        if self in self.app.screen_stack:
            self._results = (result,)
        return AwaitComplete()

    async def action_dismiss(self, result: R | None = None) -> None:
        """Cancel the dialog."""
        self.dismiss(result)

    def on_screen_resume(self) -> None:
        """End with the result that came while another screen covered this one."""
        if self._results:
            self.dismiss(*self._results)
