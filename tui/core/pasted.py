"""Finds call ids in a pasted text: an id between quotes, an API address, a whole log line.

It decides where an id begins and ends in foreign text. ``call_id`` checks ids; the caller chooses between several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from tui.core.target import host_of

_PAIRS = {'"': '"', "'": "'", "`": "`", "<": ">", "(": ")", "[": "]", "{": "}", "“": "”", "‘": "’", "«": "»"}
_OPENERS = {closer: opener for opener, closer in _PAIRS.items()}
_PUNCTUATION = " \t\n.,;:"
_NO_ID = {"", "null", "none", "nil", "undefined"}
_MOST_LAYERS = 8

# Compiled on first use, to keep the start fast.
_KEYED = r"""call[_.\- ]?id\\*["'`]?\s*(?:=>|[=:])\s*\\*(?:"([^"\\]*)|'([^'\\]*)|([^\s"'`,;&|<>]+))"""
"""``call_id=x``, ``"call_id": "x"``, ``callId: 'x'``, also with escaped quotes, as in JSON within JSON."""
_BETWEEN_ADDRESSES = r"""[\s"'`<>|]+"""
_WORD = r"""(?:^|(?<=[\s"'`=<(\[{,;|&\\“‘«]))call_[^\s"'`<>()\[\]{},;|&\\”’»]+"""
_SEPARATOR = r"""[\s"'`<>,;|&]"""
_PLACE = r"#((?:turn|t)=[^#]*)$"
_HOST = r"[A-Za-z0-9._~-]+(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?"


class Mention(NamedTuple):
    """A call id in a text.

    Attributes:
        call_id: The id.
        fragment: The place after its ``#``; may be empty.
        host: The host of the URL around it; None without one.
    """

    call_id: str
    fragment: str = ""
    host: str | None = None


def bare(text: str) -> str:
    """The text without surrounding blanks, quotes, brackets and punctuation."""
    text = text.strip()
    for _ in range(_MOST_LAYERS):
        text = _unwrapped(_without_tail(text))
    return text


def marked_mentions(text: str) -> list[Mention]:
    """The ids that a key such as ``call_id`` or an address of the API marks as ids; each once."""
    text = text.replace("\\/", "/")  # some JSON writers escape slashes
    return _unique([*_keyed(text), *_addressed(text)])


def likely_mentions(text: str) -> list[Mention]:
    """The words of a longer text that look like ids, each once; none if the text is a single word.

    The form of ids is not documented, so other ids are found only by ``marked_mentions``.
    """
    if text.startswith("call_") and not re.search(_SEPARATOR, text):
        return []
    return _unique(_with_place(match[0]) for match in re.finditer(_WORD, text))


def _without_tail(text: str) -> str:
    """The text without trailing punctuation, and without an unpaired bracket or quote at its ends."""
    text = text.rstrip(_PUNCTUATION) or text
    if len(text) >= 2 and text[-1] in _OPENERS and _is_odd(text[:-1], _OPENERS[text[-1]], text[-1]):
        return text[:-1].rstrip()
    if len(text) >= 2 and text[0] in _PAIRS and _is_odd(text[1:], text[0], _PAIRS[text[0]]):
        return text[1:].lstrip()
    return text


def _is_odd(rest: str, opener: str, closer: str) -> bool:
    """Whether the brackets or quotes in the rest are paired, so that the one outside is unpaired."""
    return rest.count(opener) % 2 == 0 if opener == closer else rest.count(opener) == rest.count(closer)


def _unwrapped(text: str) -> str:
    return text[1:-1].strip() if len(text) >= 2 and _PAIRS.get(text[0]) == text[-1] else text


def _keyed(text: str) -> Iterator[Mention]:
    for match in re.finditer(_KEYED, text, re.IGNORECASE):
        mention = _with_place(next(filter(None, match.groups()), ""))
        if mention.call_id.lower() not in _NO_ID:
            yield mention


def _addressed(text: str) -> Iterator[Mention]:
    for word in re.split(_BETWEEN_ADDRESSES, text):
        before, slash, behind = word.partition("/calls/")
        is_address, host = _origin(before) if slash and behind else (False, None)
        if is_address:
            path, _, fragment = bare(behind).partition("#")
            yield Mention(unquote(re.split(r"[/?]", path, maxsplit=1)[0]), fragment, host)


def _origin(before: str) -> tuple[bool, str | None]:
    """Whether the text before ``/calls/`` belongs to an address of the API, and its host."""
    if scheme := re.search(r"https?://", before, re.IGNORECASE):
        return True, host_of(before[scheme.start() :])
    start = before.rpartition("=")[2].lstrip("([{")
    if start.startswith(("~", ".", "file:")) or start.rpartition("/")[2] != "omni":
        return False, None
    first = start.partition("/")[0]
    has_host = re.fullmatch(_HOST, first) is not None and ("." in first or ":" in first)
    return True, first.lower() if has_host else None


def _with_place(value: str) -> Mention:
    """An id, perhaps with a place; a ``#`` without a valid place is part of the id."""
    value = bare(value)
    place = re.search(_PLACE, value)
    return Mention(value) if place is None else Mention(value[: place.start()], place[1])


def _unique(mentions: Iterator[Mention] | list[Mention]) -> list[Mention]:
    """Each id once, in order, with the first place and host among its mentions."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        known = found.get(mention.call_id, mention)
        found[mention.call_id] = Mention(
            mention.call_id, known.fragment or mention.fragment, known.host or mention.host
        )
    return list(found.values())
