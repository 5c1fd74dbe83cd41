"""What a terminal was asked and has not answered yet: an answer that comes after the end is typed into the shell.

Only questions that Textual asks at the start stand here; those of the flow control are its own. Pure but for the wait.
"""

from __future__ import annotations

import re
from threading import Condition
from time import monotonic

PATIENCE_S = 1.2
"""For how long after a question its answer is waited for; many terminals know none of them."""

_QUESTION = re.compile(r"\x1b\[\?(\d+)\$p|\x1b\[\?(2048)h")
"""Whether a mode is known (DECRQM), and reports of the size, of which the first comes at once."""

_ANSWER = re.compile(r"\x1b\[(?:\?(\d+);\d+\$y|(48);[\d;:]*t)")
_LONGEST_ANSWER = 40


class Questions:
    """Follows what is written to a terminal and read from it; every method may be called from any thread."""

    def __init__(self) -> None:
        self._open: dict[str, float] = {}
        self._heard = ""
        self._news = Condition()

    def written(self, data: str) -> None:
        """Note the questions in what is written."""
        if "\x1b[?2" not in data:
            return
        with self._news:
            self._heard = "" if not self._open else self._heard
            for question in _QUESTION.finditer(data):
                self._open["48" if question[2] else question[1]] = monotonic()

    def heard(self, text: str) -> None:
        """Note the answers in what is read, in pieces that may be cut anywhere."""
        if not self._open:
            return
        with self._news:
            self._heard += text
            while answer := _ANSWER.search(self._heard):
                self._open.pop(answer[1] or answer[2], None)
                self._heard = self._heard[answer.end() :]
            self._heard = self._heard[-_LONGEST_ANSWER:]
            self._news.notify_all()

    def await_answers(self) -> None:
        """Wait until all is answered, or would have been long ago."""
        with self._news:
            while self._open and (left_s := max(self._open.values()) + PATIENCE_S - monotonic()) > 0:
                self._news.wait(left_s)
            self._open.clear()
