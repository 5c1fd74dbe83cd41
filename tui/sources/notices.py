"""The notices on what is stored: their words, each once, and their way to the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.core.errors import OmniError
    from tui.core.progress import OnProgress


class Notices:
    """The notices that the user has got."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def is_new(self, notice: str) -> bool:
        """Whether there is a notice, and it was not returned yet."""
        return bool(notice) and notice not in self._known

    def once(self, notice: str) -> str:
        """The notice; empty if it was returned before."""
        if notice in self._known:
            return ""
        self._known.add(notice)
        return notice

    def not_kept(self, fault: OmniError) -> str:
        """The notice that something could not be stored; empty if it was returned before."""
        return self.once(f"not kept on this machine: {fault.line()}")


def notices_to(on_progress: OnProgress | None) -> Callable[[str], object]:
    """Receives notices, and passes them on as progress."""

    def tell(notice: str) -> None:
        from tui.core.progress import NotKept

        if on_progress is not None:
            on_progress(NotKept(notice))

    return tell
