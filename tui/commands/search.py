"""``omni-transcripts search``: what was said, in all the calls that are kept on this machine."""

from __future__ import annotations

import json

from tui.commands.output import say, write_out
from tui.core.clock import Clock
from tui.core.errors import ExitStatus, UsageError
from tui.core.excerpt import excerpt
from tui.core.search import Hit, compile_query
from tui.core.target import link
from tui.core.text import safe_line
from tui.sources.archive import Archive, Found
from tui.sources.connection import Connection

_LINE_CELLS = 100


def search(connection: Connection, query: str, *, regex: bool = False, as_json: bool = False) -> ExitStatus:
    """Find a query in all calls of the account, the one fetched last first.

    Args:
        connection: The account.
        query: What to find, by the rules of the find.
        regex: Whether it is a regular expression.
        as_json: Whether to write a line of JSON for each hit.

    Returns:
        Whether anything was found.

    Raises:
        UsageError: The query cannot be meant.
        OmniError: There is no key, or the library cannot be used.
    """
    if not query:
        raise UsageError("there is nothing to search for", "name some words")
    matcher, line = compile_query(query, regex=regex), _json if as_json else _line
    searched = hits = 0
    for found in Archive(connection, None, Clock().now_ms).search(matcher):
        searched, hits = searched + 1, hits + len(found.hits)
        write_out("".join(f"{line(found, hit)}\n" for hit in found.hits).encode(errors="replace"))
    if hits:
        return ExitStatus.DONE
    say(f"nothing found in {searched:,} call{'' if searched == 1 else 's'} kept on this machine")
    return ExitStatus.NOT_FOUND


def _line(found: Found, hit: Hit) -> str:
    """The link to the turn, which opens it, and the words around the hit."""
    turn, start, end = hit
    address = safe_line(link(found.said.call_id, turn + 1))
    return f"{address}  {excerpt(found.texts[turn], (start, end), _LINE_CELLS)}"


def _json(found: Found, hit: Hit) -> str:
    """All that is known of a hit, in ASCII; the text is as it is shown, and start and end are code points in it."""
    turn, start, end = hit
    said = found.said
    facts = {
        "call_id": said.call_id, "turn": turn + 1, "start": start, "end": end, "text": found.texts[turn],
        "session_label": said.label, "started_at": said.started_at_ms, "kept_at": said.kept_ms,
    }  # fmt: skip
    return json.dumps(facts)
