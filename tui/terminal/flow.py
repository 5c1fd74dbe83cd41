"""How much is on its way to the terminal: sent, and not yet seen by it.

The kernel does not tell: a pseudo-terminal, ssh and the network between hold many kilobytes, which are
seconds on a slow link. So the terminal is asked for its cursor position every now and then, as it answers
only when it has drawn what came before. Pure: no clock, no I/O.
"""

from __future__ import annotations

from collections import deque

QUESTION = "\x1b[6n"
"""Device status report 6, which every terminal answers with its cursor position."""

ROOM = 4096
"""Bytes that may be on their way before the next picture waits: about one page of text."""

STEP = 1024
"""Bytes between two questions: a line scrolled or a mark moved rarely asks one."""

PATIENCE_S = 3.0
"""Seconds without an answer after which the terminal is no longer waited for."""


class Flow:
    """The bytes between the program and the terminal.

    A terminal is waited for only once it has answered, so one that never does costs a single question.
    """

    def __init__(self) -> None:
        self._sent = 0
        self._seen = 0
        self._asked: deque[tuple[int, float]] = deque()
        self._answers = False
        self._closed = False

    def close(self) -> bool:
        """Ask nothing any more, as nobody would read the answer; False if that was said before."""
        was_open, self._closed = not self._closed, True
        return was_open

    def expects(self, now_s: float) -> bool:
        """Whether an answer is still likely to come."""
        return bool(self._asked) and now_s - self._asked[0][1] < PATIENCE_S

    def send(self, count: int, now_s: float) -> bool:
        """Note bytes that are sent, and say whether a question shall follow them."""
        self._sent += count
        asked_for = self._asked[-1][0] if self._asked else self._seen
        doubted = self._asked and not self._answers
        if self._closed or doubted or self._sent - asked_for < STEP:
            return False
        self._asked.append((self._sent, now_s))
        return True

    def answered(self) -> bool:
        """Note an answer; False if there was no question."""
        if not self._asked:
            return False
        self._seen, _ = self._asked.popleft()
        self._answers = True
        return True

    def wait_s(self, now_s: float) -> float:
        """For how long to wait for an answer before anything more is drawn; 0 if there is room."""
        if not self._answers or not self._asked or self._sent - self._seen < ROOM:
            return 0.0  # without a question, as after the close, no answer will come
        patience = self._asked[0][1] + PATIENCE_S - now_s
        if patience <= 0:
            self._asked.clear()
            self._seen, self._answers = self._sent, False
        return max(patience, 0.0)
