"""The line of the export dialog for the range of turns and the options of the format."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from tui.core.export import SWITCHES, Format
from tui.core.export.model import Options
from tui.core.target import parse_turns
from tui.core.transcript import Transcript
from tui.screens.session import Session
from tui.widgets.safe_input import SafeInput
from tui.widgets.switch import Switch

_MOST_CHARACTERS = 30


class ExportOptions(Horizontal):
    """Shows the options that have an effect on a format, and no others.

    Args:
        transcript: What is exported; one plain text has no turns to choose from.
        session: The choices of the last export, and the least silence.
        marks: The indexes of the marked turns.
    """

    def __init__(self, transcript: Transcript, session: Session, marks: frozenset[int]) -> None:
        super().__init__(id="options")
        self._marks = marks
        self._transcript = transcript
        self._silence_ms = session.silence_ms
        memory = session.exports
        has_turns = transcript.plain is None
        turns = memory.turns if has_turns and memory.call_id == transcript.call_id else ""
        self._turns = SafeInput(turns, most=_MOST_CHARACTERS, placeholder="all, or 9..14", id="turns")
        self._turns.display = has_turns
        self._switches = {
            name: Switch(label, is_on=name in memory.switches, id=name.replace("_", "-"))
            for name, label in SWITCHES.items()
        }

    def compose(self) -> ComposeResult:
        """The turns, then the switches."""
        with Horizontal(id="range"):
            if self._turns.display:
                yield Static("turns ", classes="dim")
            yield self._turns
        yield from self._switches.values()

    def show_for(self, wanted: Format | None) -> None:
        """Show the options with an effect on a format, None for an unknown one; the keyboard stays with one of them."""
        effective = self._effective(wanted)
        for name, switch in self._switches.items():
            if switch.has_focus and name not in effective:
                self.screen.focus_previous()
            switch.display = name in effective

    def _effective(self, wanted: Format | None) -> frozenset[str]:
        """The options with an effect on a format; without any mark, that of the marks has none."""
        effective = frozenset(wanted.switches if wanted else ())
        return effective if self._marks else effective - {"marks"}

    @property
    def has_switches(self) -> bool:
        """Whether there is an option to turn on or off."""
        return any(switch.display for switch in self._switches.values())

    @property
    def kind(self) -> str:
        """What can be chosen here besides the format, in a word; empty for nothing."""
        return "options" if self.has_switches else "turns" if self._turns.display else ""

    @property
    def turns(self) -> str:
        """The range as typed."""
        return self._turns.value.strip()

    @property
    def switched_on(self) -> frozenset[str]:
        """The switches that are on, shown or not."""
        return frozenset(name for name, switch in self._switches.items() if switch.is_on)

    def chosen(self, wanted: Format | None) -> Options:
        """The chosen options that have an effect on a format.

        Raises:
            UsageError: There are no such turns.
        """
        on = self.switched_on & self._effective(wanted)
        switches: dict[str, Any] = dict.fromkeys(on - {"marks"}, True)
        return Options(
            **switches,
            marks=self._marks if "marks" in on else frozenset(),
            turns=parse_turns(self.turns).range_in(self._transcript),
            silence_ms=self._silence_ms,
        )
