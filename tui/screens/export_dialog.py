"""The export dialog: which file, format, turns, options; it stays until the file is written or the user gives up."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.core.call import CallDocument
from tui.core.errors import OmniError, UsageError
from tui.core.export import FORMATS, Format, format_for
from tui.core.export.file_name import default_name
from tui.core.text import safe_line
from tui.keys import Place
from tui.screens.dialog import Dialog
from tui.screens.export_job import ExportJob, FileExistsAlreadyError
from tui.screens.export_options import ExportOptions
from tui.screens.session import Session
from tui.store.files import expanded
from tui.widgets.bindings import bindings
from tui.widgets.safe_input import SafeInput
from tui.widgets.switch import Switch

_NAMES = tuple(FORMATS)
_MOST_CHARACTERS = 4_096


class ExportDialog(Dialog[ExportJob | None]):
    """Asks for a file and writes it; its result is the export job, ended or given up; None without one.

    Args:
        document: The call to write.
        session: The keys, and the choices of the last export, which are updated by this one.
        marks: The indexes of the marked turns.
    """

    CSS_PATH = "export_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.EXPORT,
        accept="write",
        choose_next="step_format(1)",
        choose_previous="step_format(-1)",
        dismiss="give_up",
        next_part="app.focus_next",
        previous_part="app.focus_previous",
    )

    def __init__(self, document: CallDocument, session: Session, *, marks: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self._marks = marks
        self._word = session.keymap.word
        self._document = document
        self._session = session
        self._job: ExportJob | None = None
        self._overwrite: str | None = None  # a second Enter overwrites the file of this name

    def compose(self) -> ComposeResult:
        """The heading, the file's name, the formats, their options, a remark and the keys."""
        with Vertical(id="dialog"):
            yield Static(Content.assemble(("Export to a file", "bold")))
            # attributes, as queries fail for events that arrive while the dialog is removed
            self._field = SafeInput(self._first_name(), most=_MOST_CHARACTERS, id="file")
            self._formats, self._remarked = Static(id="formats"), Static("", id="remark", markup=False)
            self._options = ExportOptions(self._document.transcript, self._session, self._marks)
            yield from (self._field, self._formats, self._options, self._remarked)
            yield Static(Content(self._keys()), classes="dim")

    def _keys(self) -> str:
        """The keys of the dialog."""
        word = self._word
        steps = f"{word('choose_previous')}{word('choose_next')} format   {word('next_part')} options"
        return f"{word('accept')} write   {steps}   {word('toggle_option')} on, off   {word('dismiss')} back"

    def _first_name(self) -> str:
        """The last file if it was for the same call; else a new name with the same directory and format."""
        memory = self._session.exports
        if memory.call_id == self._document.transcript.call_id:
            return memory.file
        return str(memory.directory / default_name(self._document.transcript, format_for(memory.suffix, None)))

    def on_mount(self) -> None:
        """Show the formats."""
        self._show_formats()

    @property
    def _path(self) -> Path:
        return expanded(self._field.value)

    @property
    def _format(self) -> Format | None:
        """The format of the file's ending; None if it is unknown."""
        with suppress(UsageError):
            return format_for(None, self._path)
        return None

    def _show_formats(self) -> None:
        chosen = self._format
        names = [(f" {name} ", "reverse" if chosen and name == chosen.name else "") for name in _NAMES]
        title = f"   {chosen.title}" if chosen else "   none of these"
        self._formats.update(Content.assemble(*names, title))
        self._options.show_for(chosen)

    def _remark(self, text: str, *, trouble: bool = False) -> None:
        self._remarked.set_class(trouble, "-trouble")
        self._remarked.update(Content(text))

    @on(Input.Changed)
    @on(Switch.Changed)
    def _change(self) -> None:
        """Update the format from the file's ending; a changed name or option needs a new consent to overwrite."""
        self._overwrite = None
        self._remark("")
        self._show_formats()

    def action_step_format(self, step: int) -> None:
        """Choose the next format and its file ending; the first or last one after an unknown ending."""
        chosen = self._format
        index = _NAMES.index(chosen.name) if chosen else -1 if step > 0 else 0
        wanted = FORMATS[_NAMES[(index + step) % len(_NAMES)]]
        field = self._field
        path = Path(field.value or default_name(self._document.transcript, wanted))
        field.value = str(path.with_suffix(wanted.suffixes[0])) if path.name else field.value
        field.cursor_position = len(field.value)

    def action_give_up(self) -> None:
        """Close at once, and cancel the writing if that is still possible."""
        if self not in self.app.screen_stack:  # already closed
            return
        if self._job is not None:
            self._job.give_up()
        self.dismiss(self._job)

    def on_unmount(self) -> None:
        """Cancel the writing, as its result cannot be shown any more."""
        if self._job is not None:
            self._job.give_up()

    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write the file, or show why not; does nothing while one is being written."""
        name = self._field.value
        if not name.strip():
            self._remark("name a file", trouble=True)
        elif self._job is None:
            try:
                options = self._options.chosen(self._format)
            except UsageError as error:
                self._remark(error.line(), trouble=True)
                return
            self._remark(f"writing – {self._word('dismiss')} gives up")
            self._job = ExportJob(self._document, self._path, options, force=self._overwrite == name)
            self._await(self._job, name)

    @work
    async def _await(self, job: ExportJob, name: str) -> None:
        try:
            await job.written()
        except FileExistsAlreadyError:
            self._job, self._overwrite = None, name
            overwrite, leave = self._word("accept"), self._word("dismiss")
            self._remark(f"{overwrite} overwrites, {leave} leaves: {safe_line(name)} exists")
        except OmniError as error:
            self._job = None
            self._remark(error.line(), trouble=True)
        else:
            self._remember(name)
            self.dismiss(job)

    def _remember(self, name: str) -> None:
        """Store the choices for the next export."""
        memory, path = self._session.exports, Path(name)
        memory.suffix, memory.directory, memory.file = path.suffix or ".txt", path.parent, name
        memory.switches, memory.turns = self._options.switched_on, self._options.turns
        memory.call_id = self._document.transcript.call_id
