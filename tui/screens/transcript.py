"""The screen of one call: it composes what shows the call, and passes on what the fetch brings.

What is known of the call stands in ``FetchState``; only the handlers of messages change what is shown.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from tui.core.errors import UsageError
from tui.core.target import Target
from tui.core.text import safe_line
from tui.core.transcript import Transcript
from tui.core.waiting import never_comes
from tui.keys import FOOT, Action, Place, Scope
from tui.screens import presenters
from tui.screens.analysis import Analyzed, CallAnalysis
from tui.screens.call_details import CallDetails
from tui.screens.call_keys import AROUND, WANTS_TURNS, CallKeys
from tui.screens.call_loader import CallLoader, Failed, Fetched, FetchMessage, FoundKept, Recorded, Unkept, Unrecorded
from tui.screens.call_output import CallOutput
from tui.screens.call_panels import CallPanels
from tui.screens.call_reading import CallReading
from tui.screens.drawn import call_once_drawn
from tui.screens.find_bar import FindBar
from tui.screens.foot import Foot, Notice
from tui.screens.session import Session
from tui.sources.call_source import CallSource
from tui.widgets.ask_bar import AskBar
from tui.widgets.bindings import bindings
from tui.widgets.call_header import CallHeader, HeaderFacts
from tui.widgets.call_timeline import CallTimeline
from tui.widgets.fetch_panel import FetchPanel
from tui.widgets.rule import Rule
from tui.widgets.status_bar import Keys, StatusFacts
from tui.widgets.transcript_view import TranscriptView

_TICK_S = 0.5
_AT_ONCE_S = 0.1
"""How long the first picture waits for a call that is probably available at once."""


class TranscriptScreen(CallReading, CallPanels, CallOutput, CallKeys):
    """Fetches and shows one call.

    Args:
        source: Where it comes from.
        target: What the user named.
        session: What the calls of this run share.
    """

    CSS_PATH = "transcript.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.CALL)

    class AnotherWanted(Message):
        """The user wants to open another call."""

    def __init__(self, source: CallSource, target: Target, session: Session) -> None:
        super().__init__()
        self._source = source
        self._target = target
        self._session = session
        self._target_name = safe_line(target.name)
        self._loader = CallLoader(self, source, target, self._target_name, session.clock.now_ms)
        self._analysis = CallAnalysis(self, session.silence_ms, self._take_analysis)
        self._details = CallDetails(self, source, target, session.player)
        self.first_find: tuple[str, bool] | None = None

    def compose(self) -> ComposeResult:
        """Header, turns or the state of the fetch, foot."""
        # attributes, as queries fail for messages that arrive while the screen is removed
        keymap = self._session.keymap
        self._header, self._fetch_panel, self._view = CallHeader(), FetchPanel(keymap), TranscriptView(keymap)
        self._foot, self._timeline, self._middle = Foot(self._view), CallTimeline(self._view), Container(id="middle")
        with Vertical(id="top"):
            yield self._header
            yield self._timeline
            yield Rule()
        with self._middle:
            yield self._view
            yield self._fetch_panel
        yield self._foot

    async def on_mount(self) -> None:
        """Begin to fetch; a call that is available at once is in the first picture."""
        self._ticker = self.set_interval(_TICK_S, self._tick, pause=True)
        self._header.shown = HeaderFacts(name=self._target_name)
        if self._source.is_at_hand(self._target):
            # until this handler returns, the screen is blank and takes no keys
            for message in await self._loader.begin_at_once(self.post_message, _AT_ONCE_S):
                self._take(message)
            self._ticker.resume()
        else:
            self._fetch(looks_up=True)
        self._show_fetch_panel()
        self.call_after_refresh(self._note_seen)

    # The fetch

    def _fetch(self, *, until_there: bool = False, looks_up: bool = False) -> None:
        self._foot.notice = Notice()
        self._loader.begin(self.post_message, until_there=until_there, looks_up=looks_up)
        self._ticker.resume()
        self._tick()

    @on(Fetched)
    @on(FoundKept)
    @on(Recorded)
    @on(Unrecorded)
    @on(Failed)
    @on(Unkept)
    def _take(self, message: FetchMessage) -> None:
        """Show what a message of the fetch changes; late messages of an earlier fetch are dropped."""
        before, had_turns = self._loader.state, self._loader.state.has_turns
        if not self._loader.take(message):
            return
        match message:
            case FoundKept():
                self._foot.note_progress("")
                self._show_turns(message.transcript, again=False)
            case Fetched() if had_turns and before.has_same(message.transcript):
                self._show_record()  # the turns on show stay
                self._note_fetched(message, again=not before.is_cached)
            case Fetched():
                self._note_fetched(message, again=had_turns)
                self._show_turns(message.transcript, again=had_turns)
            case Recorded():
                self._show_record()
            case Unrecorded() if self._loader.state.has_turns:
                self._show_header()
            case Failed() if had_turns and not self._loader.state.has_turns:
                self._foot.note_progress("")
                self._show_nothing(self._target_name)
                self._foot.find.renew()
                self._foot.close_bar()
                self._timeline.renew()
            case Failed() if had_turns:
                self.say(message.error.line(), trouble=True)
            case Unkept():
                self.say(message.notice, trouble=True)
        self._show_fetch_panel()
        self.refresh_bindings()

    def _tick(self) -> None:
        """Show the progress of the fetch."""
        facts = self._loader.facts
        if facts is None:
            self._ticker.pause()
        elif self._loader.state.has_turns:
            self._foot.note_progress(f"{facts.title}   {facts.lines[0]}")
            self._show_foot()
        else:
            self._show_fetch_panel()

    def _show_fetch_panel(self) -> None:
        """Show the state of the fetch in place of the turns, as long as there are none."""
        state, panel = self._loader.state, self._fetch_panel
        panel.display = not state.has_turns
        if state.has_turns:
            self._give_keyboard()
        else:
            panel.shown = presenters.state(state, self._loader.facts, self._target_name, self._session.clock.now_ms())
            self.set_focus(None)
        self._show_foot()

    def _note_fetched(self, message: Fetched, *, again: bool) -> None:
        text = presenters.fetched(message.transcript, message.instead_of, again=again)
        self._foot.note_end(text, trouble=message.instead_of is not None)

    def _show_turns(self, transcript: Transcript, *, again: bool) -> None:
        shown_as = self._session.view
        self._analyzed = None
        self._view.show(transcript, self.labels, shown_as.layout, unfolds_all=shown_as.unfolds_all)
        self._foot.find.renew()
        self._timeline.renew()
        self._details.follow(self._view.turns)
        self._analysis.expect(transcript, self._view.turns)
        self._renew_panel()
        self._load_marks()
        if not again:
            self._go_to_target()
        if self._target.call_id is None:
            self._check_clock()
        self._show_header()
        call_once_drawn(self, self._analysis.begin)

    def _show_record(self) -> None:
        if self._loader.state.transcript is not None:
            self._show_as_wanted()
            self._show_header()
            self._check_clock()
        self._renew_panel()  # it repeats what the header says

    def _check_clock(self) -> None:
        """Report a style of times that this call cannot have; known only once the record is there."""
        time = self._session.view.time
        if time not in self.labels.styles():
            self.say(f"times are offsets, not {time.value}: when the call started is not known")

    def _take_analysis(self, analyzed: Analyzed) -> None:
        """Show the analysis, unless another fetch has replaced the turns meanwhile."""
        on_show = self._loader.state.transcript
        if on_show is not None and analyzed.transcript.source is on_show.source:
            self._analyzed = analyzed
            self._timeline.take(analyzed.timeline, is_timed=bool(analyzed.timing.timed))
            self._foot.find.take_moments(analyzed.remarks.kinds_of)
            self._show_moments()
            self._renew_panel()

    def _go_to_target(self) -> None:
        try:
            turns = self._target.place.range_in(self.document.transcript)
        except UsageError as error:
            self.say(error.line(), trouble=True)
            turns = None
        self._view.go_to_turn(0 if turns is None else turns.start)
        if self.first_find is not None:
            self._foot.find.seek_on(*self.first_find)
            self.first_find = None
        if turns is not None and self._target.place.last_turn is not None:
            self.say(f"turns {turns.start + 1:,} to {turns.stop:,}")

    # What is shown around the turns

    @on(TranscriptView.Moved)
    @on(FindBar.Searched)
    def _show_foot(self) -> None:
        self._timeline.follow()
        current = self._view.current
        self._foot.show(
            StatusFacts(
                moment=presenters.moment(self._analyzed, current),
                place=presenters.place(self._loader.state, current, self._view.time_shown),
                keys=self._foot_keys(),
            )
        )

    def _foot_keys(self) -> Keys:
        """The keys in the foot, those of a panel beside the turns first."""
        words = ((self._session.keymap.word(action.name), self.label_of(action)) for action in FOOT)
        return (*self._panel_keys(), *((key, does) for key, does in words if does))

    def label_of(self, action: Action) -> str:
        """What an action does now, in a word or two; empty if it can do nothing, or its key is a panel's."""
        is_panels = action.scope is Scope.LINES or (action.name == "back" and self._panel_has_keyboard)
        if is_panels or not self.can_do(action.name):
            return ""
        return presenters.label(action, is_first=self.app.screen_stack[0] is self)

    @on(AskBar.Closed)
    def _go_on_reading(self, message: AskBar.Closed) -> None:
        """Give the keyboard to the turns, or back to the panel beside them."""
        panel = self._panel_beside
        if self._loader.state.has_turns:
            (panel if panel is not None and panel is message.returns_to else self._view).focus()
        self._show_foot()

    def _give_keyboard(self) -> None:
        """Focus the turns, or the open bar of the foot, as an answer may arrive while the user types."""
        if not self._foot.take_keyboard() and self._panel_beside is None:
            self._view.focus()

    # What can be done with the call

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action is available: many need turns, some the filter, waiting a missing transcript."""
        if action in WANTS_TURNS:
            return self._loader.state.has_turns
        if action in AROUND:
            return self._loader.state.has_turns and self._foot.find.is_filtered
        if action == "wait_for_transcript":
            state = self._loader.state
            may_come = state.may_still_come and never_comes(state.record, self._session.clock.now_ms()) is None
            return may_come and not self._source.unasked(self._target)
        return True

    def action_refresh_call(self) -> None:
        """Fetch the call again."""
        if self._target.stdin:
            self.say("what came on standard input cannot be read again", trouble=True)
        else:
            self._fetch()

    def action_wait_for_transcript(self) -> None:
        """Look for the transcript until it is there; one that is on show stays meanwhile."""
        self._fetch(until_there=True)

    def action_open_call(self) -> None:
        """Ask for another call."""
        self.post_message(self.AnotherWanted())

    async def action_dismiss(self) -> None:  # type: ignore[override]  # a screen that is no dialog has no result
        """Give up a fetch, else clear the find, else close the panel beside the turns."""
        if self._loader.is_fetching:
            self._give_up()
        elif self._foot.find.pattern or self._panel_beside is None:
            self._foot.find.clear()
            self.say("")
        else:
            await self.on_line_panel_closed()

    def on_descendant_focus(self) -> None:
        """Show the keys of a panel beside the turns as long as it has the keyboard."""
        if self._panel_beside is not None:
            self._show_foot()

    def _give_up(self) -> None:
        """Cancel the fetch, and show again what was on show before: turns, or why there are none."""
        self._loader.give_up()
        self._tick()
        self._show_fetch_panel()
        if self._loader.state.has_turns:
            self._show_header()
        is_told = not self._loader.state.has_turns and self._loader.state.failure is None
        self.say("" if is_told else "gave up fetching")
