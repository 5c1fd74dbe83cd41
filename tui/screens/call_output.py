"""What leaves the screen of a call: copies for the clipboard, and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.screen import Screen

from tui.core.errors import OmniError
from tui.core.target import link
from tui.core.transcript import Call, Transcript
from tui.keys import BY_NAME, key_word
from tui.screens import presenters
from tui.screens.export_memory import ExportMemory
from tui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from tui.screens.export_job import ExportJob

_LARGE_COPY_BYTES = 16_000
"""What takes more than two seconds over a link of 64 kbit/s, in which the terminal shows nothing else."""


class CallOutput(Screen[None]):
    """The actions of a screen with a call that copy and export it; the screen itself says what is on show."""

    _view: TranscriptView
    _transcript: Transcript | None
    _call: Call | None
    _notice: tuple[str, bool]
    _exports: ExportMemory

    @dataclass
    class Copied(Message):
        """A safe text is meant for the clipboard."""

        text: str

    def _say(self, notice: str, *, trouble: bool = False) -> None:
        """Say something in the foot."""
        raise NotImplementedError

    def action_export(self) -> None:
        """Ask for a file, and write the transcript to it."""
        from tui.screens.export_dialog import ExportDialog

        assert self._transcript is not None
        self.app.push_screen(ExportDialog(self._transcript, self._call, self._exports), self._tell_of_export)

    def _tell_of_export(self, job: ExportJob | None) -> None:
        if job is not None:
            self._tell_where(job)

    @work
    async def _tell_where(self, job: ExportJob) -> None:
        """Say where the file is, or that there is none."""
        try:
            written = await job.written()
        except OmniError as error:  # it was too late to give it up
            self._say(error.line(), trouble=True)
        else:
            self._say(presenters.export_ended(job.path, written))

    def action_copy_turn(self) -> None:
        """Put the turn and its link on the clipboard."""
        assert self._transcript is not None
        at = self._view.current
        address = link(self._transcript.call_id, at + 1)
        view = self._view
        text = presenters.quoted(view.turns[at], view.time_shown(at), view.remarks_shown(at), address)
        self._copy(f"turn {at + 1:,}", text, "copy_turn")

    def action_copy_transcript(self) -> None:
        """Put the whole transcript, as text, on the clipboard."""
        assert self._transcript is not None
        self._copy("transcript", presenters.as_text(self._transcript, self._call), "copy_transcript")

    def _copy(self, what: str, text: str, action: str) -> None:
        """Send a text to the clipboard; of a large one the size is told first, and the same key again sends it."""
        count = len(text.encode(errors="replace"))
        offer = presenters.large_copy(what, count, key_word(BY_NAME[action].keys[0]))
        if count > _LARGE_COPY_BYTES and self._notice[0] != offer:
            self._say(offer)
            return
        self.post_message(self.Copied(text))
        self._say(presenters.copied(what, count))
