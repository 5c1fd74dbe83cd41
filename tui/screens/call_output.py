"""Copies and exports from the screen of a call."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from tui.core.background import in_daemon_thread
from tui.core.errors import OmniError
from tui.core.target import link_to
from tui.core.text import safe_line
from tui.options import COMMANDS
from tui.screens import presenters
from tui.screens.call_details import LinkFetched
from tui.screens.call_marking import CallMarking

if TYPE_CHECKING:
    from tui.screens.export_job import ExportJob

_LARGE_COPY_BYTES = 16_000
"""From here on a copy blocks the terminal for more than two seconds on a link of 64 kbit/s."""


class CallOutput(CallMarking):
    """The actions that copy and export the call of a screen."""

    @dataclass
    class Copied(Message):
        """A safe text is to be sent to the clipboard."""

        text: str

    async def action_export(self) -> None:
        """Ask for a file, and write the transcript to it."""
        from tui.screens.export_dialog import ExportDialog

        document = self.document
        await self._await_marks()
        dialog = ExportDialog(document, self._session, marks=frozenset(self._marks))
        self.app.push_screen(dialog, self._tell_of_export)

    def _tell_of_export(self, job: ExportJob | None) -> None:
        if job is not None:
            self._tell_where(job)

    @work
    async def _tell_where(self, job: ExportJob) -> None:
        """Show where the file is, or why there is none."""
        try:
            written = await job.written()
        except OmniError as error:  # the export failed after it could be cancelled
            self.say(error.line(), trouble=True)
        else:
            self.say(presenters.export_ended(job.path, written))

    def action_copy_turn(self) -> None:
        """Put the turn and its link on the clipboard."""
        at = self._view.current
        address, view = link_to(self.document.transcript, at + 1) or "", self._view
        text = presenters.quoted(view.turns[at], view.time_shown(at), view.remarks_shown(at), address)
        self._copy(presenters.turn_name(at), text, "copy_turn")

    def action_copy_command(self) -> None:
        """Put a command that opens the turn on the clipboard."""
        transcript = self.document.transcript
        address = link_to(transcript, self._view.current + 1)
        if address is None or safe_line(address) != address:
            why = "has no name that can be typed" if address else "came through standard input or a pipe"
            self.say(f"no command opens this: it {why}", trouble=True)
            return
        program, *source = self._session.command
        words = (program, *source) if transcript.has_id else (program,)
        name = ("open",) if address in COMMANDS else ()
        self._send("command", safe_line(shlex.join((*words, *name, address))))

    async def action_copy_transcript(self) -> None:
        """Put the whole transcript, as text, on the clipboard; keys wait for it, drawing does not."""
        text = await in_daemon_thread(presenters.as_text, self.document, self._session.silence_ms)
        self._copy("transcript", text, "copy_transcript")

    @on(LinkFetched)
    def _copy_link(self, message: LinkFetched) -> None:
        self._send("link to the recording", message.url)

    def _copy(self, what: str, text: str, action: str) -> None:
        """Send a text to the clipboard; for a large one, show its size first, and send it when the key is repeated."""
        count = len(text.encode(errors="replace"))
        offer = presenters.large_copy(what, count, self._session.keymap.word(action))
        if count > _LARGE_COPY_BYTES and self._foot.notice.text != offer:
            self.say(offer)
            return
        self._send(what, text)

    def _send(self, what: str, text: str) -> None:
        """Send a text to the clipboard, and say so in the foot."""
        self.post_message(self.Copied(text))
        self.say(presenters.copied(what, len(text.encode(errors="replace"))))
