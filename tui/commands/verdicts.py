"""Words the results of the checks of a call, for lines and reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.core.checks import MeasuredFigure, Outcome, Verdict
from tui.core.errors import OmniError
from tui.core.target import link
from tui.core.text import clip, safe_line

_LONGEST_WORDS_CELLS = 60


class Checked(NamedTuple):
    """A call that was checked.

    Attributes:
        call_id: Its id; for a call that could not be fetched, the name of its target.
        verdicts: The result of each check.
        fault: Why the call could not be fetched; None if it could.
    """

    call_id: str
    verdicts: Sequence[Verdict] = ()
    fault: OmniError | None = None

    @property
    def has_failed(self) -> bool:
        """Whether any check has failed."""
        return any(verdict.outcome is Outcome.FAIL for verdict in self.verdicts)


def address(call: Checked, verdict: Verdict) -> str:
    """The link to the turn that shows the figure, else the call id."""
    turn = verdict.figure.turn
    return safe_line(call.call_id if turn is None else link(call.call_id, turn + 1))


def name(verdict: Verdict) -> str:
    """The name of the check, with its words."""
    if isinstance(verdict.limit, int):
        return verdict.check
    return f"{verdict.check} “{clip(safe_line(verdict.limit), _LONGEST_WORDS_CELLS)}”"


def in_words(verdict: Verdict) -> str:
    """The check, its figure and its limit: "max-response: 3,100 ms, limit 1,500 ms"."""
    unit = " ms" if verdict.is_time else ""
    limit = f", limit {verdict.limit:,}{unit}" if isinstance(verdict.limit, int) else ""
    return f"{name(verdict)}: {_figure(verdict.figure, unit or _turns(verdict))}{limit}"


def _figure(figure: MeasuredFigure, unit: str) -> str:
    if figure.value is None:
        return figure.note if figure.is_known else f"unknown, {figure.note}"
    return f"{figure.value:,}{unit}" + (f" ({figure.note})" if figure.note else "")


def _turns(verdict: Verdict) -> str:
    if isinstance(verdict.limit, int):
        return ""
    return " turn" if verdict.figure.value == 1 else " turns"
