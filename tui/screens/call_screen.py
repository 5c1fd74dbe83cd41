"""What the parts of a call's screen share: its widgets, the call on show, and how they report something.

The actions stand in the parts, and what the fetch brings in ``transcript``, which is made of them.
"""

from __future__ import annotations

from textual.containers import Container
from textual.screen import Screen

from tui.core.anomalies import Anomalies
from tui.core.call import CallDocument, CallFacts
from tui.core.find import RECORD_AWAITED
from tui.core.layout import NO_REMARKS, Remarks, TimeLabels
from tui.core.memory import free_memory
from tui.core.target import Target
from tui.screens import presenters
from tui.screens.analysis import Analyzed, CallAnalysis
from tui.screens.call_details import CallDetails
from tui.screens.call_loader import CallLoader
from tui.screens.foot import Foot, Notice
from tui.screens.session import Session
from tui.sources.call_source import CallSource
from tui.widgets.call_header import CallHeader
from tui.widgets.call_timeline import CallTimeline
from tui.widgets.transcript_view import TranscriptView


class CallScreen(Screen[None]):
    """The screen of a call, without its actions."""

    _source: CallSource
    _target: Target
    _session: Session
    _loader: CallLoader
    _analysis: CallAnalysis
    _analyzed: Analyzed | None = None
    _details: CallDetails
    _header: CallHeader
    _timeline: CallTimeline
    _middle: Container
    _view: TranscriptView
    _foot: Foot
    _marks: tuple[int, ...] = ()

    @property
    def document(self) -> CallDocument:
        """The call on show."""
        document = self._loader.state.document
        assert document is not None
        return document

    @property
    def labels(self) -> TimeLabels:
        """How the times of the call on show are written."""
        document = self._loader.state.document
        epoch_ms = None if document is None else document.clock_zero_ms
        return TimeLabels(self._session.view.time, epoch_ms, self._session.clock.zone)

    def _remarks_of(self, turn: int) -> Remarks:
        """What is said of a turn besides its words."""
        remarks = NO_REMARKS if self._analyzed is None else self._analyzed.remarks.of(turn)
        return remarks._replace(is_marked=True) if turn in self._marks else remarks

    def on_unmount(self) -> None:
        """Free the memory of the call, whatever has closed it, once what is below is drawn.

        The app calls back, as a callback of the screen would itself hold the screen.
        """
        self.app.call_later(self.app.call_after_refresh, free_memory)

    def say(self, text: str, *, trouble: bool = False) -> None:
        """Show a notice in the foot; an empty text removes it."""
        self._foot.notice = Notice(text, trouble)
        self._show_foot()

    def _show_foot(self) -> None:
        raise NotImplementedError

    def _show_header(self) -> None:
        known, document = self._analyzed, self.document
        awaits_record = self._loader.state.record is None and self._loader.may_record
        self._foot.find.take_facts(None if awaits_record else CallFacts(document.record.label, document.start_ms))
        if not awaits_record and self._foot.notice.text == RECORD_AWAITED:
            self.say("")
        anomalies = known.anomalies if known else Anomalies()
        self._header.shown = presenters.header(document, anomalies, self._session.clock, known)

    def _give_keyboard(self) -> None:
        """Focus the turns, or the open bar of the foot."""
        raise NotImplementedError
