"""The screen of one call: it owns what is known of the call and how it is shown.

A worker fetches and posts messages; only the handlers of these messages change the screen's state.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from tui.core.anomalies import Anomalies
from tui.core.call import CallDocument, has_failed
from tui.core.clock import Clock
from tui.core.errors import NotFoundError, OmniError, UsageError
from tui.core.layout import Layout, TimeLabels
from tui.core.target import Target
from tui.core.text import safe_line
from tui.core.transcript import Call, Transcript
from tui.keys import FOOT, bindings, key_word
from tui.screens import presenters
from tui.screens.analysis import Analyzed, CallAnalysis
from tui.screens.call_loader import CallLoader, Failed, Fetched, FetchMessage, Recorded
from tui.screens.call_output import CallOutput
from tui.screens.export_memory import ExportMemory
from tui.screens.find_bar import FindBar
from tui.screens.foot import Foot
from tui.screens.view_options import ViewOptions
from tui.sources.calls import OmniCallSource
from tui.widgets.call_header import CallHeader, HeaderFacts
from tui.widgets.fetch_panel import FetchFacts, FetchPanel
from tui.widgets.rule import Rule
from tui.widgets.status_bar import StatusFacts
from tui.widgets.transcript_view import TranscriptView

_TICK_S = 0.5
_AT_ONCE_S = 0.1
"""How long the first picture waits for what is at hand."""
_NOTHING_SAID = "The transcript is empty: nothing was said, or nothing is there yet"
_WANTS_TURNS = {
    "go_to", "cycle_time", "toggle_layout", "find", "next_hit", "previous_hit", "toggle_filter",
    "export", "copy_turn", "copy_transcript", "next_moment", "previous_moment",
}  # fmt: skip


class TranscriptScreen(CallOutput):
    """Fetches and shows one call.

    Args:
        source: Where it comes from.
        target: What the user named.
        options: How to show it.
        clock: What time it is, and in which zone.
        exports: What was chosen for the last export.
    """

    CSS_PATH = "transcript.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "next_moment", "previous_moment", "go_to", "cycle_time", "toggle_layout", "find", "next_hit", "previous_hit",
        "toggle_filter", "dismiss", "export", "copy_turn", "copy_transcript", "open_call", "refresh_call",
        "wait_for_transcript",
    )  # fmt: skip

    class AnotherWanted(Message):
        """The user wants to open another call."""

    def __init__(
        self, source: OmniCallSource, target: Target, options: ViewOptions, *, clock: Clock, exports: ExportMemory
    ) -> None:
        super().__init__()
        self._exports = exports
        self._source = source
        self._target = target
        self._options = options
        self._clock = clock
        self._called = safe_line(target.name)
        self._transcript: Transcript | None = None
        self._call: Call | None = None
        self._analysis = CallAnalysis(self)
        self._analyzed: Analyzed | None = None
        self._failure: OmniError | None = None
        self._loader = CallLoader(self, source, target, self._called)
        self._notice: tuple[str, bool] = ("", False)

    def compose(self) -> ComposeResult:
        """Header, turns or the state of the fetch, foot."""
        # kept, as what comes while the screen is torn down finds none of them on it any more
        self._header, self._panel, self._view = CallHeader(), FetchPanel(), TranscriptView()
        self._foot = Foot(self._view, id="foot")
        self._find = self._foot.find
        with Vertical(id="top"):
            yield self._header
            yield Rule()
        with Container(id="middle"):
            yield self._view
            yield self._panel
        yield self._foot

    async def on_mount(self) -> None:
        """Begin to fetch; what is at hand is there in the first picture."""
        self._ticker = self.set_interval(_TICK_S, self._tick, pause=True)
        self._header.shown = HeaderFacts(name=self._called)
        self._show_panel(FetchFacts())
        if self._source.is_at_hand(self._target):
            # until this handler returns, the screen is blank and takes no keys
            for message in await self._loader.begin_at_once(self.post_message, _AT_ONCE_S):
                self._take(message)
            self._ticker.resume()
        else:
            self._fetch()

    # The fetch

    def _fetch(self, *, until_there: bool = False) -> None:
        self._loader.begin(self.post_message, until_there=until_there)
        self._ticker.resume()
        self._tick()

    @on(Fetched)
    @on(Recorded)
    @on(Failed)
    def _take(self, message: FetchMessage) -> None:
        """Take what the last fetch tells; what comes late of an earlier one is dropped."""
        if not self._loader.accepts(message):
            return
        match message:
            case Fetched():
                self._take_transcript(message)
            case Recorded():
                self._take_record(message)
            case Failed():
                self._take_failure(message)
        self.refresh_bindings()

    def _tick(self) -> None:
        """Say how the fetch comes along."""
        facts = self._loader.facts
        if facts is None:
            self._ticker.pause()
        elif self._transcript is None:
            self._show_panel(facts)
        else:
            self._say(f"{facts.title}   {facts.lines[0]}")

    def _show_panel(self, facts: FetchFacts | None) -> None:
        """Show the state of the fetch where the turns will stand; None shows the turns."""
        panel = self._panel
        panel.display = facts is not None
        if facts is None:
            self._give_keyboard()
        else:
            panel.shown = facts
            self.set_focus(None)
        self._show_foot()

    def _show_failure(self) -> None:
        """Show why there are no turns to show."""
        assert self._failure is not None
        self._show_panel(presenters.failed(self._failure, self._record, self._clock.now_ms()))

    @property
    def _record(self) -> Call | None:
        """The record that was fetched, or that came with the transcript."""
        return self._call or (self._transcript.record if self._transcript else None)

    def _take_transcript(self, message: Fetched) -> None:
        again, self._transcript = self._transcript is not None, message.transcript
        is_empty = not message.transcript.turns and message.transcript.plain is None
        self._failure = NotFoundError(_NOTHING_SAID) if is_empty else None
        self._analyzed = None
        self._view.show(message.transcript, self._labels(), self._options.layout)
        self._find.renew()
        if is_empty:
            self._show_failure()
        else:
            self._show_panel(None)
        if message.instead_of is not None:
            self._say(message.instead_of.line(), trouble=True)
        else:
            self._say(f"fetched again: {presenters.turn_count(message.transcript)}" if again else "")
        if not again:
            self._go_to_target()
        if self._target.call_id is None:
            self._check_clock()
        self._show_header()
        self.call_after_refresh(self._remember)  # which writes to a disk
        self.call_after_refresh(self._analysis.begin, message.transcript, self._view.turns)

    def _take_record(self, message: Recorded) -> None:
        self._call = message.call
        if self._transcript is not None:
            self._view.show_as(self._labels(), self._options.layout)
            self._show_header()
            self._check_clock()
            self.call_after_refresh(self._remember)
        if self._failure is not None and self._panel.display:
            self._show_failure()

    def _check_clock(self) -> None:
        """Say it where the clock that was asked for cannot be shown; only after the record is that known."""
        if self._options.time not in self._labels().styles():
            self._say(f"times are offsets, not {self._options.time.value}: when the call started is not known")

    def _take_failure(self, message: Failed) -> None:
        self._failure = message.error
        if self._transcript is None:
            self._show_failure()
        else:
            self._say(message.error.line(), trouble=True)

    @work(group="keep")
    async def _remember(self) -> None:
        """Have the call kept, and offered the next time."""
        if self._transcript is None:
            return
        if trouble := await self._source.keep(self._target, self._transcript, self._call):
            self._say(trouble, trouble=True)

    @on(Analyzed)
    def _take_analysis(self, message: Analyzed) -> None:
        """Show what follows from all turns, unless another fetch has brought other ones meanwhile."""
        if message.transcript is self._transcript:
            self._analyzed = message
            self._view.remark(message.remarks.of)
            self._find.take_moments(message.remarks.kinds_of)
            self._show_header()
            self._show_foot()

    def _go_to_target(self) -> None:
        assert self._transcript is not None
        try:
            turns = self._target.place.range_in(self._transcript)
        except UsageError as error:
            self._say(error.line(), trouble=True)
            turns = None
        self._view.go_to_turn(0 if turns is None else turns.start)
        if turns is not None and self._target.last_turn is not None:
            self._say(f"turns {turns.start + 1:,} to {turns.stop:,}")

    # What is shown around the turns

    def _labels(self) -> TimeLabels:
        epoch_ms = None if self._transcript is None else CallDocument(self._transcript, self._call).clock_zero_ms
        return TimeLabels(self._options.time, epoch_ms, self._clock.zone)

    def _show_header(self) -> None:
        if self._transcript is not None:
            known = self._analyzed
            anomalies = known.anomalies if known else Anomalies()
            self._header.shown = presenters.header(self._transcript, self._call, anomalies, self._clock, known)

    def say(self, notice: str) -> None:
        """Say something in the foot."""
        self._say(notice)

    def _say(self, notice: str, *, trouble: bool = False) -> None:
        self._notice = (notice, trouble)
        self._show_foot()

    @on(TranscriptView.Moved)
    @on(FindBar.Searched)
    def _show_foot(self) -> None:
        notice, trouble = self._notice
        possible = (action for action in FOOT if self.check_action(action.name, ()))
        self._foot.show(
            StatusFacts(
                find=safe_line(self._find.pattern),
                hits=self._find.count(),
                notice=notice,
                trouble=trouble,
                moment=presenters.moment(self._analyzed, self._view.current),
                place=self._place(),
                keys=tuple((key_word(action.keys[0]), action.label) for action in possible),
            )
        )

    def _place(self) -> tuple[str, ...]:
        if self._transcript is None or not self._view.turns:
            return ()
        return presenters.place(self._transcript, self._view.current, self._view.time_shown(self._view.current))

    # Finding and going

    @on(Foot.Closed)
    def _go_on_reading(self) -> None:
        self._give_keyboard()
        self._show_foot()

    def _give_keyboard(self) -> None:
        """Let keys go to the turns, or to the foot: an answer may come while somebody types there."""
        if not self._foot.take_keyboard():
            self._view.focus()

    async def action_find(self) -> None:
        """Ask what to find."""
        self._say("")
        await self._foot.ask_what_to_find()

    async def action_go_to(self) -> None:
        """Ask where to go."""
        await self._foot.ask_where_to_go()

    def action_next_hit(self) -> None:
        """Go to the next hit."""
        self._say(self._find.step(1))

    def action_previous_hit(self) -> None:
        """Go to the previous hit."""
        self._say(self._find.step(-1))

    def action_toggle_filter(self) -> None:
        """Show only turns with a hit, or all."""
        self._say(self._find.toggle_filter())

    def action_next_moment(self) -> None:
        """Go to the next moment at which something went wrong."""
        self._step_to_moment(1)

    def action_previous_moment(self) -> None:
        """Go to the previous one."""
        self._step_to_moment(-1)

    def _step_to_moment(self, direction: int) -> None:
        if self._analyzed is None:
            self._say("still looking for moments")
        elif moment := self._analyzed.walk.step(self._view.current, direction, self._view.is_shown):
            self._say("")
            self._view.go_to_turn(moment.turn)
        else:
            self._say(presenters.no_moment(self._analyzed.timing))

    # What can be done with the call

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs turns is not possible without any; waiting only for what is missing."""
        if action in _WANTS_TURNS:
            return self._transcript is not None and bool(self._view.turns)
        if action == "wait_for_transcript":
            return self._may_still_come()
        if action == "refresh_call":
            return not self._target.stdin
        return True

    def _may_still_come(self) -> bool:
        """Whether waiting makes sense: a call that failed never gets a transcript."""
        is_missing = isinstance(self._failure, NotFoundError) and self._source.can_change(self._target)
        return is_missing and not (self._record is not None and has_failed(self._record))

    def action_cycle_time(self) -> None:
        """Show times in the next style that this call has."""
        styles = self._labels().styles()
        at = styles.index(self._options.time) if self._options.time in styles else 0
        self._options = self._options._replace(time=styles[(at + 1) % len(styles)])
        self._view.show_as(self._labels(), self._options.layout)
        self._say(f"times: {self._options.time.value}")

    def action_toggle_layout(self) -> None:
        """Change between chat and script."""
        chat = self._view.layout_shown is Layout.CHAT
        self._options = self._options._replace(layout=Layout.SCRIPT if chat else Layout.CHAT)
        self._view.show_as(self._labels(), self._options.layout)

    def action_refresh_call(self) -> None:
        """Fetch the call again."""
        self._fetch()

    def action_wait_for_transcript(self) -> None:
        """Look for the transcript until it is there; one that is on show stays meanwhile."""
        if not self._view.turns:
            self._transcript = None
        self._fetch(until_there=True)

    def action_open_call(self) -> None:
        """Ask for another call."""
        self.post_message(self.AnotherWanted())

    def action_dismiss(self) -> None:  # type: ignore[override]  # a screen that is no dialog has no result
        """Give up a fetch, else clear the find."""
        if self._loader.facts is not None:
            self._give_up()
        else:
            self._find.clear()
            self._say("")

    def _give_up(self) -> None:
        """End the fetch; what was on show before it, turns or the reason why there are none, is on show again."""
        self._loader.give_up()
        self._tick()
        if self._failure is not None and self._transcript is None:
            self._show_failure()
        elif self._transcript is None:
            self._show_panel(presenters.given_up(self._called))
        is_told = self._transcript is None and self._failure is None
        self._say("" if is_told else "gave up fetching")
