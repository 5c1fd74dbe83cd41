"""What the user typed or pasted as TARGET, and into the go-to box; and the deep link to a turn.

Owns the forms that are understood. What a call id may be stands in ``call_id``, how a time is written in
``times``; whether there is such a file is asked of the caller, and nothing is opened or fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from tui.core.call_id import check_call_id
from tui.core.errors import UsageError
from tui.core.times import parse_offset

if TYPE_CHECKING:
    from tui.core.transcript import Turn

_PLACES = "a place looks like #turn=14 or #t=1:23"


class Target(NamedTuple):
    """What to show: a call, a file or standard input – one of the three – and the place in it.

    Attributes:
        call_id: A call id that may be asked for; None if it is no call.
        path: A file of JSON, as typed.
        stdin: Whether to read standard input.
        turn: The number of a turn as shown, from 1.
        time_ms: An offset from the start of the session in ms.
    """

    call_id: str | None = None
    path: str | None = None
    stdin: bool = False
    turn: int | None = None
    time_ms: int | None = None

    @property
    def name(self) -> str:
        """What to call it; not yet safe to show."""
        return self.call_id or self.path or "standard input"


class Place(NamedTuple):
    """Where in a transcript to go, in one of three ways.

    Attributes:
        turn: The number of a turn as shown, from 1.
        time_ms: An offset from the start of the session in ms.
        fraction: How far through the whole, 0 to 1.
    """

    turn: int | None = None
    time_ms: int | None = None
    fraction: float | None = None

    def index_in(self, turns: Sequence[Turn]) -> int:
        """The index of the turn that is meant, at most the last; 0 where nothing is said."""
        last = max(0, len(turns) - 1)
        if self.turn is not None:
            return min(self.turn - 1, last)
        if self.time_ms is not None:
            from tui.core.transcript import turn_at

            return turn_at(turns, self.time_ms)
        return min(int((self.fraction or 0) * len(turns)), last)


def link(call_id: str, turn: int) -> str:
    """The deep link to a turn, numbered from 1: what ``parse_target`` takes back."""
    return f"{call_id}#turn={turn}"


def parse_target(text: str, exists: Callable[[str], bool] = lambda path: False) -> Target:
    """What is meant by a call id, deep link, API URL, file or ``-``, also between quotes or angle brackets.

    An existing file goes before a call of the same name.

    Args:
        text: As typed or pasted.
        exists: Whether there is a file of that name.

    Raises:
        UsageError: It is no call id, the URL names no call, or the place behind ``#`` is none.
    """
    text = _bare(text)
    if text == "-":
        return Target(stdin=True)
    if exists(text):
        return Target(path=text)
    # The last one, as an id may hold others.
    what, hash_sign, fragment = text.rpartition("#") if "#" in text else (text, "", "")
    place = _parse_fragment(fragment) if hash_sign else Place()
    if exists(what) or _looks_like_file(what):
        return Target(path=what, turn=place.turn, time_ms=place.time_ms)
    call_id = _call_id_in(what)
    check_call_id(call_id)
    return Target(call_id=call_id, turn=place.turn, time_ms=place.time_ms)


def parse_place(text: str) -> Place:
    """Where "1:23", "83s", "#14", "14" or "50%" leads.

    Raises:
        UsageError: It has none of these forms.
    """
    text = text.strip()
    if match := re.fullmatch(r"#?(\d{1,9})", text, re.ASCII):
        return Place(turn=_turn(match[1]))
    if match := re.fullmatch(r"(\d{1,3}(?:\.\d{1,9})?) ?%", text, re.ASCII):
        return Place(fraction=min(float(match[1]) / 100, 1.0))
    try:
        return Place(time_ms=parse_offset(text))
    except ValueError as exc:
        raise UsageError("that is no place", "type a time like 1:23, a turn like #14, or 50%") from exc


_WRAPPINGS = {'"': '"', "'": "'", "`": "`", "<": ">", "“": "”", "‘": "’", "«": "»"}


def _bare(text: str) -> str:
    """The text without the blanks, wrappings and the comma that came along with it."""
    text = text.strip().rstrip(",;").rstrip()
    while len(text) >= 2 and _WRAPPINGS.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def _parse_fragment(fragment: str) -> Place:
    """The place behind the ``#`` of a deep link; a bare time is in seconds, as in W3C media fragments."""
    key, _, value = fragment.partition("=")
    if key == "turn" and re.fullmatch(r"\d{1,9}", value, re.ASCII):
        return Place(turn=_turn(value))
    if key == "t":
        return Place(time_ms=_time_ms(value))
    raise UsageError(f"“#{fragment}” is no place in a transcript", _PLACES)


def _turn(digits: str) -> int:
    if int(digits) < 1:
        raise UsageError("there is no turn 0", "turns are counted from 1")
    return int(digits)


def _time_ms(value: str) -> int:
    seconds = re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII)
    try:
        return parse_offset(f"{value}s" if seconds else value)
    except ValueError as exc:
        raise UsageError(f"“{value}” is no time", _PLACES) from exc


def _looks_like_file(text: str) -> bool:
    return "://" not in text and text.endswith(".json")


_CALL_IN_URL = re.compile(r"/calls/([^/?#]+)")


def _call_id_in(text: str) -> str:
    """The call id in an API URL, percent-decoded once, or the text itself if it is no URL.

    Raises:
        UsageError: The URL names no call.
    """
    if match := _CALL_IN_URL.search(text):
        return unquote(match[1])
    if re.match(r"https?://", text, re.IGNORECASE):
        raise UsageError("the URL names no call", "paste one with /omni/calls/ and an id in it")
    return text
