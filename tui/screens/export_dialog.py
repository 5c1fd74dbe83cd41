"""The export dialog: which file, format, turns, options; it stays until the file is written or the user gives up."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Input, Static

from tui.core.call import CallDocument
from tui.core.errors import OmniError, UsageError
from tui.core.export import FORMATS, Format, format_for
from tui.core.export.file_name import default_name
from tui.core.layout import lines_within
from tui.core.text import safe_line
from tui.keys import Place
from tui.screens.dialog import Dialog
from tui.screens.export_job import ExportJob, FileExistsAlreadyError
from tui.screens.export_options import ExportOptions
from tui.screens.session import ExportMemory, Session
from tui.store.files import expanded
from tui.terminal.typeahead import Due
from tui.themes import QUIET
from tui.widgets.bindings import bindings
from tui.widgets.safe_input import SafeInput
from tui.widgets.switch import Switch

_NAMES = tuple(FORMATS)
_NAMED = "format"
"""The name of the format that a cell shows, in the style's data."""
_MOST_CHARACTERS = 4_096
_SPACIOUS_ROWS, _BORDERED_ROWS = 16, 10
"""In a lower window there are no blank rows between the parts; in one that is lower still, there is no border."""
_NARROW_CELLS = 60
"""In a narrower window each option has a row of its own."""
_LEAST_ROWS, _BLANK_ROWS = 3, 2
"""The rows of heading, file and keys, and the blank ones around the formats and options."""
_PADDING = 2
_GAP = "   "
_WHILE_WRITING = ("dismiss", "redraw", "toggle_mouse", "suspend_process", "copy_or_quit")
"""The actions that need not wait until the file is written."""


class ExportDialog(Dialog[ExportJob]):
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
        self._at_once = {key for name in _WHILE_WRITING for key in session.keymap.keys(name)}
        self._asked_s = 0.0
        self._document = document
        self._session = session
        self._job: ExportJob | None = None
        self._said = ""  # the remark
        self._overwrite: str | None = None  # a second Enter overwrites the file of this name

    def compose(self) -> ComposeResult:
        """The heading, the file's name, the formats and their options, which scroll, a remark and the keys."""
        with Vertical(id="dialog"):
            yield Static(Content.assemble(("Export to a file", "bold")), id="heading")
            # attributes, as queries fail for events that arrive while the dialog is removed
            self._field = SafeInput(self._first_name(), most=_MOST_CHARACTERS, id="file")
            self._formats, self._remarked = Static(id="formats"), Static("", id="remark", markup=False)
            self._options = ExportOptions(self._document.transcript, self._session, self._marks)
            self._foot = Static(id="keys", markup=False)
            yield self._field
            self._choices = VerticalScroll(self._formats, self._options, id="choices", can_focus=False)
            yield from (self._choices, self._remarked, self._foot)

    def due(self, key: events.Key) -> Due:
        """When a key acts: one that is typed while the file is written waits for its end.

        What was typed before the question whether to overwrite was on show does not answer it.
        """
        if self._overwrite is not None and key.time < self._asked_s:
            return Due.NEVER
        return Due.NOW if self._job is None or key.key in self._at_once else Due.LATER

    def on_resize(self) -> None:
        """Make room for the remark and the keys in any window."""
        self.set_class(self.size.height < _SPACIOUS_ROWS, "-dense")
        self.set_class(self.size.height < _BORDERED_ROWS, "-low")
        self.set_class(self.size.width < _NARROW_CELLS, "-narrow")
        self._show_formats()
        self._place_remark()

    def _keys(self) -> Content:
        """The keys that can do something now, as many as the width has room for, the most important first."""
        word, options = self._word, self._options
        keys = [(word("accept"), "write"), (word("dismiss"), "back")]
        keys.append((f"{word('choose_previous')}{word('choose_next')}", "format"))
        keys += [(word("next_part"), options.kind)] if options.kind else []
        keys += [(word("toggle_option"), "on, off")] if options.has_switches else []
        shown = [Content.assemble((key, "bold"), (f" {label}", QUIET)) for key, label in keys]
        while len(shown) > 1 and Content(_GAP).join(shown).cell_length > self.size.width - _PADDING:
            shown.pop()
        return Content(_GAP).join(shown)

    def _first_name(self) -> str:
        """The last file if it was for the same call; else a new name with the same directory and format."""
        last, transcript = self._session.exports, self._document.transcript
        if last.call_id == transcript.call_id:
            return last.file
        return str(Path(last.file).parent / default_name(transcript, format_for(None, Path(last.file))))

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
        names = [(f" {name} ", _style(name, chosen)) for name in _NAMES]
        title = f"   {chosen.title}" if chosen else "   none of these"
        self._formats.update(Content.assemble(*names, title))
        self._options.show_for(chosen)
        self._foot.update(self._keys())

    def _remark(self, text: str, *, trouble: bool = False) -> None:
        self._remarked.set_class(trouble, "-trouble")
        self._said = text
        self._place_remark()

    def _place_remark(self) -> None:
        """Show the remark in as many rows as there are; the formats and options scroll in the rest."""
        around = _BLANK_ROWS * (not self.has_class("-dense")) + (not self.has_class("-low"))
        rows = self.size.height - _LEAST_ROWS - around
        lines = lines_within(self._said, max(1, self.size.width - _PADDING), max(1, rows - 1))
        self._remarked.update(Content("\n".join(lines)))
        self._choices.styles.max_height = max(1, rows - len(lines))

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
        self._choose(FORMATS[_NAMES[(index + step) % len(_NAMES)]])

    def on_click(self, event: events.Click) -> None:
        """Choose the format under the pointer."""
        if name := self.get_style_at(event.screen_x, event.screen_y).meta.get(_NAMED):
            self._choose(FORMATS[name])

    def _choose(self, wanted: Format) -> None:
        typed = self._field.value
        path = Path(typed or default_name(self._document.transcript, wanted))
        self._field.fill(str(path.with_suffix(wanted.suffixes[0])) if path.name else typed)

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
            self._job, self._overwrite, self._asked_s = None, name, monotonic()
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
        call_id, options = self._document.transcript.call_id, self._options
        self._session.exports = ExportMemory(call_id, name, options.turns, options.switched_on)


def _style(name: str, chosen: Format | None) -> Style:
    """The style of a format's name, with which a click finds it."""
    return Style(reverse=(chosen is not None and name == chosen.name) or None) + Style.from_meta({_NAMED: name})
