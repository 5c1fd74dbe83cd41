"""Markdown that reads as a chat: the speaker in bold, the time beside it, what was said as a quote below.

Below the quote is a list of what else the turn carries, such as its tool calls.

All text is inert in every dialect: whatever CommonMark, tables, strikethrough, math, footnotes or an
autolinker would act upon is escaped, and nothing else, so that ordinary speech stays readable in the source.
What could begin or end an element becomes an entity, as several dialects know no backslash before ``<`` and
``&``. GitHub looks for mail addresses and @mentions after it has undone the escapes; no escape of Markdown can
keep it from that.
"""

from __future__ import annotations

import re

from tui.core import times
from tui.core.export.model import Export, Options, facts, speaker, wanted
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Call, Transcript, Turn

_ACTIVE = re.compile(
    r"[\\`*_{}\[\]~|$^#@]"  # code, emphasis, links, tables, math, footnotes, addresses
    r"|[.:](?=[^\W\d])|:(?=[/:])|/(?=/)"  # example.com, http://host, mailto:name, :smile:
    r"|(?<=\\)[()]"  # MultiMarkdown's math
)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LINE_START = re.compile(r"^([0-9]*)([-+=:.)])")
"""What opens a list, a rule, an underlined heading or a definition, at the start of a line only."""


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The transcript as a Markdown document."""
    turns = tuple(transcript.turns)
    heading = [f"# {_inert(safe_line(transcript.call_id)) or 'Transcript'}"]
    heading.append("\n".join(_fact(*fact) for fact in facts(transcript, call, turns, options)))
    body = map(_turn, wanted(turns, options)) if transcript.plain is None else [_quote(safe(transcript.plain))]
    return Export("\n\n".join([*heading, *body]) + "\n")


def _fact(name: str, value: str) -> str:
    return f"- {name}: {_inert(value)}"


def _turn(turn: Turn) -> str:
    who = f"**{_inert(speaker(turn))}**"
    if turn.start_ms is not None:
        who += f" · {times.offset(turn.start_ms)}"
    words, structures = shown(turn)
    said = [_quote(words or NO_TEXT)] if words or not structures else []
    carried = ["\n".join(f"- {_inert(line)}" for line in structures)] if structures else []
    return "\n\n".join([who, *said, *carried])


def _quote(text: str) -> str:
    """The text as a block quote, its line feeds kept: those within a paragraph as hard breaks."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n>\n".join("\\\n".join(f"> {_inert(line)}" for line in p.split("\n")) for p in paragraphs)


def _inert(line: str) -> str:
    """One line of text with everything escaped that Markdown would act upon, wherever the line stands."""
    escaped = _ACTIVE.sub(r"\\\g<0>", line.strip()).translate(_ENTITIES)
    return _LINE_START.sub(r"\1\\\2", escaped)
