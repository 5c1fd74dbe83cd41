"""JSON as the API sent it: lossless, but without raw control or invisible characters.

Other formats are for readers; this one is for programs, so no value may change.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from tui.core.call import CallDocument
from tui.core.export.model import Export, Options, wanted
from tui.core.json_values import as_json
from tui.core.text import safe
from tui.core.transcript import Transcript, Turn

_NOT_ASCII = re.compile(r"[^\t\n\r -~]+")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NEWLINE = re.compile(r"\r\n?")


def render(document: CallDocument, options: Options) -> Export:
    """Render the document as received; rebuilt from the turns if there is none, or if only some are wanted.

    Characters that are invisible or that ``safe`` would alter are escaped. Outside of strings
    JSON is ASCII, so they occur only in strings, where an escape means the same character: no value
    changes.
    """
    transcript = document.transcript
    source = transcript.source.decode("utf-8-sig", errors="replace") if options.turns is None else ""
    text = _NEWLINE.sub("\n", source or _built(transcript, options)).expandtabs(2)
    return Export(visible(text).rstrip("\n") + "\n")


def visible(document: str) -> str:
    """Escape every invisible character of a JSON document; values do not change."""
    return _NOT_ASCII.sub(_readable, document)


def _readable(run: re.Match[str]) -> str:
    """Escape the invisible characters in a run of non-ASCII characters.

    The whole run is escaped if ``safe`` would alter more, such as too many marks on one base. That
    depends on neighbouring characters, but not beyond ASCII: a run and its two neighbours suffice
    to decide.
    """
    text = run.group()
    if not text.isprintable():
        text = "".join(_escaped(c) if unicodedata.category(c) in _UNSEEN else c for c in text)
    before, after = run.string[max(run.start() - 1, 0) : run.start()], run.string[run.end() : run.end() + 1]
    shown = before + text + after
    return text if safe(shown) == shown else _escaped(run.group())


def _escaped(text: str) -> str:
    r"""Escape each UTF-16 unit as ``\uXXXX``: above U+FFFF a surrogate pair (RFC 8259)."""
    units = text.encode("utf-16-be", "surrogatepass").hex()
    return re.sub("....", r"\\u\g<0>", units)


def _built(transcript: Transcript, options: Options) -> str:
    """Build the document in the API's own shape."""
    spoken: Any = transcript.plain
    if spoken is None:
        spoken = {"turns": [_fields(turn) for turn in wanted(transcript.turns, options)]}
    document = {"object": "omni.call.transcript", "call_id": transcript.call_id, "transcript": spoken}
    return as_json(document, indent=2)


def _fields(turn: Turn) -> dict[str, Any]:
    fields = {"role": turn.speaker, "text": turn.text, "start_ms": turn.start_ms, "end_ms": turn.end_ms}
    return {**turn.extra, **{name: value for name, value in fields.items() if value is not None}}
