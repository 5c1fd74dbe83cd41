"""The insights of a call: every figure with its rule, the slowest answers, the moments; Enter goes to the turn.

A panel beside the chat in a wide window, else a screen over it. ``core.insights`` words the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.core.call import CallDocument
from tui.core.insights import Figure, Insights, seconds
from tui.core.remarks import describe
from tui.core.times import offset
from tui.core.timing import Moment, Response, Timing
from tui.keys import BY_NAME
from tui.screens.dialog import Dialog
from tui.screens.view_options import LEAST_WIDTH_BESIDE
from tui.widgets.choice_list import ChoiceList

BESIDE = -1
"""The result of the screen where the panel takes its place."""
_MOST_ANSWERS, _MOST_MOMENTS = 100, 1_000
"""The most that are listed; the chat and the command ``insights`` have all of them."""
_NAME_CELLS = 18
_ANSWERS = "the slowest answers first; Enter goes there, Esc closes"


class InsightLine(NamedTuple):
    """A line of the list.

    Attributes:
        content: Its text; safe.
        turn: The index of the turn that Enter goes to; None for none.
        heads: Whether it is the heading of a section.
    """

    content: Content
    turn: int | None = None
    heads: bool = False


def insight_lines(document: CallDocument, timing: Timing, remark: str) -> Iterator[InsightLine]:
    """The lines of the list.

    Args:
        document: The call.
        timing: Its figures and moments.
        remark: What the header says of it, which it may have no room for.
    """
    insights = Insights(document, timing, _place)
    yield InsightLine(Content.assemble(("Enter goes to the turn   Tab next part   Esc closes", "$quiet")))
    if remark:
        yield InsightLine(Content(remark))
    call, *sides = insights.sections()
    for section in (call, *reversed(sides)):  # the assistant's figures stand before its answers
        yield _heading(section.heading or "the call")
        yield from map(_figure_line, section.figures)
    if timing.assistant.response.answers:
        yield from _answer_lines(timing.assistant.response)
    yield _heading(f"{len(timing.moments):,} moment{'' if len(timing.moments) == 1 else 's'}")
    yield from (InsightLine(Content(f"{count:>4,} × {rule}")) for count, rule in insights.kinds())
    yield from map(_moment_line, timing.moments[:_MOST_MOMENTS])
    yield from _rest(len(timing.moments) - _MOST_MOMENTS, "] and [ walk through all")


def _place(turn: int) -> str:
    return f"turn {turn + 1:,}"


def _heading(text: str) -> InsightLine:
    return InsightLine(Content.assemble((text, "bold underline")), heads=True)


def _figure_line(figure: Figure) -> InsightLine:
    if not figure.name:
        return InsightLine(Content(figure.value))
    rule = ("\n" + " " * 2 + figure.rule, "$quiet") if figure.rule else ""
    return InsightLine(Content.assemble(f"{figure.name:<{_NAME_CELLS}} ", (figure.value, "bold"), rule), figure.turn)


def _answer_lines(response: Response) -> Iterator[InsightLine]:
    yield _heading(_ANSWERS)
    for answer in nlargest(_MOST_ANSWERS, response.answers, key=lambda answer: answer.ms):
        tool = f"  of which tool {seconds(answer.tool_ms)}" if answer.tool_ms else ""
        place = f"{seconds(answer.ms):>9}  {_place(answer.turn)}{tool}"
        yield InsightLine(Content(place), answer.turn)
    yield from _rest(len(response.answers) - _MOST_ANSWERS, "each quicker than these")


def _moment_line(moment: Moment) -> InsightLine:
    at = "" if moment.start_ms is None else offset(moment.start_ms)
    return InsightLine(Content(f"{at:>7} {_place(moment.turn)}  {describe(moment)}"), moment.turn)


def _rest(count: int, how: str) -> Iterator[InsightLine]:
    if count > 0:
        yield InsightLine(Content(f"… and {count:,} more; {how}"))


class InsightList(ChoiceList):
    """The list, in the panel and on the screen."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    InsightList, InsightList:focus {
        width: 100%;
        height: 100%;
        background: $background;
        border: none;
        padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    #middle > InsightList, #middle > InsightList:focus {
        layer: turns;
        dock: right;
        width: 60;
        border-left: solid $rule;
    }
    InsightList > .option-list--option { color: $foreground; }
    InsightList > .option-list--option-highlighted, InsightList:focus > .option-list--option-highlighted {
        background: $background;
        color: $foreground;
    }
    InsightList > .option-list--option-hover { background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("space", "page_down", show=False),
        Binding("b", "page_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
        Binding("tab", "step_part(1)", show=False),
        Binding("shift+tab", "step_part(-1)", show=False),
        Binding("escape,q", "close", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """A line that leads to a turn was chosen.

        Attributes:
            turn: The index of the turn.
        """

        turn: int

    class Closed(Message):
        """The user closed the list."""

    def __init__(self, lines: Iterable[InsightLine]) -> None:
        super().__init__(markup=False)
        self._has_begun = False
        self.show(lines)

    def show(self, lines: Iterable[InsightLine]) -> None:
        """Replace the lines; the cursor keeps its index if possible."""
        at, self._listed = self.highlighted or 0, list(lines)
        self._headings = [index for index, line in enumerate(self._listed) if line.heads]
        self.set_options(Option(line.content) for line in self._listed)
        self.highlighted = min(at, len(self._listed) - 1)

    def on_resize(self) -> None:
        """Begin at the slowest answer, below the figures of the assistant, as soon as the size is known."""
        if not self._has_begun:
            self._has_begun = True
            self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        headings = [self._listed[index].content.plain for index in self._headings]
        if _ANSWERS in headings:
            answers = headings.index(_ANSWERS)
            self.highlighted = self._headings[answers - 1]
            self.scroll_to_highlight(top=True)
            self.highlighted = self._headings[answers] + 1

    def action_step_part(self, direction: int) -> None:
        """Go to the heading of the next or previous part; wraps around."""
        at = self.highlighted or 0
        here = max((index for index in self._headings if index <= at), default=-1)
        beyond = [index for index in self._headings if (index - here) * direction > 0] or self._headings
        heading = beyond[0 if direction > 0 else -1]
        self.highlighted = heading
        self.scroll_to_highlight(top=True)
        self.highlighted = self._first_link(heading)

    def _first_link(self, heading: int) -> int:
        """The first line of a part that leads to a turn, else its heading."""
        end = next((other for other in self._headings if other > heading), len(self._listed))
        return next((index for index in range(heading, end) if self._listed[index].turn is not None), heading)

    def action_close(self) -> None:
        """Close it."""
        self.post_message(self.Closed())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Post the turn of the chosen line."""
        event.stop()
        turn = self._listed[event.option_index].turn
        if turn is not None:
            self.post_message(self.Chosen(turn))


class InsightsScreen(Dialog[int]):
    """The list over the chat; its result is the index of the turn to go to, or ``BESIDE``.

    Args:
        lines: The lines of the list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(BY_NAME["insights"].keys), "dismiss", show=False),
        Binding(",".join(BY_NAME["help"].keys), "app.help", show=False),
    ]

    def __init__(self, lines: Iterable[InsightLine]) -> None:
        super().__init__()
        self._list = InsightList(lines)

    def compose(self) -> ComposeResult:
        """The list alone."""
        yield self._list

    def on_resize(self, event: events.Resize) -> None:
        """Make room for the panel in a window that is wide enough for it."""
        if event.size.width >= LEAST_WIDTH_BESIDE:
            self.dismiss(BESIDE)

    def on_insight_list_chosen(self, message: InsightList.Chosen) -> None:
        """End with the turn."""
        self.dismiss(message.turn)

    def on_insight_list_closed(self) -> None:
        """End without a turn."""
        self.dismiss()
