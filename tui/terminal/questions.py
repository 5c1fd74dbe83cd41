"""Tracks unanswered questions to the terminal: an answer that arrives after exit would be typed into the shell.

Covers only what Textual asks at the start; ``flow`` tracks its own. Pure except for the wait.
"""

from __future__ import annotations

import re
from threading import Condition
from time import monotonic

PATIENCE_S = 1.2
"""How long to wait for an answer; many terminals do not answer at all."""

_QUESTION = re.compile(r"\x1b\[\?(\d+)\$p|\x1b\[\?(2048)h|\x1b\](11);\?")
"""Mode queries (DECRQM), turning on size reports, the first of which comes at once, and the background's colour."""

_ANSWER = re.compile(r"\x1b\[(?:\?(\d+);\d+\$y|(48);[\d;:]*t)|\x1b\](11);")
_BACKGROUND = "11"
"""It is asked first: a terminal that answers another question before has ignored it."""
_LONGEST_ANSWER = 40


class Questions:
    """Watches output and input of a terminal; every method may be called from any thread."""

    def __init__(self) -> None:
        self._open: dict[str, float] = {}
        self._heard = ""
        self._changed = Condition()

    def written(self, data: str) -> None:
        """Record the questions in output."""
        if "\x1b[?2" not in data and "\x1b]11" not in data:
            return
        with self._changed:
            self._heard = "" if not self._open else self._heard
            for question in _QUESTION.finditer(data):
                self._open["48" if question[2] else question[1] or question[3]] = monotonic()

    def heard(self, text: str) -> None:
        """Record the answers in input; reads may end anywhere."""
        if not self._open:
            return
        with self._changed:
            self._heard += text
            while answer := _ANSWER.search(self._heard):
                for answered in (answer[1] or answer[2] or answer[3], _BACKGROUND):
                    self._open.pop(answered, None)
                self._heard = self._heard[answer.end() :]
            self._heard = self._heard[-_LONGEST_ANSWER:]
            self._changed.notify_all()

    def await_answers(self) -> None:
        """Wait until everything is answered or timed out."""
        with self._changed:
            while self._open and (left_s := max(self._open.values()) + PATIENCE_S - monotonic()) > 0:
                self._changed.wait(left_s)
            self._open.clear()
