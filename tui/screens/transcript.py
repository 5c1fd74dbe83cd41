"""The screen of one call: it owns what is known of the call and how it is shown.

A worker fetches and posts messages; only the handlers of these messages change the screen's state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.errors import NotFoundError, UsageError
from tui.core.layout import Layout, TimeLabels
from tui.core.slices import give_way
from tui.core.survey import Survey
from tui.core.target import Target, link
from tui.core.text import safe_line
from tui.core.transcript import Call, Transcript
from tui.fetch import Fetcher
from tui.keys import BY_NAME, FOOT, bindings, key_word
from tui.screens import call_words
from tui.screens.fetching import Failed, Fetched, Fetching, Recorded
from tui.screens.find_bar import FindBar
from tui.screens.foot import Foot
from tui.screens.reading import Reading
from tui.widgets.call_header import CallHeader, HeaderFacts
from tui.widgets.fetch_panel import FetchFacts, FetchPanel
from tui.widgets.rule import Rule
from tui.widgets.status_bar import StatusFacts
from tui.widgets.transcript_view import TranscriptView

_TICK_S = 0.5
_SURVEYED_AT_ONCE = 500
_LARGE_COPY_BYTES = 16_000
"""What takes more than two seconds over a link of 64 kbit/s, in which the terminal shows nothing else."""
_WANTS_TURNS = {
    "go_to", "cycle_time", "toggle_layout", "find", "next_hit", "previous_hit", "toggle_filter",
    "export", "copy_turn", "copy_transcript",
}  # fmt: skip


class TranscriptScreen(Screen[None]):
    """Fetches and shows one call.

    Args:
        fetcher: Fetches it.
        target: What the user named.
        reading: How to show it.
        clock: What time it is, and in which zone.
    """

    CSS_PATH = "transcript.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "go_to", "cycle_time", "toggle_layout", "find", "next_hit", "previous_hit", "toggle_filter", "dismiss",
        "export", "copy_turn", "copy_transcript", "open_call", "refresh_call", "wait_for_transcript",
    )  # fmt: skip

    class AnotherWanted(Message):
        """The user wants to open another call."""

    @dataclass
    class Copied(Message):
        """A safe text is meant for the clipboard."""

        text: str

    def __init__(
        self,
        fetcher: Fetcher,
        target: Target,
        reading: Reading,
        *,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._fetcher = fetcher
        self._target = target
        self._reading = reading
        self._clock = clock
        self._called = safe_line(target.name)
        self._transcript: Transcript | None = None
        self._call: Call | None = None
        self._survey = Survey()
        self._is_missing = False
        self._fetching: Fetching | None = None
        self._worker: Worker[None] | None = None
        self._notice: tuple[str, bool] = ("", False)

    def compose(self) -> ComposeResult:
        """Header, turns or the state of the fetch, foot."""
        with Vertical(id="top"):
            yield CallHeader()
            yield Rule()
        view = TranscriptView()
        with Container(id="middle"):
            yield view
            yield FetchPanel()
        yield Foot(view, id="foot")

    async def on_mount(self) -> None:
        """Begin to fetch; what is at hand is there in the first picture."""
        self._view = self.query_one(TranscriptView)
        self._foot = self.query_one(Foot)
        self._find = self._foot.find
        self._ticker = self.set_interval(_TICK_S, self._tick, pause=True)
        self.query_one(CallHeader).shown = HeaderFacts(name=self._called)
        self._show_panel(FetchFacts())
        if self._fetcher.is_at_hand(self._target):
            await self._fetch_at_once()
        else:
            self._fetch(self.post_message)

    # The fetch

    async def _fetch_at_once(self) -> None:
        """Fetch what needs no waiting, and take it before anything is laid out."""
        answers: list[Message] = []
        fetching = self._fetch(answers.append)
        await fetching.answered.wait()
        fetching.post = self.post_message
        for message in answers:
            self._take(message)

    def _take(self, message: Message) -> None:
        match message:
            case Fetched():
                self._take_transcript(message)
            case Recorded():
                self._take_record(message)
            case Failed():
                self._take_failure(message)

    def _fetch(self, post: Callable[[Message], object], *, until_there: bool = False) -> Fetching:
        self._fetching = fetching = Fetching(self._fetcher, self._target, self._called, post)
        self._worker = self.run_worker(
            fetching.run(until_there=until_there), group="fetch", exclusive=True, exit_on_error=True
        )
        self._ticker.resume()
        self._tick()
        return fetching

    def _tick(self) -> None:
        """Say how the fetch comes along."""
        if self._fetching is None:
            return
        facts = self._fetching.facts()
        if self._transcript is None:
            self._show_panel(facts)
        else:
            self._say(f"{facts.title}   {facts.lines[0]}")

    def _end_fetch(self) -> None:
        self._fetching = None
        self._ticker.pause()

    def _show_panel(self, facts: FetchFacts | None) -> None:
        """Show the state of the fetch where the turns will stand; None shows the turns."""
        panel = self.query_one(FetchPanel)
        panel.display = facts is not None
        if facts is None:
            self._give_keyboard()
        else:
            panel.shown = facts
            self.set_focus(None)
        self._show_foot()

    @on(Fetched)
    def _take_transcript(self, message: Fetched) -> None:
        again, self._transcript = self._transcript is not None, message.transcript
        self._end_fetch()
        self._is_missing = not message.transcript.turns and message.transcript.plain is None
        self._survey = Survey()
        self._view.show(message.transcript, self._labels(), self._reading.layout)
        self._find.renew()
        self._show_panel(self._nothing_said() if self._is_missing else None)
        if message.instead_of is not None:
            self._say(message.instead_of.line(), trouble=True)
        else:
            self._say(f"fetched again: {call_words.turn_count(message.transcript)}" if again else "")
        if not again:
            self._go_to_target()
        if self._target.call_id is None:
            self._check_clock()
        self._show_header()
        self.call_after_refresh(self._remember)  # which writes to a disk
        self.call_after_refresh(self._take_stock)

    def _nothing_said(self) -> FetchFacts:
        return call_words.failed(
            NotFoundError("The transcript is empty: nothing was said, or nothing is there yet"),
            self._call or (None if self._transcript is None else self._transcript.record),
            self._clock.now_ms(),
        )

    @on(Recorded)
    def _take_record(self, message: Recorded) -> None:
        self._call = message.call
        if self._transcript is not None:
            self._view.show_as(self._labels(), self._reading.layout)
            self._show_header()
            self._check_clock()
            self.call_after_refresh(self._remember)

    def _check_clock(self) -> None:
        """Say it where the clock that was asked for cannot be shown; only after the record is that known."""
        if self._reading.time not in self._labels().styles():
            self._say(f"times are offsets, not {self._reading.time.value}: when the call started is not known")

    @on(Failed)
    def _take_failure(self, message: Failed) -> None:
        self._end_fetch()
        self._call = message.call or self._call
        self._is_missing = isinstance(message.error, NotFoundError)
        if self._transcript is None:
            self._show_panel(call_words.failed(message.error, self._call, self._clock.now_ms()))
        else:
            self._say(message.error.line(), trouble=True)
        self.refresh_bindings()

    @work(group="keep")
    async def _remember(self) -> None:
        """Have the call kept, and offered the next time."""
        if self._transcript is None:
            return
        if trouble := await self._fetcher.keep(self._target, self._transcript, self._call):
            self._say(trouble, trouble=True)

    @work(exclusive=True, group="survey")
    async def _take_stock(self) -> None:
        """Look through all turns, a few at a time, for what the header says of them."""
        turns = self._view.turns
        for start in range(0, len(turns), _SURVEYED_AT_ONCE):
            self._survey.take(turns[start : start + _SURVEYED_AT_ONCE])
            await give_way()
        self._show_header()

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
        return TimeLabels(self._reading.time, epoch_ms, self._clock.zone)

    def _show_header(self) -> None:
        if self._transcript is not None:
            header = call_words.header(self._transcript, self._call, self._survey, self._clock)
            self.query_one(CallHeader).shown = header

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
                place=self._place(),
                keys=tuple((key_word(action.keys[0]), action.label) for action in possible),
            )
        )

    def _place(self) -> tuple[str, ...]:
        turns = self._view.turns
        if self._transcript is None or not turns:
            return ()
        at, count = self._view.current, len(turns)
        numbered = "" if self._transcript.plain is not None else f"turn {at + 1:,} of {count:,}"
        share = 100 * (at + 1) // count
        return tuple(filter(None, (numbered, self._view.time_shown(at), f"{share} %")))

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
        self._notice = ("", False)
        await self._foot.ask_what_to_find()

    async def action_go_to(self) -> None:
        """Ask where to go."""
        await self._foot.ask_where_to_go()

    def action_next_hit(self) -> None:
        """Go to the next hit."""
        self._notice = ("", False)
        self._find.step(1)

    def action_previous_hit(self) -> None:
        """Go to the previous hit."""
        self._notice = ("", False)
        self._find.step(-1)

    def action_toggle_filter(self) -> None:
        """Show only turns with a hit, or all."""
        self._find.toggle_filter()

    # What can be done with the call

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs turns is not possible without any; waiting only for what is missing."""
        if action in _WANTS_TURNS:
            return self._transcript is not None and bool(self._view.turns)
        if action == "wait_for_transcript":
            return self._is_missing and not self._target.stdin
        if action == "refresh_call":
            return not self._target.stdin
        return True

    def action_cycle_time(self) -> None:
        """Show times in the next style that this call has."""
        styles = self._labels().styles()
        at = styles.index(self._reading.time) if self._reading.time in styles else 0
        self._reading = self._reading._replace(time=styles[(at + 1) % len(styles)])
        self._view.show_as(self._labels(), self._reading.layout)
        self._say(f"times: {self._reading.time.value}")

    def action_toggle_layout(self) -> None:
        """Change between chat and script."""
        chat = self._view.layout_shown is Layout.CHAT
        self._reading = self._reading._replace(layout=Layout.SCRIPT if chat else Layout.CHAT)
        self._view.show_as(self._labels(), self._reading.layout)

    def action_refresh_call(self) -> None:
        """Fetch the call again."""
        self._fetch(self.post_message)

    def action_wait_for_transcript(self) -> None:
        """Look for the transcript until it is there; one that is on show stays meanwhile."""
        if not self._view.turns:
            self._transcript = None
        self._fetch(self.post_message, until_there=True)

    def action_open_call(self) -> None:
        """Ask for another call."""
        self.post_message(self.AnotherWanted())

    def action_dismiss(self) -> None:  # type: ignore[override]  # a screen that is no dialog has no result
        """Give up a fetch, else clear the find."""
        if self._fetching is not None and self._worker is not None:
            self._worker.cancel()
            self._end_fetch()
            if self._transcript is None:
                self._show_panel(call_words.given_up(self._called))
            self._say("gave up fetching" if self._transcript else "")
        else:
            self._find.clear()
            self._say("")

    def action_export(self) -> None:
        """Write the transcript to a file."""
        assert self._transcript is not None
        self._export(self._transcript)

    @work
    async def _export(self, transcript: Transcript) -> None:
        """Ask for the file, and say where it is; meanwhile the next key may have done anything."""
        from tui.screens.export_dialog import ExportDialog

        if self.app.screen is not self:  # two keys may come before the first has opened the dialog
            return
        written = await self.app.push_screen_wait(ExportDialog(transcript, self._call))
        if written is not None:
            self._say(call_words.written(written.path, written.count, written.notes))

    def action_copy_turn(self) -> None:
        """Put the turn and its link on the clipboard."""
        assert self._transcript is not None
        at = self._view.current
        address = link(self._transcript.call_id, at + 1)
        text = call_words.quoted(self._view.turns[at], self._view.time_shown(at), address)
        self._copy(f"turn {at + 1:,}", text, "copy_turn")

    def action_copy_transcript(self) -> None:
        """Put the whole transcript, as text, on the clipboard."""
        assert self._transcript is not None
        self._copy("transcript", call_words.as_text(self._transcript, self._call), "copy_transcript")

    def _copy(self, what: str, text: str, action: str) -> None:
        """Send a text to the clipboard; of a large one the size is told first, and the same key again sends it."""
        count = len(text.encode(errors="replace"))
        offer = call_words.large_copy(what, count, key_word(BY_NAME[action].keys[0]))
        if count > _LARGE_COPY_BYTES and self._notice[0] != offer:
            self._say(offer)
            return
        self.post_message(self.Copied(text))
        self._say(call_words.copied(what, count))
