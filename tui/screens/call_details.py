"""What was asked about a call besides its transcript: Trace, Recap, a link to its recording, and the player of that.

Owns the answers and the workers that wait for them; the panel shows them. Nothing is asked before the panel is opened,
and Trace and Recap once for a call: only what has failed is asked again when the panel is opened again.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.message import Message
from textual.screen import Screen

from tui.core.background import in_daemon_thread, start
from tui.core.details.unavailable import Unavailable
from tui.core.errors import OmniError
from tui.core.target import Target
from tui.core.transcript import Turn
from tui.core.yielding import MOST_TURNS_AT_ONCE
from tui.options import KEY_VARIABLE
from tui.sources.call_source import CallSource

if TYPE_CHECKING:
    from tui.api.records import Recording
    from tui.core.details.placing import RecapPlaces, TracePlaces
    from tui.core.details.recap import Recap
    from tui.core.details.trace import Trace, TraceEntry
    from tui.core.moment_walk import Reported
    from tui.terminal.player import Player

Sent = TypeVar("Sent")
Placed = TypeVar("Placed")


class Detailed(Message):
    """Something has arrived, or has begun or ended: the panel and the moments are to be shown again."""


@dataclass
class LinkFetched(Message):
    """A link to the recording is there, and is to be copied.

    Attributes:
        url: The link.
    """

    url: str


class AddonAnswer(Generic[Sent, Placed]):
    """What Trace or Recap answers, and where that stands among the turns on show.

    Args:
        ask: Asks for it.
        place: Finds the places of an answer among turns.
        run: Runs work in the background, and shows what it has changed.

    Attributes:
        placed: The answer with its places; None while there is none.
        why_none: Why there is none, in words for the user.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[Sent | Unavailable]],
        place: Callable[[Sent, Sequence[Turn]], Placed],
        run: Callable[[Awaitable[None]], None],
    ) -> None:
        self._ask, self._place, self._run = ask, place, run
        self._is_asked = False
        self._sent: Sent | None = None
        self._turns: Sequence[Turn] = ()
        self.placed: Placed | None = None
        self.why_none = ""

    def ask(self) -> None:
        """Ask for it, once; again only after an error."""
        if not self._is_asked:
            self._is_asked, self.why_none = True, "asking …"
            self._run(self._fetch())

    async def _fetch(self) -> None:
        try:
            sent = await self._ask()
        except OmniError as error:
            self._is_asked, self.why_none = False, error.line()
            return
        if isinstance(sent, Unavailable):
            self.why_none = sent.reason
        else:
            self._sent = sent
            await self._find_places()

    def follow(self, turns: Sequence[Turn]) -> None:
        """Take the turns on show; what was answered is placed among them, and has no places until that is done."""
        self._turns = turns
        if self._sent is not None:
            is_long = len(turns) > MOST_TURNS_AT_ONCE
            self.placed = self._place(self._sent, () if is_long else turns)
            if is_long:
                self._run(self._find_places())

    async def _find_places(self) -> None:
        """Find the places in a thread, as a long call takes a while; those among older turns are dropped."""
        turns = self._turns
        placed = await in_daemon_thread(self._place, self._sent, turns)
        if turns is self._turns:
            self.placed = placed


class CallDetails:
    """The details of the call of a screen.

    Args:
        screen: Runs the workers, and takes the messages.
        source: Where the call comes from.
        target: The call.
        command: The command that plays recordings; None if there is none in the settings.

    Attributes:
        unasked: Why the API is not asked about the call; empty if it is.
        trace: The answer of Trace.
        recap: The answer of Recap.
        recording: The answer to the last request for a link; None without one.
        is_asking: Whether a link is under way.
        played: The result of the player; empty if it has not ended.
    """

    def __init__(self, screen: Screen[Any], source: CallSource, target: Target, command: str | None) -> None:
        self._screen = screen
        self._source = source
        self._target = target
        self.trace = AddonAnswer(partial(source.trace, target), _place_trace, self._run)
        self.recap = AddonAnswer(partial(source.recap, target), _place_recap, self._run)
        self.recording: Recording | OmniError | None = None
        self.is_asking = False
        self.played = ""
        self._has_played = False
        self._command = command
        self.unasked = source.unasked(target)

    # Trace and Recap

    def follow(self, turns: Sequence[Turn]) -> None:
        """Take the turns on show."""
        self.trace.follow(turns)
        self.recap.follow(turns)

    def _run(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work
            self._screen.post_message(Detailed())

        self._screen.run_worker(run(), group="details")

    @property
    def reported(self) -> tuple[Reported, ...]:
        """What Trace and Recap say of the turns on show, as moments."""
        placed = (self.trace.placed, self.recap.placed)
        return tuple(moment for answer in placed if answer is not None for moment in answer.reported)

    @property
    def measured(self) -> dict[int, TraceEntry]:
        """The entries of Trace with measured times, by turn."""
        if self.trace.placed is None:
            return {}
        entries = zip(self.trace.placed.turns, self.trace.placed.trace.entries, strict=True)
        return {turn: entry for turn, entry in entries if turn is not None and entry.is_measured}

    # The recording

    @cached_property
    def player(self) -> Player | None:
        """The player of the settings; None if there is none."""
        if self._command is None:
            return None
        from tui.terminal.player import Player

        return Player(self._command, os.environ, (KEY_VARIABLE,))

    def fetch_link(self) -> None:
        """Fetch a fresh link, to be shown and copied; nothing where the API is not asked."""
        self._begin(self._copy_link)

    def play(self) -> None:
        """Hand a fresh link to the player, or stop it; nothing where the API is not asked."""
        if self.unasked:
            return
        if self.player is None:
            self.played = 'no player is set: player = "mpv" in the settings'
            self._screen.post_message(Detailed())
        elif self.player.is_playing:
            self.player.stop()
        else:
            self._begin(self._play_link)

    def stop(self) -> None:
        """End what is played."""
        if self._has_played and self.player is not None:
            self.player.stop()

    def _begin(self, use: Callable[[str], Awaitable[None]]) -> None:
        if not self.is_asking and not self.unasked:
            self.is_asking, self.recording, self.played = True, None, ""
            self._screen.post_message(Detailed())
            self._run(self._fetch_link(use))

    async def _fetch_link(self, use: Callable[[str], Awaitable[None]]) -> None:
        try:
            self.recording = await self._source.recording(self._target)
            await use(self.recording.url)
        except OmniError as error:
            self.recording = error
        finally:
            self.is_asking = False

    async def _copy_link(self, url: str) -> None:
        self._screen.post_message(LinkFetched(url))

    async def _play_link(self, url: str) -> None:
        assert self.player is not None
        self._has_played = True
        try:
            await self.player.start(url)
        except OmniError as error:
            self.played = error.line()
        else:
            start(self._await_end(self.player))
        self._screen.post_message(Detailed())

    async def _await_end(self, player: Player) -> None:
        status = await player.ended()
        self.played = f"{player.name} has ended" + (f" with the status {status}" if status > 0 else "")
        self._screen.post_message(Detailed())


def _place_trace(trace: Trace, turns: Sequence[Turn]) -> TracePlaces:
    from tui.core.details.placing import place_trace

    return place_trace(trace, turns)


def _place_recap(recap: Recap, turns: Sequence[Turn]) -> RecapPlaces:
    from tui.core.details.placing import place_recap

    return place_recap(recap, turns)
