"""Parses TARGET and the input of the go-to box, and makes the deep link to a turn.

``pasted`` finds the id in a longer text, ``call_id`` checks it, ``times`` parses times. The caller says whether a
file exists: nothing is opened or fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from tui.core.call_id import check_call_id
from tui.core.counted import counted
from tui.core.errors import UsageError
from tui.core.text import safe_line
from tui.core.times import SECOND_MS, duration, offset, parse_offset

if TYPE_CHECKING:
    from tui.core.pasted import Mention
    from tui.core.transcript import Transcript, Turn

_DEFAULT_PORTS = {"https": 443, "http": 80}
_PLACES = "a place looks like #turn=14, #turn=9..14 or #t=1:23"


class Locator(NamedTuple):
    """Where in a transcript to go, in one of three ways.

    Attributes:
        turn: The number of a turn as shown, from 1.
        last_turn: The number of the last turn of a range that begins with ``turn``.
        time_ms: An offset from the start of the session in ms.
        fraction: How far through the whole, 0 to 1.
    """

    turn: int | None = None
    last_turn: int | None = None
    time_ms: int | None = None
    fraction: float | None = None

    def index_in(self, turns: Sequence[Turn]) -> int:
        """The index of the turn, at most the last; 0 for an empty locator."""
        last = max(0, len(turns) - 1)
        if self.turn is not None:
            return min(self.turn - 1, last)
        if self.time_ms is not None:
            from tui.core.transcript import turn_at

            return turn_at(turns, self.time_ms)
        return min(int((self.fraction or 0) * len(turns)), last)

    def refuse_unless_in(self, turns: Sequence[Turn], end_words: Callable[[int], str] = duration) -> None:
        """Check that the place exists among the turns of a call.

        Args:
            turns: The turns.
            end_words: Writes the end of the last one, which is in ms.

        Raises:
            UsageError: There are fewer turns, none has a time, or all have ended by then.
        """
        if (wanted := max(self.turn or 0, self.last_turn or 0)) > len(turns):
            raise UsageError(f"there is no turn {wanted:,}", f"this call has {counted(len(turns), 'turn')}")
        if self.time_ms is not None:
            _refuse_beyond(turns, self.time_ms, end_words)

    def range_in(self, transcript: Transcript) -> range | None:
        """The indexes of the turns; None, for all turns, if the locator is empty.

        Raises:
            UsageError: The place does not exist.
        """
        if self == Locator():
            return None
        if transcript.plain is not None:
            raise UsageError("this transcript is one plain text, without turns", "leave out the place")
        self.refuse_unless_in(transcript.turns)
        first = self.index_in(transcript.turns)
        return range(first, self.last_turn or first + 1)


class Target(NamedTuple):
    """What to show: either a call, a file or standard input, and a place in it.

    Attributes:
        call_id: A valid call id; None if it is no call.
        path: A file of JSON, as typed.
        stdin: Whether to read standard input.
        place: The place in it; empty for the whole.
        host: The host of the URL that names the call; None without a URL.
        otherwise: A hint for the error if there is no such call; may be empty.
    """

    call_id: str | None = None
    path: str | None = None
    stdin: bool = False
    place: Locator = Locator()
    host: str | None = None
    otherwise: str = ""

    @property
    def name(self) -> str:
        """The name for messages; not yet safe to show."""
        return self.call_id or self.path or "standard input"


class Unnamed(NamedTuple):
    """A line of standard input that names no call.

    Attributes:
        name: The line, safe and not too long to show.
        fault: What is wrong with it; names the line by its number.
    """

    name: str
    fault: UsageError


class AmbiguousTargetError(UsageError):
    """The input names several calls where one is expected."""

    def __init__(self, targets: Sequence[Target]) -> None:
        named = ", ".join(f"“{target.name}”" for target in targets)
        super().__init__(f"{len(targets)} calls are named there: {named}", "give one of them")
        self.targets = tuple(targets)


def _refuse_beyond(turns: Sequence[Turn], time_ms: int, end_words: Callable[[int], str]) -> None:
    """Refuse a time after the last turn; the second in which that ends belongs to the call."""
    starts_ms = [turn.start_ms for turn in turns if turn.start_ms is not None]
    if not starts_ms:
        raise UsageError("this call has no times", "go to a turn by its number instead")
    last_ms = max(*starts_ms, *(turn.end_ms for turn in turns if turn.end_ms is not None), 0)
    if time_ms >= (last_ms // SECOND_MS + 2) * SECOND_MS:
        raise UsageError(f"there is no {offset(time_ms, tenths=False)}", f"the last turn ends at {end_words(last_ms)}")


@lru_cache(maxsize=1)  # nearly always, many links are of one call
def call_address(call_id: str) -> str:
    """What opens a call: its id, or an API address with it, where the id alone would be taken for something else.

    Ids are any strings: one may look like a file, an option, a line of a log or a list of calls. Nothing opens an
    invalid one.
    """
    try:
        check_call_id(call_id)
    except UsageError:
        return call_id
    with suppress(UsageError):
        forms = parse_target(call_id), parse_target(link(call_id, 1))
        is_itself = forms == (Target(call_id), Target(call_id, place=Locator(1)))
        if is_itself and safe_line(call_id) == call_id and not call_id.startswith("-"):
            return call_id
    quoted = quote(call_id, safe="").replace(".", "%2E")  # a full stop at the end is no part of an address
    return f"omni/calls/{quoted}"


def link(address: str, turn: int) -> str:
    """The deep link to a turn, numbered from 1, of a call or a file; ``parse_target`` parses it."""
    return f"{address}#turn={turn}"


def address_of(transcript: Transcript) -> str | None:
    """What opens a transcript: the address of its call, or the path of its file; None if nothing does."""
    if transcript.has_id:
        return call_address(transcript.call_id)
    path = transcript.path
    return path if path is None or not path.startswith("-") else f"./{path}"


def link_to(transcript: Transcript, turn: int) -> str | None:
    """The deep link to a turn, numbered from 1, or to a whole plain text; None if nothing opens it."""
    address = address_of(transcript)
    return address if address is None or transcript.plain is not None else link(address, turn)


def parse_target(text: str, exists: Callable[[str], bool] = lambda path: False) -> Target:
    """Parse a call id, deep link, API address, file or ``-``, also between quotes or in a log line.

    A file that exists has priority over a call of the same name.

    Raises:
        AmbiguousTargetError: It names several calls.
        UsageError: It is no call id, the text or the URL names no call, or the place after ``#`` is invalid.
    """
    text = text.strip()
    if text == "-":
        return Target(stdin=True)
    if file := _file_in(text, exists):
        return file
    call_id, hash_sign, fragment = text.partition("#")
    if call_id.replace("_", "").replace("-", "").isalnum() and "#" not in fragment and text[-1].isalnum():
        check_call_id(call_id)  # fast path: nearly all ids need no import of ``pasted``
        return Target(call_id, place=_parse_fragment(fragment) if hash_sign else Locator())
    from tui.core.pasted import bare

    return _file_in(bare(text), exists) or _call_in(bare(text), text)


def _file_in(text: str, exists: Callable[[str], bool]) -> Target | None:
    """The existing file that the text names, perhaps with a place; None if there is none."""
    if exists(path := _path(text)):
        return Target(path=path)
    what, hash_sign, fragment = text.rpartition("#")
    if hash_sign and exists(path := _path(what)):
        return Target(path=path, place=_parse_fragment(fragment))
    return None


def _call_in(text: str, pasted: str) -> Target:
    """The call that the text names, or a file that does not exist."""
    from tui.core.pasted import Mention, likely_mentions, marked_mentions

    if mentions := marked_mentions(pasted):
        return _only(mentions)
    what, hash_sign, fragment = text.rpartition("#") if "#" in text else (text, "", "")
    if _looks_like_file(what):
        return Target(path=_path(what), place=_parse_fragment(fragment) if hash_sign else Locator())
    if mentions := likely_mentions(text):
        return _only(mentions)
    if re.match(r"https?://", text, re.IGNORECASE):
        raise UsageError("the URL names no call", "paste one with /omni/calls/ and an id in it")
    _refuse_words(text)
    return _mentioned(Mention(what, fragment), has_place=bool(hash_sign))


def _refuse_words(text: str) -> None:
    """Refuse a text of several words: sent as an id, it would tell the API what was said in it."""
    if re.search(r"\s", text):
        raise UsageError("no call is named there", "give a call id, or a line with call_id=… or an API address in it")


def _only(mentions: Sequence[Mention]) -> Target:
    targets = [_mentioned(mention, has_place=bool(mention.fragment)) for mention in mentions]
    if len(targets) > 1:
        raise AmbiguousTargetError(targets)
    return targets[0]


def _mentioned(mention: Mention, *, has_place: bool) -> Target:
    check_call_id(mention.call_id)
    place = _parse_fragment(mention.fragment) if has_place else Locator()
    return Target(mention.call_id, place=place, host=mention.host)


def host_of(url: str) -> str:
    """The host of a URL in lower case, with the port unless it is the scheme's default."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # an unpaired bracket, or a port above 65535: keep the host as written
        return url.partition("//")[2].partition("/")[0].rpartition("@")[2].lower()
    host = f"[{host}]" if ":" in host else host
    return host if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{port}"


def is_elsewhere(target: Target, host: str) -> bool:
    """Whether the URL that names a call has another host than the API in use."""
    return target.host is not None and target.host != host


def refuse_elsewhere(target: Target, host: str) -> None:
    """Refuse a call whose URL has another host than the API in use.

    Args:
        target: The call.
        host: The host of the API, or "the demo".

    Raises:
        UsageError: The URL has another host.
    """
    if is_elsewhere(target, host):
        what = f"this is an address of {target.host}, but calls come from {host}"
        raise UsageError(what, "name the call by its id alone, or set --base-url")


def parse_locator(text: str) -> Locator:
    """Parse a place: "1:23", "83s", "#14", "14" or "50%".

    Raises:
        UsageError: It has none of these forms.
    """
    text = text.strip()
    if match := re.fullmatch(r"#?(\d{1,9})", text, re.ASCII):
        return Locator(turn=_turn(match[1]))
    if (match := re.fullmatch(r"(\d{1,3}(?:\.\d{1,9})?) ?%", text, re.ASCII)) and float(match[1]) <= 100:
        return Locator(fraction=float(match[1]) / 100)
    try:
        return Locator(time_ms=parse_offset(text))
    except ValueError as exc:
        raise UsageError("that is not a place", "type a time like 1:23, a turn like #14, or 50%") from exc


def parse_turns(text: str) -> Locator:
    """Parse a range of turns: "9..14", "9-14" or "14"; an empty text means all turns.

    Raises:
        UsageError: It has none of these forms.
    """
    text = text.strip().removeprefix("#")
    match = re.fullmatch(r"(\d{1,9})(?: ?(?:\.\.|…|-|–) ?(\d{1,9}))?", text, re.ASCII)
    if match is None and text:
        raise UsageError(f"“{text}” names no turns", "type 14 or 9..14, or nothing for all")
    return _parse_fragment("turn=" + "..".join(filter(None, match.groups()))) if match else Locator()


def _parse_fragment(fragment: str) -> Locator:
    """Parse the part of a deep link after ``#``; a bare time is in seconds, as in W3C media fragments."""
    key, _, value = fragment.partition("=")
    if key == "turn" and (match := re.fullmatch(r"(\d{1,9})(?:\.\.(\d{1,9}))?", value, re.ASCII)):
        first, last = _turn(match[1]), _turn(match[2]) if match[2] else None
        if last is not None and last < first:
            raise UsageError(f"the turns {value} end before they begin", f"as in #turn={last}..{first}")
        return Locator(turn=first, last_turn=last)
    if key == "t":
        return Locator(time_ms=_time_ms(value))
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
    return text.startswith(("~", "/", "./", "../", "file:")) or ("://" not in text and text.endswith(".json"))


def _path(text: str) -> str:
    """The path in a ``file:`` URL, else the text itself; a URL of another machine is left unchanged."""
    scheme, _, rest = text.partition(":")
    if scheme.lower() != "file" or not rest.startswith("/"):
        return text
    path = rest.removeprefix("//localhost") if rest.startswith("//localhost/") else rest.removeprefix("//")
    return unquote(path) if path.startswith("/") else text
