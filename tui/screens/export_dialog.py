"""The export dialog: which format, which file; it stays until the file is written or the user gives up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.core.errors import OmniError, UsageError
from tui.core.export import FORMATS, Format, Options, default_name, format_for
from tui.core.text import safe_line
from tui.core.transcript import Call, Transcript
from tui.store.files import write_new
from tui.widgets.field import Field

_NAMES = tuple(FORMATS)
_MOST_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Attributes:
        path: Where it is.
        count: Its size in bytes.
        notes: What had to be adjusted.
    """

    path: Path
    count: int
    notes: tuple[str, ...]


class ExportDialog(ModalScreen[Written]):
    """Asks for a file and writes it; its result is the file written.

    Args:
        transcript: What to write.
        call: Its record.
    """

    CSS_PATH = "export_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("up", "step_format(-1)", show=False, priority=True),
        Binding("down", "step_format(1)", show=False, priority=True),
    ]

    def __init__(self, transcript: Transcript, call: Call | None) -> None:
        super().__init__()
        self._transcript = transcript
        self._call = call
        self._overwrite: str | None = None  # the file name for which Enter once more means to overwrite

    def compose(self) -> ComposeResult:
        """A heading, the file's name, the formats, what to know."""
        with Vertical(id="dialog"):
            yield Static(Content.assemble(("Export to a file", "bold")))
            name = default_name(self._transcript, FORMATS["txt"])
            yield Field(name, most=_MOST_CHARACTERS, id="file")
            yield Static(id="formats")
            yield Static("", id="remark", markup=False)
            yield Static(Content("Enter write   ↑↓ format   Esc back"), classes="dim")

    def on_mount(self) -> None:
        """Show the formats."""
        self._show_formats()

    @property
    def _path(self) -> Path:
        path = Path(self.query_one(Input).value)
        try:
            return path.expanduser()
        except RuntimeError:  # nobody has that name
            return path

    def _is_taken(self) -> bool:
        try:
            return self._path.is_file()
        except OSError:  # such as a name that is too long: writing will say so
            return False

    @property
    def _format(self) -> Format | None:
        """The format that the file's ending stands for; None where it stands for none."""
        with suppress(UsageError):
            return format_for(None, self._path)
        return None

    def _show_formats(self) -> None:
        chosen = self._format
        names = [(f" {name} ", "reverse" if chosen and name == chosen.name else "") for name in _NAMES]
        title = f"   {chosen.title}" if chosen else "   none of these"
        self.query_one("#formats", Static).update(Content.assemble(*names, title))

    def _remark(self, text: str, *, trouble: bool = False) -> None:
        remark = self.query_one("#remark", Static)
        remark.set_class(trouble, "-trouble")
        remark.update(Content(text))

    def on_input_changed(self) -> None:
        """The name's ending tells the format; another name may be free."""
        self._overwrite = None
        self._remark("")
        self._show_formats()

    def action_step_format(self, step: int) -> None:
        """Take the next format, and its ending for the file; the first or last one after an unknown ending."""
        chosen = self._format
        index = _NAMES.index(chosen.name) if chosen else -1 if step > 0 else 0
        wanted = FORMATS[_NAMES[(index + step) % len(_NAMES)]]
        field = self.query_one(Input)
        path = Path(field.value or default_name(self._transcript, wanted))
        field.value = str(path.with_suffix(wanted.suffixes[0])) if path.name else field.value
        field.cursor_position = len(field.value)

    def action_give_up(self) -> None:
        """Close without a file."""
        self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the file, or say why not."""
        if not event.value.strip():
            self._remark("name a file", trouble=True)
        elif self._format and self._is_taken() and self._overwrite != event.value:
            self._overwrite = event.value
            self._remark(f"{safe_line(event.value)} exists – Enter overwrites it, Esc leaves it")
        else:
            self._write(self._path, force=self._overwrite == event.value)

    @work(exclusive=True)
    async def _write(self, path: Path, *, force: bool) -> None:
        try:
            chosen = format_for(None, path)
            export = await asyncio.to_thread(chosen.render, self._transcript, self._call, Options())
            data = export.text.encode()
            await asyncio.to_thread(write_new, path, data, force=force)
        except OmniError as error:
            self._remark(error.line(), trouble=True)
        else:
            self.dismiss(Written(path, len(data), export.notes))
