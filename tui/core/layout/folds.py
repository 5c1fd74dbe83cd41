"""Which turns have their structures folded to one line each, and which unfolded."""

from __future__ import annotations

from typing import NamedTuple


class Folds(NamedTuple):
    """The folds of a transcript.

    Attributes:
        unfolds_all: Whether structures are unfolded.
        others: The turns for which the opposite holds.
    """

    unfolds_all: bool = False
    others: frozenset[int] = frozenset()

    def is_unfolded(self, turn: int) -> bool:
        """Whether the structures of a turn are unfolded."""
        return self.unfolds_all != (turn in self.others)

    def toggled(self, turn: int) -> Folds:
        """The folds with one turn toggled."""
        return self._replace(others=self.others ^ {turn})

    def all_toggled(self) -> Folds:
        """All unfolded; all folded if all are unfolded."""
        return Folds(not self.unfolds_all or bool(self.others))
