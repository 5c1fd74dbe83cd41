"""The call ids in whatever was pasted: an id between quotes, an API address, a whole log line.

Owns where an id begins and ends in foreign text. What an id may be stands in ``call_id``; which of several is
meant is not decided here.
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

# Compiled when they are first needed, as no start needs them.
_KEYED = r"""call[_.\- ]?id\\*["'`]?\s*(?:=>|[=:])\s*\\*(?:"([^"\\]*)|'([^'\\]*)|([^\s"'`,;&|<>]+))"""
"""``call_id=x``, ``"call_id": "x"``, ``callId: 'x'``, also with the quotes escaped, as JSON within JSON has them."""
_BETWEEN_ADDRESSES = r"""[\s"'`<>|]+"""
_WORD = r"""(?:^|(?<=[\s"'`=<(\[{,;|&\\“‘«]))call_[^\s"'`<>()\[\]{},;|&\\”’»]+"""
_SEPARATOR = r"""[\s"'`<>,;|&]"""
_PLACE = r"#((?:turn|t)=[^#]*)$"
_HOST = r"[A-Za-z0-9._~-]+(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?"


class Mention(NamedTuple):
    """A call id that stands in a text.

    Attributes:
        call_id: The id.
        fragment: The place behind its ``#``; empty for none.
        host: The host of the address that it stands in; None where there is none.
    """

    call_id: str
    fragment: str = ""
    host: str | None = None


def bare(text: str) -> str:
    """The text without the blanks, quotes, brackets and the full stop that came along with it."""
    text = text.strip()
    for _ in range(_MOST_LAYERS):
        text = _unwrapped(_without_tail(text))
    return text


def marked_mentions(text: str) -> list[Mention]:
    """The ids that are marked as ones, by a name such as ``call_id`` or by an address of the API; each once."""
    text = text.replace("\\/", "/")  # as some write JSON
    return _unique([*_keyed(text), *_addressed(text)])


def likely_mentions(text: str) -> list[Mention]:
    """The words of a longer text that look like ids, each once; none where the text is but one word.

    No form of ids is public, so one that looks otherwise is only found where it is marked as one.
    """
    if text.startswith("call_") and not re.search(_SEPARATOR, text):
        return []
    return _unique(_with_place(match[0]) for match in re.finditer(_WORD, text))


def _without_tail(text: str) -> str:
    """The text without the punctuation behind it, and without a bracket or quote of which the other is missing."""
    text = text.rstrip(_PUNCTUATION) or text
    if len(text) >= 2 and text[-1] in _OPENERS and _is_odd(text[:-1], _OPENERS[text[-1]], text[-1]):
        return text[:-1].rstrip()
    if len(text) >= 2 and text[0] in _PAIRS and _is_odd(text[1:], text[0], _PAIRS[text[0]]):
        return text[1:].lstrip()
    return text


def _is_odd(rest: str, opener: str, closer: str) -> bool:
    """Whether all brackets or quotes of a kind have their other half in the rest, so that the one outside has not."""
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
    """Whether what stands before ``/calls/`` makes it an address of the API, and its host."""
    if scheme := re.search(r"https?://", before, re.IGNORECASE):
        return True, host_of(before[scheme.start() :])
    start = before.rpartition("=")[2].lstrip("([{")
    if start.startswith(("~", ".", "file:")) or start.rpartition("/")[2] != "omni":
        return False, None
    first = start.partition("/")[0]
    has_host = re.fullmatch(_HOST, first) is not None and ("." in first or ":" in first)
    return True, first.lower() if has_host else None


def _with_place(value: str) -> Mention:
    """A value that may have a place behind it; a ``#`` that begins none is part of the id."""
    value = bare(value)
    place = re.search(_PLACE, value)
    return Mention(value) if place is None else Mention(value[: place.start()], place[1])


def _unique(mentions: Iterator[Mention] | list[Mention]) -> list[Mention]:
    """Each id once, in order, with the place and the host that any of its mentions has."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        known = found.get(mention.call_id, mention)
        found[mention.call_id] = Mention(
            mention.call_id, known.fragment or mention.fragment, known.host or mention.host
        )
    return list(found.values())
