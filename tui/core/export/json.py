"""JSON as the API sent it: lossless, and yet nothing in it that a terminal obeys or an eye cannot see.

Every other format is made to be read; this one is to be worked with, so no value may change.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from tui.core.export.model import Export, Options, wanted
from tui.core.text import safe
from tui.core.transcript import Call, Transcript, Turn

_NOT_ASCII = re.compile(r"[^\t\n\r -~]+")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NEWLINE = re.compile(r"\r\n?")


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The document as received; built from the turns where there is none, or where only some are wanted.

    Characters that are invisible or that ``safe`` would alter are written as escapes. Outside of strings
    JSON is ASCII, so they can only stand in strings, where an escape means the same character: no value
    changes.
    """
    source = transcript.source.decode("utf-8-sig", errors="replace") if options.turns is None else ""
    document = source or _built(transcript, options)
    document = _NEWLINE.sub("\n", document).expandtabs(2)
    return Export(visible(document).rstrip("\n") + "\n")


def visible(document: str) -> str:
    """The JSON document with the same values, and every character that cannot be seen escaped."""
    return _NOT_ASCII.sub(_readable, document)


def _readable(run: re.Match[str]) -> str:
    """A run of other than ASCII characters, what cannot be seen in it escaped.

    All of it is escaped where ``safe`` finds yet more to alter in it, as too many marks on one base. That
    depends on what stands beside a character, but ASCII bounds it: a run and its two neighbours tell as
    much as all.
    """
    text = run.group()
    if not text.isprintable():
        text = "".join(_escaped(c) if unicodedata.category(c) in _UNSEEN else c for c in text)
    before, after = run.string[max(run.start() - 1, 0) : run.start()], run.string[run.end() : run.end() + 1]
    shown = before + text + after
    return text if safe(shown) == shown else _escaped(run.group())


def _escaped(text: str) -> str:
    r"""The text as ``\uXXXX`` for each UTF-16 unit: above U+FFFF a surrogate pair, as RFC 8259 has it."""
    units = text.encode("utf-16-be", "surrogatepass").hex()
    return re.sub("....", r"\\u\g<0>", units)


def _built(transcript: Transcript, options: Options) -> str:
    """The document in the API's own form, made from what is known."""
    spoken: Any = transcript.plain
    if spoken is None:
        spoken = {"turns": [_fields(turn) for turn in wanted(transcript.turns, options)]}
    document = {"object": "omni.call.transcript", "call_id": transcript.call_id, "transcript": spoken}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _fields(turn: Turn) -> dict[str, Any]:
    fields = {"role": turn.speaker, "text": turn.text, "start_ms": turn.start_ms, "end_ms": turn.end_ms}
    return {**turn.extra, **{name: value for name, value in fields.items() if value is not None}}
