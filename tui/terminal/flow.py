"""Flow control: how many bytes are sent to the terminal and not yet processed by it.

The kernel cannot say: a pseudo-terminal, ssh and the network buffer many kilobytes, which are
seconds on a slow link. So the terminal is asked for its cursor position from time to time, as it answers
only after it has drawn everything before. Pure: no clock, no I/O.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

QUESTION = "\x1b[6n"
"""Device status report 6, which every terminal answers with its cursor position."""

ROOM = 4096
"""Bytes that may be in flight before the next picture waits: about one page of text."""

STEP = 1024
"""Bytes between two questions, so that single keys rarely cause one."""

PATIENCE_S = 3.0
"""Seconds without an answer after which output no longer waits for the terminal."""

FAR_PACE_S = 0.1
"""Seconds between two pictures where nothing tells how much is in flight."""


def pace_s(environ: Mapping[str, str]) -> float:
    """The least seconds between two pictures.

    On the far end of ssh, tmux and screen answer every question at once, before the link has carried anything: a key
    that is held down would fill the link for seconds, so pictures are fewer there.

    Args:
        environ: The process environment.
    """
    is_multiplexed = environ.get("TMUX") or environ.get("STY")
    is_far = environ.get("SSH_CONNECTION") or environ.get("SSH_TTY")
    return FAR_PACE_S if is_multiplexed and is_far else 0.0


class Flow:
    """Counts the bytes in flight.

    Output waits only for a terminal that has answered before, so one that never does costs a single question.

    Args:
        pace_s: The least seconds between two pictures.
    """

    def __init__(self, pace_s: float = 0.0) -> None:
        self._pace_s = pace_s
        self._next_s = 0.0
        self._sent = 0
        self._seen = 0
        self._asked: deque[tuple[int, float]] = deque()
        self._answers = False
        self._closed = False

    def close(self) -> bool:
        """Stop asking, as the answers are no longer read; False if it was closed already."""
        was_open, self._closed = not self._closed, True
        return was_open

    def expects(self, now_s: float) -> bool:
        """Whether an answer is still likely to come."""
        return bool(self._asked) and now_s - self._asked[0][1] < PATIENCE_S

    def send(self, count: int, now_s: float) -> bool:
        """Count sent bytes; returns whether a question should follow them."""
        self._sent += count
        self._next_s = now_s + self._pace_s
        asked_for = self._asked[-1][0] if self._asked else self._seen
        doubted = self._asked and not self._answers
        if self._closed or doubted or self._sent - asked_for < STEP:
            return False
        self._asked.append((self._sent, now_s))
        return True

    def answered(self) -> bool:
        """Record an answer; False if there was no question."""
        if not self._asked:
            return False
        self._seen, _ = self._asked.popleft()
        self._answers = True
        return True

    def wait_s(self, now_s: float) -> float:
        """Seconds to wait before drawing more: for an answer, or until the next picture is due; 0 if there is room."""
        pause_s = 0.0 if self._closed else self._next_s - now_s
        return max(self._answer_wait_s(now_s), pause_s, 0.0)

    def _answer_wait_s(self, now_s: float) -> float:
        if not self._answers or not self._asked or self._sent - self._seen < ROOM:
            return 0.0  # without a question, as after ``close``, there will be no answer
        patience = self._asked[0][1] + PATIENCE_S - now_s
        if patience <= 0:
            self._asked.clear()
            self._seen, self._answers = self._sent, False
        return patience
