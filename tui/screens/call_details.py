"""What was asked about a call besides its transcript: Trace, Recap, a link to its recording, and the player of that.

Owns the answers and the workers that wait for them; the panel shows them. Nothing is asked before the panel is opened,
and Trace and Recap once for a call: only what has failed is asked again when the panel is opened again.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

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


class Detailed(Message):
    """Something has arrived, or has begun or ended: the panel and the moments are to be shown again."""


@dataclass
class LinkFetched(Message):
    """A link to the recording is there, and is to be copied.

    Attributes:
        url: The link.
    """

    url: str


class CallDetails:
    """The details of the call of a screen.

    Args:
        screen: Runs the workers, and takes the messages.
        source: Where the call comes from.
        target: The call.
        command: The command that plays recordings; None if there is none in the settings.

    Attributes:
        unasked: Why the API is not asked about the call; empty if it is.
        trace: The answer of Trace; None while there is none.
        recap: The answer of Recap; None while there is none.
        recording: The answer to the last request for a link; None without one.
        is_asking: Whether a link is under way.
        played: The result of the player; empty if it has not ended.
    """

    def __init__(self, screen: Screen[Any], source: CallSource, target: Target, command: str | None) -> None:
        self._screen = screen
        self._source = source
        self._target = target
        self._turns: Sequence[Turn] = ()
        self._among: dict[str, Sequence[Turn]] = {}  # the turns that each answer was placed among
        self._asked: dict[str, Trace | Recap | Unavailable | OmniError | None] = {}
        self.trace: TracePlaces | Unavailable | OmniError | None = None
        self.recap: RecapPlaces | Unavailable | OmniError | None = None
        self.recording: Recording | OmniError | None = None
        self.is_asking = False
        self.played = ""
        self._has_played = False
        self._command = command
        self.unasked = source.unasked(target)

    # Trace and Recap

    def ask(self) -> None:
        """Ask Trace and Recap, each once; again only what has failed."""
        for name, ask in (("trace", self._source.trace), ("recap", self._source.recap)):
            if name not in self._asked or isinstance(self._asked[name], OmniError):
                self._asked[name] = None
                setattr(self, name, None)
                self._screen.run_worker(self._ask(name, ask), group="details")

    async def _ask(self, name: str, ask: Callable[[Target], Awaitable[Trace | Recap | Unavailable]]) -> None:
        try:
            self._asked[name] = await ask(self._target)
        except OmniError as error:
            self._asked[name] = error
        await self._place(name)

    def follow(self, turns: Sequence[Turn]) -> None:
        """Take the turns on show; what was answered is placed among them, and has no places until that is done."""
        self._turns = turns
        is_long = len(turns) > MOST_TURNS_AT_ONCE
        for name, answer in self._asked.items():
            if answer is not None and not isinstance(answer, Unavailable | OmniError):
                self._set(name, _placed(answer, () if is_long else turns), turns)
                if is_long:
                    self._screen.run_worker(self._place(name), group="details")

    def _set(self, name: str, placed: TracePlaces | RecapPlaces, turns: Sequence[Turn]) -> None:
        setattr(self, name, placed)
        self._among[name] = turns

    async def _place(self, name: str) -> None:
        """Find the turns of an answer, in a thread: a long call takes a while."""
        answer, turns = self._asked[name], self._turns
        if answer is not None and not isinstance(answer, Unavailable | OmniError):
            placed = await in_daemon_thread(lambda: _placed(answer, turns))
            if turns is not self._turns:  # newer turns are on show, and looked through by another worker
                return
            self._set(name, placed, turns)
        else:
            setattr(self, name, answer)
        self._screen.post_message(Detailed())

    @property
    def reported(self) -> tuple[Reported, ...]:
        """What Trace and Recap say of the turns on show, as moments."""
        answers = {"trace": self.trace, "recap": self.recap}
        placed = [answer for name, answer in answers.items() if self._among.get(name) is self._turns]
        return tuple(
            moment
            for answer in placed
            if answer is not None and not isinstance(answer, Unavailable | OmniError)
            for moment in answer.reported
        )

    @property
    def measured(self) -> dict[int, TraceEntry]:
        """The entries of Trace with measured times, by turn."""
        if self.trace is None or isinstance(self.trace, Unavailable | OmniError):
            return {}
        entries = zip(self.trace.turns, self.trace.trace.entries, strict=True)
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
            self._screen.run_worker(self._fetch_link(use), group="details")

    async def _fetch_link(self, use: Callable[[str], Awaitable[None]]) -> None:
        try:
            self.recording = await self._source.recording(self._target)
            await use(self.recording.url)
        except OmniError as error:
            self.recording = error
        finally:
            self.is_asking = False
        self._screen.post_message(Detailed())

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


def _placed(answer: Trace | Recap, turns: Sequence[Turn]) -> TracePlaces | RecapPlaces:
    from tui.core.details.placing import place_recap, place_trace
    from tui.core.details.trace import Trace

    return place_trace(answer, turns) if isinstance(answer, Trace) else place_recap(answer, turns)
