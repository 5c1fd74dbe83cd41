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
        call_id: Its id; for a call that could not be fetched, the name of its target, or the line that names none.
        verdicts: The result of each check.
        fault: Why there are no results; None if there are.
        address: What opens the call; None if nothing does, as what came through a pipe.
    """

    call_id: str
    verdicts: Sequence[Verdict] = ()
    fault: OmniError | None = None
    address: str | None = None

    @property
    def has_failed(self) -> bool:
        """Whether any check has failed."""
        return any(verdict.outcome is Outcome.FAIL for verdict in self.verdicts)


def address(call: Checked, verdict: Verdict) -> str:
    """The link to the turn that shows the figure, else what the call is named by."""
    turn, name = verdict.figure.turn, call.address or call.call_id
    return safe_line(name if turn is None else link_of(call, verdict) or f"{name} turn {turn + 1}")


def link_of(call: Checked, verdict: Verdict) -> str | None:
    """The link to the turn that shows the figure; None if there is none."""
    turn = verdict.figure.turn
    return None if turn is None or call.address is None else link(call.address, turn + 1)


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
