"""The prompt: it asks for a call, and offers those opened before."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from tui.core.background import wait_at_most
from tui.core.errors import OmniError, UsageError
from tui.core.target import AmbiguousTargetError, Target, is_elsewhere, parse_target
from tui.core.text import safe_line
from tui.keys import Action, Keymap, Place, Scope
from tui.store.files import expanded, is_file, no_such_file
from tui.widgets.bindings import bindings
from tui.widgets.call_picker import CallPicker, Offer
from tui.widgets.drawn_list import DrawnList
from tui.widgets.safe_input import SafeInput
from tui.widgets.status_bar import Keys, StatusBar, StatusFacts

_MOST_CHARACTERS = 4_096
_NO_OFFERS = "no recent calls"
_DEMO = "without an account: omni-transcripts --demo opens sample calls"
_LISTED_S = 0.15
"""How long a key that chooses an offer waits for the offers."""


class PromptScreen(Screen[None]):
    """Asks for a call.

    Args:
        list_offers: Loads the calls to offer; may wait for a disk.
        heading: The heading above them.
        keymap: The keys of the actions.
        first: Whether there is no screen below.
        host: The host of the API, or "the demo".
        typed: The initial input: an ambiguous target of the command line.
    """

    @dataclass
    class Chosen(Message):
        """The user entered a valid target."""

        target: Target

    CSS_PATH = "prompt.tcss"
    FIRST_IN_HELP: ClassVar[tuple[Scope, ...]] = (Scope.LINES, Scope.TERMINAL)
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        Place.PROMPT, choose_next="choose(1)", choose_previous="choose(-1)", dismiss="dismiss_prompt"
    )

    def __init__(
        self,
        list_offers: Callable[[], Awaitable[Sequence[Offer]]],
        heading: str,
        keymap: Keymap,
        *,
        first: bool,
        host: str = "",
        typed: str = "",
    ) -> None:
        super().__init__()
        self._list_offers = list_offers
        self._keymap = keymap
        self._are_listed = asyncio.Event()
        self._recent: Sequence[Offer] = ()
        self._offers: Sequence[Offer] = ()
        self._heading = heading
        self._first = first
        self._host = host
        self._given = typed
        self._typed = ""
        self._choices: dict[str, Target] = {}  # the targets in an ambiguous input, by their texts
        self._elsewhere: str | None = None  # a second Enter opens this text, despite its other host

    def compose(self) -> ComposeResult:
        """The title, the input and its error, the offers, the keys."""
        yield Static(Content.assemble(("omni-transcripts", "bold"), "  read a voice call as a chat"), id="title")
        yield Static(Content("Call id, API address or file"), classes="dim")
        # attributes, as queries fail for events that arrive while the screen is removed
        self._field = SafeInput(most=_MOST_CHARACTERS, placeholder="paste it here", id="target")
        self._trouble = Static("", id="trouble", markup=False)
        self._headline = Static(Content(self._heading), classes="dim", id="heading")
        self._demo = Static(Content(_DEMO), classes="dim", id="demo")
        self._picker, self._status = CallPicker(), StatusBar()
        yield from (self._field, self._trouble, self._headline, self._demo, self._picker, self._status)

    def on_mount(self) -> None:
        """Focus the input; the offers are loaded after the first picture."""
        self._field.focus()
        self._status.shown = StatusFacts(keys=self._keys())
        self._load_offers()
        if self._given:
            with self.prevent(Input.Changed):
                self._typed = safe_line(self._given)[:_MOST_CHARACTERS]
                self._field.fill(self._typed)
            self._open(self._field.value)

    @work
    async def _load_offers(self) -> None:
        is_shown = asyncio.Event()
        self.call_after_refresh(is_shown.set)
        await is_shown.wait()
        try:
            self._recent = await self._list_offers()
        except OmniError as error:  # no call can be fetched, whatever is typed
            self._heading = error.line()
            self._headline.set_class(True, "trouble")
            self._demo.set_class(True, "offered")
        else:
            self._heading = self._heading if self._recent else _NO_OFFERS
        if not self._choices:
            self._offer_recent()
        self._are_listed.set()

    def _keys(self) -> Keys:
        word, while_typing = self._keymap.word, self._keymap.keys_while_typing
        arrows = f"{word('choose_previous')}{word('choose_next')} " if self._offers else ""
        opens, back = (f"{arrows}{word('accept')}", "open"), () if self._first else ((word("dismiss"), "back"),)
        others, about = while_typing(calls="calls", library="search"), while_typing(help="help")
        return (opens, *others, *back, *about, (word("copy_or_quit"), "quit"))

    def label_of(self, action: Action) -> str:
        """What an action does now; empty if it can do nothing."""
        is_typed = bool(self._field.value)
        match action.name:
            case "accept":
                return action.label if is_typed else ""
            case "choose_next" | "choose_previous":
                return action.label if self._offers else ""
            case "dismiss":
                return "clear" if is_typed else "" if self._first else "back"
        return action.label

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer the recent calls that fit; remove an error, as it was about another text."""
        if event.value != event.input.value:  # a newer change follows
            return
        self._say("")
        self._elsewhere = None
        picker = self._picker
        if picker.chosen is not None and event.value == self._offers[picker.chosen].call_id:
            return
        picker.choose(None)
        if event.value != self._typed:
            self._typed, self._choices = event.value, {}
            self._offer_recent()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the typed target, or show what is wrong with it."""
        self._open(event.value)

    def _open(self, text: str) -> None:
        try:
            target = self._choices.get(text) or self._with_hint(_target_in(text))
        except AmbiguousTargetError as error:
            self._say(error.line())
            self._choices = {safe_line(one.name): one for one in error.targets}
            offers = [Offer(name, safe_line(one.host or "")) for name, one in self._choices.items()]
            self._offer(offers, "Calls in what was given")
        except UsageError as error:
            self._say(error.line())
        else:
            self._open_from_host(target, text)

    def _with_hint(self, target: Target) -> Target:
        """A target; if there is no such call, the only recent one that fits what is typed may be meant."""
        fits = self._offers if target.call_id and self._picker.chosen is None and len(self._offers) == 1 else ()
        names = [offer.call_id for offer in fits if offer.call_id != target.call_id]
        return target._replace(otherwise=f"did you mean {safe_line(names[0])}?") if names else target

    def _open_from_host(self, target: Target, text: str) -> None:
        """Open a call; if its URL has another host, only after a second Enter."""
        if is_elsewhere(target, self._host) and self._elsewhere != text:
            self._elsewhere = text
            again = self._keymap.word("accept")
            theirs, name = safe_line(target.host or ""), safe_line(target.name)
            self._say(f"this is an address of {theirs} – {again} asks {self._host} for {name} all the same")
        else:
            self.post_message(self.Chosen(target))

    def _offer_recent(self) -> None:
        """Offer the recent calls that fit what is typed."""
        offers = _fitting(self._recent, self._typed) if self._typed.strip() else self._recent
        self._offer(offers, f"{self._heading}: none has this" if self._recent and not offers else self._heading)

    def _offer(self, offers: Sequence[Offer], heading: str) -> None:
        """Replace the offers; none is chosen."""
        self._offers = offers
        self._headline.update(Content(heading))
        self._picker.offer(offers)
        self._status.shown = StatusFacts(keys=self._keys())

    async def action_choose(self, step: int) -> None:
        """Put the next offer into the input; before the first one comes the typed text."""
        if not self._choices:
            await wait_at_most(_LISTED_S, self._are_listed)
        if not self._offers:
            return
        chosen = self._picker.chosen
        index = (-1 if chosen is None else chosen) + step
        self._choose(None if index < 0 else min(index, len(self._offers) - 1))

    def _choose(self, index: int | None) -> None:
        """Put an offer into the input; None for the typed text."""
        self._picker.choose(index)
        self._field.fill(self._typed if index is None else self._offers[index].call_id)

    def on_drawn_list_clicked(self, message: DrawnList.Clicked) -> None:
        """Choose an offer, or open the chosen one."""
        if message.index == self._picker.chosen:
            self._open(self._field.value)
        elif message.index < len(self._offers):  # others may be offered since the click
            self._choose(message.index)

    async def on_drawn_list_wheeled(self, message: DrawnList.Wheeled) -> None:
        """Go some offers down or up."""
        await self.action_choose(message.lines)

    def action_dismiss_prompt(self) -> None:
        """Clear the input; if it is empty, go back to the screen below, if there is one."""
        field = self._field
        if field.value:
            field.value = ""
        elif not self._first and self.app.screen is self:
            self.app.pop_screen()

    def _say(self, trouble: str) -> None:
        self._trouble.update(Content(trouble))


def _fitting(offers: Sequence[Offer], typed: str) -> Sequence[Offer]:
    """The offers in whose line all words stand."""
    from tui.core.call_filter import folded, parse_filter  # not before the first picture

    wanted, lines = parse_filter(typed), [folded(f"{offer.call_id}\n{offer.about}") for offer in offers]
    return [offer for offer, line in zip(offers, lines, strict=True) if wanted.holds(line, line)]


def _target_in(text: str) -> Target:
    """Parse a target.

    Raises:
        UsageError: It is invalid, or a file that does not exist.
    """
    target = parse_target(text, exists=is_file)
    if target.path is not None and not os.path.lexists(expanded(target.path)):
        raise no_such_file(expanded(target.path))
    return target
