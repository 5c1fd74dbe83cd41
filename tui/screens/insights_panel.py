"""The insights of a call: every figure with its rule, the slowest answers, the moments; Enter goes to the turn.

``core.insights`` words the figures; ``line_panel`` shows the lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from textual.content import Content

from tui.core.call import CallDocument
from tui.core.counted import counted
from tui.core.details.trace import TraceEntry
from tui.core.insights import Figure, Insights, seconds
from tui.core.moment_walk import MomentWalk, Reported
from tui.core.remarks import described, others
from tui.core.times import SECOND_MS, offset
from tui.core.timing import Answer, Moment, Response, Timing
from tui.keys import Keymap
from tui.screens.line_panel import LinePanel, PanelLine, hanging, heading
from tui.screens.presenters import turn_name
from tui.themes import QUIET
from tui.widgets.hanging_text import HangingText

_MOST_ANSWERS, _MOST_MOMENTS = 100, 1_000
"""The most that are listed; the chat and the command ``insights`` have all of them."""
_NAME_CELLS = 18
NO_ENTRIES: Mapping[int, TraceEntry] = MappingProxyType({})
_ANSWERS = "the slowest answers first"


def insight_lines(
    document: CallDocument,
    timing: Timing,
    walk: MomentWalk,
    keymap: Keymap,
    *,
    remark: str = "",
    measured: Mapping[int, TraceEntry] = NO_ENTRIES,
) -> Iterator[PanelLine]:
    """The lines of the list.

    Args:
        document: The call.
        timing: Its figures.
        walk: Its moments, and those that others report.
        keymap: The keys of the actions.
        remark: What the header says of it, which it may have no room for.
        measured: What Trace has measured, by turn.
    """
    insights = Insights(document, timing, turn_name)
    if remark:
        yield hanging(Content(remark))
    call, *sides = insights.sections()
    for section in (call, *reversed(sides)):  # the assistant's figures stand before its answers
        yield heading(section.heading or "the call")
        yield from map(_figure_line, section.figures)
    if timing.assistant.response.n:
        yield from _answer_lines(timing.assistant.response, measured)
    moments = walk.moments
    yield heading(counted(len(moments), "moment"))
    yield from (_counted_line(count, rule) for count, rule in insights.kinds())
    reported = Counter(moment.by for moment in walk.reported)
    yield from (_counted_line(count, f"{by}: reported of a turn") for by, count in reported.items())
    yield from _moment_lines(moments[:_MOST_MOMENTS])
    through = f"{keymap.word('next_moment')} and {keymap.word('previous_moment')} walk through all"
    yield from _rest(len(moments) - _MOST_MOMENTS, through)


def _figure_line(figure: Figure) -> PanelLine:
    if not figure.name:
        return hanging(Content(figure.value))
    rule = (f"\n{figure.rule}", QUIET) if figure.rule else ""
    return hanging(Content.assemble(f"{figure.name:<{_NAME_CELLS}} ", (figure.value, "bold"), rule), figure.turn)


def _counted_line(count: int, what: str) -> PanelLine:
    return PanelLine(HangingText(Content(f"{count:>4,} × "), Content(what)))


def _placed(turn: int, cells: int) -> str:
    return f"turn {turn + 1:>{cells},}"


def _turn_cells(turns: Iterable[int]) -> int:
    """The cells that the numbers of turns take."""
    return len(f"{max(turns, default=0) + 1:,}")


def _answer_lines(response: Response, measured: Mapping[int, TraceEntry]) -> Iterator[PanelLine]:
    yield heading(_ANSWERS)
    answers = response.slowest(_MOST_ANSWERS)
    parts = [_of_which(answer) for answer in answers]
    cells, part_cells = _turn_cells(answer.turn for answer in answers), max(map(len, parts))
    for answer, part in zip(answers, parts, strict=True):
        place = f"{seconds(answer.ms):>8}  {_placed(answer.turn, cells)}"
        words = f"{place}{part:<{part_cells}}{_measured(measured.get(answer.turn))}".rstrip()
        yield hanging(Content(words), answer.turn)
    yield from _rest(response.n - _MOST_ANSWERS, "each quicker than these")


def _of_which(answer: Answer) -> str:
    """The part of a latency that the turns of no side fill."""
    return f"  {others(are_tools=answer.are_tools)} {seconds(answer.tool_ms)}" if answer.tool_ms else ""


def _measured(entry: TraceEntry | None) -> str:
    """The time to the first byte as Trace has measured it; empty if it has not."""
    return "" if entry is None or entry.ttfb_ms is None else f"  measured ttfb {seconds(round(entry.ttfb_ms))}"


def _moment_lines(moments: Sequence[Moment | Reported]) -> Iterator[PanelLine]:
    cells = _turn_cells(moment.turn for moment in moments)
    for moment in moments:
        at = "" if moment.start_ms is None else offset(moment.start_ms, tenths=_has_tenths(moment))
        head = Content(f"{at:>7} {_placed(moment.turn, cells)}  ")
        yield PanelLine(HangingText(head, Content(described(moment))), moment.turn)


def _has_tenths(moment: Moment | Reported) -> bool:
    """Whether its time is exact: what Recap reports has whole seconds."""
    return isinstance(moment, Moment) or bool((moment.start_ms or 0) % SECOND_MS)


def _rest(count: int, how: str) -> Iterator[PanelLine]:
    if count > 0:
        yield hanging(Content(f"… and {count:,} more; {how}"))


class InsightList(LinePanel):
    """The insights; begins at the slowest answer, below the figures of the assistant."""

    opened_by = "insights"

    def begin(self) -> None:
        """Go to the slowest answer, if there is one."""
        headings = [str(self._listed[index].content) for index in self._headings]
        if _ANSWERS in headings:
            answers = headings.index(_ANSWERS)
            self.go_below(self._headings[answers - 1], self._headings[answers] + 1)
