"""What is typed above the list of calls: words that must stand in a call's line, and the label of ``label:``."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui.core.call_row import CallRow
from tui.core.fold import fold

_PART = re.compile(r'(label:)?(?:"([^"]*)"?|(\S*))', re.IGNORECASE)


class CallFilter(NamedTuple):
    """The parsed text; case, accents' spelling and kinds of quotes do not matter, as in the find.

    Attributes:
        words: Folded words and phrases that must stand in the line of a call.
        label: Folded, a part of the label; empty for any.
        exact_label: The same as typed, for the server.
    """

    words: tuple[str, ...] = ()
    label: str = ""
    exact_label: str = ""

    def holds(self, line: str, label: str) -> bool:
        """Whether a call is wanted.

        Args:
            line: The folded text of its columns.
            label: Its folded label.
        """
        return self.label in label and all(word in line for word in self.words)


def parse_filter(typed: str) -> CallFilter:
    """Parse what was typed; every text has a meaning."""
    words, label = list[str](), ""
    for prefix, quoted, bare in _PART.findall(typed):
        if prefix:
            label = quoted or bare
        elif text := quoted or bare:
            words.append(folded(text))
    return CallFilter(tuple(filter(None, words)), folded(label), label)


def line_of(row: CallRow) -> tuple[str, str]:
    """The folded text of a call's columns, and its folded label."""
    return folded("\n".join((row.when, row.status, row.label, row.call_id, row.summary_or_error))), folded(row.label)


def folded(text: str) -> str:
    """A text as filters compare it."""
    return fold(text)[0].strip()
