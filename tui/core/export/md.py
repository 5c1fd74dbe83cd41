"""Markdown that reads as a chat: the speaker in bold, the time beside it, the text as a quote below.

Notes on a turn follow its time, and a silence is a paragraph of its own. Below the quote is a list of the turn's
structures, such as tool calls.

All text is inert in every dialect: whatever CommonMark, tables, strikethrough, math, footnotes or an
autolinker would interpret is escaped, and nothing else, so that ordinary text stays readable in the source.
Characters that could begin or end an element become entities, as several dialects have no backslash escape for
``<`` and ``&``. GitHub looks for mail addresses and @mentions after undoing escapes, which no escape can prevent.
"""

from __future__ import annotations

import re
from html import escape

from tui.core.call import CallDocument
from tui.core.export.measured import measured
from tui.core.export.model import Export, Options, facts, speaker, wanted
from tui.core.layout import Remarks
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Turn

_ACTIVE = re.compile(
    r"[\\`*_{}\[\]~|$^#@]"  # code, emphasis, links, tables, math, footnotes, addresses
    r"|[.:](?=[^\W\d])|:(?=[/:])|/(?=/)"  # example.com, http://host, mailto:name, :smile:
    r"|(?<=\\)[()]"  # MultiMarkdown's math
)
_LINE_START = re.compile(r"^([0-9]*)([-+=:.)])")
"""Characters that start a list, a rule, an underlined heading or a definition at the start of a line."""


def render(document: CallDocument, options: Options) -> Export:
    """Render a Markdown document."""
    transcript = document.transcript
    whole = measured(document, options)
    heading = [f"# {_inert(safe_line(transcript.call_id)) or 'Transcript'}"]
    heading.append("\n".join(_fact(*fact) for fact in facts(document, whole, options)))
    body = [_turn(turn, whole.label(turn), whole.remarks_of(turn)) for turn in wanted(whole.turns, options)]
    if transcript.plain is not None:
        body = [_quote(safe(transcript.plain))]
    return Export("\n\n".join([*heading, *body]) + "\n", whole.notes)


def _fact(name: str, value: str) -> str:
    return f"- {name}: {_inert(value)}"


def _turn(turn: Turn, time: str, remarks: Remarks) -> str:
    who = " · ".join(filter(None, (f"**{_inert(speaker(turn))}**", time, *map(_inert, remarks.notes))))
    words, structures = shown(turn)
    silence = [_inert(remarks.silence)] if remarks.silence else []
    said = [_quote(words or NO_TEXT)] if words or not structures else []
    carried = ["\n".join(f"- {_inert(line)}" for line in structures)] if structures else []
    return "\n\n".join([*silence, who, *said, *carried])


def _quote(text: str) -> str:
    """The text as a block quote; line feeds within a paragraph become hard breaks."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n>\n".join("\\\n".join(f"> {_inert(line)}" for line in p.split("\n")) for p in paragraphs)


def _inert(line: str) -> str:
    """Escape everything in a line that Markdown would interpret in any position."""
    escaped = escape(_ACTIVE.sub(r"\\\g<0>", line.strip()), quote=False)
    return _LINE_START.sub(r"\1\\\2", escaped)
