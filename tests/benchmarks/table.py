"""The table of figures: from pairs to medians, to words, to text or Markdown. Measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.figures import Figure, Goal, Of, Unit
from tests.benchmarks.measures import Pair

HEADINGS = ("figure", "at", "ours", "held against", "which is", "ratio", "goal", "met")
_NONE = "–"
_SCALES = {Unit.SECONDS: (1.0, ".2f"), Unit.MILLISECONDS: (1e3, ".1f"), Unit.BYTES: (1.0, ",.0f")}
_SCALES[Unit.MEBIBYTES] = (2.0**-20, ".0f")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of measuring a figure.

    Attributes:
        figure: What was measured.
        pairs: Ours and the other's, in seconds or bytes; empty if it could not be measured.
        remark: Why it could not be.
    """

    figure: Figure
    pairs: Sequence[Pair] = ()
    remark: str = ""

    @property
    def ours(self) -> float:
        """The median of ours."""
        return median(mine for mine, _ in self.pairs)

    @property
    def other(self) -> float | None:
        """The median of the other's; None if there is none."""
        others = [theirs for _, theirs in self.pairs if theirs is not None]
        return median(others) if others else None

    @property
    def ratio(self) -> float | None:
        """The median of the ratios, pair by pair; None if there is nothing to divide by."""
        ratios = [mine / theirs for mine, theirs in self.pairs if theirs]
        return median(ratios) if ratios else None

    @property
    def excess(self) -> float:
        """The median of what ours has more than the other, pair by pair."""
        return median(mine - (theirs or 0.0) for mine, theirs in self.pairs)

    @property
    def is_met(self) -> bool | None:
        """Whether it is good enough; None if there is no goal or no figure."""
        if self.figure.goal is None or not self.pairs:
            return None
        value = self._value(self.figure.goal.of)
        return value is not None and value <= self.figure.goal.most

    def _value(self, of: Of) -> float | None:
        return {Of.OURS: self.ours, Of.RATIO: self.ratio, Of.EXCESS: self.excess}[of]


def row(result: Result) -> tuple[str, ...]:
    """The cells of a result, under the headings."""
    figure = result.figure
    goal = _NONE if figure.goal is None else _goal(figure.goal, figure.unit)
    head, met = (figure.name, figure.at), {True: "yes", False: "NO", None: _NONE}[result.is_met]
    if not result.pairs:
        return (*head, "not measured", figure.other or _NONE, _NONE, _NONE, goal, met)
    other = _NONE if result.other is None else _amount(result.other, figure.unit)
    return (*head, _amount(result.ours, figure.unit), figure.other or _NONE, other, _compared(result), goal, met)


def text(results: Sequence[Result]) -> str:
    """The table for a terminal."""
    rows = [HEADINGS, *map(row, results)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in rows]
    return "\n".join([*lines, *_remarks(results)])


def markdown(results: Sequence[Result], heading: str) -> str:
    """The table for the README.

    Args:
        results: The rows.
        heading: On what machine and when.
    """
    rows = [HEADINGS, ("---",) * len(HEADINGS), *map(row, results)]
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in rows)
    return "\n".join([heading, "", *(f"| {' | '.join(cells)} |" for cells in escaped), *_remarks(results)])


def _remarks(results: Sequence[Result]) -> list[str]:
    """Why some figures are missing, below the table."""
    remarks = [f"{result.figure.name}, {result.figure.at}: {result.remark}" for result in results if result.remark]
    return ["", "Not measured:", "", *(f"- {remark}" for remark in remarks)] if remarks else []


def _amount(value: float, unit: Unit) -> str:
    factor, form = _SCALES[unit]
    return f"{value * factor:{form}} {unit.value}"


def _goal(goal: Goal, unit: Unit) -> str:
    match goal.of:
        case Of.RATIO:
            return f"≤ {goal.most:g}×"
        case Of.EXCESS:
            return f"≤ +{_amount(goal.most, unit)}"
        case Of.OURS:
            return f"≤ {_amount(goal.most, unit)}"


def _compared(result: Result) -> str:
    if result.figure.goal is not None and result.figure.goal.of is Of.EXCESS:
        return f"{'+' if result.excess >= 0 else ''}{_amount(result.excess, result.figure.unit)}"
    return _NONE if result.ratio is None else f"{result.ratio:.2f}×"
