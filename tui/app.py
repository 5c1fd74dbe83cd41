"""The Textual app: themes, screens and lifetimes. Screens implement the features."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import events, on
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input
from textual.widgets.input import Selection

from tui.core.clock import Clock
from tui.core.counted import counted
from tui.core.errors import ExitStatus, OmniError, RefusedError, UsageError
from tui.core.limits import SILENCE_MS
from tui.core.text import safe, safe_line
from tui.keys import Keymap, Place
from tui.screens.call_navigation import CallNavigation
from tui.sources.call_source import CallSource
from tui.sources.calls import open_source
from tui.sources.connection import Connection
from tui.terminal.clipboard import copy_sequence
from tui.terminal.driver_selection import copy, redraw, toggle_mouse
from tui.terminal.styled_app import forget_pictures
from tui.themes import COLOURLESS, THEME_FOR_ANY, VARIABLES, Background, background_of_colour, theme_for
from tui.widgets.bindings import bindings
from tui.widgets.call_picker import Offer
from tui.widgets.too_small import BREAKPOINTS_ACROSS, BREAKPOINTS_DOWN, TooSmall, has_room, size_classes

if TYPE_CHECKING:
    from tui.core.target import Target
    from tui.screens.palette import Offered
    from tui.screens.prompt import PromptScreen
    from tui.screens.session import Session
    from tui.screens.transcript import TranscriptScreen
    from tui.sources.prefetch import Prefetch
    from tui.store.library import RecentCall


_STORE_PATIENCE_S = 0.5
"""How long leaving the program waits for calls that are still being stored."""
_SWITCH_S = 0.0005
"""The thread switch interval in seconds: Python's 5 ms would delay the sending thread by half of a key's latency."""


class AppOptions(NamedTuple):
    """The options of the command line for the app.

    Attributes:
        target: What to open first; None shows the prompt.
        typed: The initial text of the prompt: an ambiguous target of the command line.
        host: The host of the API, or "the demo".
        time: The name of the style of times.
        layout: "chat", "script" or "outline"; None to choose by the width.
        mouse: Whether the program takes the mouse.
        differs: Whether to send only the changes of the screen, if the terminal supports it.
        background: The terminal's background; None if not known.
        silence_ms: From which length on a silence is a moment.
        keys: The keys that the user chose, by the names of their actions.
        player: The command that plays recordings; None for none.
        command: The words of a command that opens a call, but for its TARGET.
    """

    target: Target | None = None
    typed: str = ""
    host: str = "the demo"
    time: str = "offset"
    layout: str | None = None
    mouse: bool = True
    differs: bool = True
    background: Background | None = None
    silence_ms: int = SILENCE_MS
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    player: str | None = None
    command: tuple[str, ...] = ("omni-transcripts",)


class Offers(NamedTuple):
    """The calls that the prompt offers.

    Attributes:
        heading: The heading above them.
        list: Loads the calls, each time the prompt opens; may wait for a disk or a keyring. Raises OmniError if there
            is no valid key.
    """

    heading: str
    list: Callable[[], Awaitable[Sequence[Offer]]]


class OmniApp(CallNavigation, inherit_bindings=False):
    """Holds the screens.

    Args:
        source: Loads calls.
        options: The options of the command line.
        offers: The calls for the prompt.
        clock: The current time and zone.
    """

    TITLE = "omni-transcripts"
    ALLOW_SELECT = False  # Textual's own selection, of labels alone and kept to itself: the terminal's has all
    ENABLE_COMMAND_PALETTE = False  # ``screens.palette`` replaces it
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS_ACROSS
    VERTICAL_BREAKPOINTS = BREAKPOINTS_DOWN
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.APP)

    def __init__(self, source: CallSource, options: AppOptions, offers: Offers, clock: Clock) -> None:
        # Textual loads the style sheet of each screen except the first
        first = "screens/prompt.tcss" if options.target is None else "screens/transcript.tcss"
        super().__init__(differs=options.differs, css_path=["app.tcss", first])
        self.animation_level = "none"
        self._source = source
        self._options = options
        self._offers = offers
        self._clock = clock
        self._keys = Keymap(options.keys)
        self.set_keymap(self._keys.for_textual())
        self.begin_with(theme_for(self.console.color_system, options.background))
        self.wants_background = self.theme == THEME_FOR_ANY and not self.no_color

    def on_mount(self) -> None:
        """Watch the change of screens: a new one in a small window is covered."""
        self.screen_change_signal.subscribe(self, lambda screen: self._cover_in(self.size, screen))

    @on(events.Resize)
    async def _cover_when_resized(self, event: events.Resize) -> None:
        await self._cover_in(event.size, self.screen)

    def on_ready(self) -> None:
        """Do after the first picture what the start postponed."""
        self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        self.suit_background(lambda colour: theme_for(self.console.color_system, background_of_colour(colour)))
        gc.freeze()
        gc.enable()
        self.screen_change_signal.subscribe(self, lambda _: forget_pictures())
        is_prompt = self._options.target is None
        work = _import_for_first_call if is_prompt else _import_for_first_find
        self.run_worker(work, thread=True, exit_on_error=False)  # what fails is imported again where it is needed

    async def _cover_in(self, size: Size, screen: Screen[Any]) -> None:
        """Cover a screen in a window that is too small; a style class uncovers it again."""
        if not has_room(*size) and screen.is_attached and not screen.query(TooSmall):
            await screen.mount(TooSmall())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables in the app's style sheet."""
        return VARIABLES

    def get_css_variables(self) -> dict[str, str]:
        """The theme's variables; without colour, text styles mark hits."""
        variables = super().get_css_variables()
        return variables | COLOURLESS if self.no_color else variables

    def get_default_screen(self) -> Screen[None]:
        """The first screen: the call of the command line, or the prompt."""
        target = self._options.target
        screen = self._prompt(first=True) if target is None else self._transcript(target)
        return screen.add_class(*size_classes(*self.size), update=False)

    def _prompt(self, *, first: bool) -> PromptScreen:
        from tui.screens.prompt import PromptScreen

        typed = self._options.typed if first else ""
        return PromptScreen(
            self._offers.list, self._offers.heading, self._keys, first=first, host=self._options.host, typed=typed
        )

    @cached_property
    def _session(self) -> Session:
        """What the screens of this run share; the prompt does without it."""
        from tui.core.layout import Layout, TimeStyle
        from tui.screens.session import Session, ViewOptions

        options = self._options
        layout = Layout(options.layout) if options.layout else None
        view = ViewOptions(TimeStyle(options.time), layout)
        return Session(self._clock, self._keys, view, options.silence_ms, options.player, options.command)

    def on_prompt_screen_chosen(self, message: PromptScreen.Chosen) -> None:
        """Open the chosen call; it replaces a prompt over another call."""
        screen = self._transcript(message.target)
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def on_transcript_screen_another_wanted(self) -> None:
        """Ask for another call."""
        self.push_screen(self._prompt(first=False))

    def on_call_output_copied(self, message: TranscriptScreen.Copied) -> None:
        """Send a text to the clipboard."""
        self._copy(message.text)

    def _copy(self, text: str) -> None:
        copy(self, copy_sequence(text, os.environ))

    def action_help(self) -> None:
        """Show all keys, first those that hold on the screen."""
        from tui.screens.help import HelpScreen

        first = getattr(self.screen, "FIRST_IN_HELP", ())
        self.push_screen(HelpScreen(self._keys, first, is_typing=self._is_typing))

    def action_command_palette(self) -> None:
        """Open the palette."""
        from tui.screens.palette import Palette, possible_actions

        palette = Palette(possible_actions(self.screen), self._keys, is_typing=self._is_typing)
        self.push_screen(palette, self._do)

    @property
    def _is_typing(self) -> bool:
        """Whether a character goes to a line of text, whatever it means elsewhere."""
        return isinstance(self.focused, Input)

    async def _do(self, chosen: Offered | None) -> None:
        """Run the action chosen in the palette, as its key would."""
        if chosen is not None:
            await self.run_action(chosen.runs, chosen.node)

    def action_redraw(self) -> None:
        """Draw the whole screen again."""
        redraw(self)

    def action_toggle_mouse(self) -> None:
        """Take the mouse, or return it to the terminal."""
        from tui.screens.transcript import TranscriptScreen

        is_taken = toggle_mouse(self)
        if is_taken is not None and isinstance(self.screen, TranscriptScreen):
            self.screen.say("mouse on: shift and drag selects" if is_taken else "mouse off: drag selects")

    async def action_back(self) -> None:
        """Go back to the screen below; on the first screen, exit."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.exit(int(ExitStatus.DONE))

    def action_copy_or_quit(self) -> None:
        """Copy the selected text of an input, once, as pressed again the key exits; without one, exit."""
        focused = self.focused
        if isinstance(focused, Input) and focused.selected_text:
            self._copy(safe(focused.selected_text))
            focused.selection = Selection.cursor(focused.cursor_position)
        else:
            self.exit(int(ExitStatus.DONE))


def _import_for_first_call() -> None:
    """Import the modules that opening a call needs, while the user enters its id."""
    import tui.api.client
    import tui.api.wire
    import tui.core.search
    import tui.screens.transcript  # noqa: F401 - imported to load it


def _import_for_first_find() -> None:
    """Import what a find needs, before its first letter is typed."""
    import tui.core.search  # noqa: F401 - imported to load it


async def run_app(
    connection: Connection, options: AppOptions, stdin: bytes = b"", prefetch: Prefetch | None = None
) -> int:
    """Run the app until the user leaves it; returns the exit status."""
    sys.setswitchinterval(_SWITCH_S)
    async with open_source(connection, stdin=stdin, prefetch=prefetch, store_patience_s=_STORE_PATIENCE_S) as source:
        clock = Clock()
        offers = sample_offers() if connection.demo else recent_offers(source.recent, clock)
        return await OmniApp(source, options, offers, clock).run_to_exit(mouse=options.mouse)


def sample_offers() -> Offers:
    """The calls of the demo."""
    from tui.demo.calls import SAMPLES

    samples = [Offer(sample.call_id, sample.title) for sample in SAMPLES]

    async def offers() -> list[Offer]:
        return samples

    return Offers("Sample calls", offers)


def recent_offers(recent: Callable[[], Awaitable[Sequence[RecentCall]]], clock: Clock) -> Offers:
    """The calls of the account that were fetched last; none without an archive."""

    async def offers() -> list[Offer]:
        try:
            return [Offer(call.call_id, _about(call, clock)) for call in await recent()]
        except (RefusedError, UsageError):  # no key, or no valid one: the prompt says so
            raise
        except OmniError:  # opening a call reports it
            return []

    return Offers("Recent calls", offers)


def _about(call: RecentCall, clock: Clock) -> str:
    """The text beside a recent call: its start, number of turns and label."""
    when = "" if call.started_at_ms is None else clock.date_time(call.started_at_ms)
    return f"{when:<18}{_turns(call.turns):<14}{safe_line(call.label or '')}".rstrip()


def _turns(count: int | None) -> str:
    if count is None:
        return ""
    return counted(count, "turn") if count else "plain text"
