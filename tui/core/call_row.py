"""A call in the list of calls, in words: one line of safe texts, shared by the screen and the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.core import times
from tui.core.clock import Clock
from tui.core.status import reason_words, status_words, terminal_reason
from tui.core.text import clip, safe_line

if TYPE_CHECKING:
    from tui.core.record import Call

_MAX_CELLS = 400
_MAX_DEPTH = 20
"""How deep the first words of a summary are looked for."""


class CallRow(NamedTuple):
    """The columns of one call; empty where nothing is known.

    Attributes:
        when: When it began, else when its record was created.
        length: Its length.
        status: How it ended.
        label: Its session label.
        call_id: Its id, whole.
        recording: "yes" or "no".
        summary_or_error: The first words of its summary, else why it failed; "has a summary" where no more is known.
    """

    when: str
    length: str
    status: str
    label: str
    call_id: str
    recording: str
    summary_or_error: str


HEADINGS = tuple(name.replace("_", " ") for name in CallRow._fields)
"""The headings of the columns."""


def call_row(call: Call, clock: Clock) -> CallRow:
    """The columns of a call."""
    began_ms = when_ms(call)
    return CallRow(
        "" if began_ms is None else clock.date_time(began_ms),
        "" if call.duration_s is None else times.duration(round(call.duration_s * 1000)),
        clip(status_words(call.status), _MAX_CELLS),
        clip(safe_line(call.label or ""), _MAX_CELLS),
        safe_line(call.call_id),
        {True: "yes", False: "no", None: ""}[call.has_recording],
        clip(_about(call), _MAX_CELLS),
    )


def when_ms(call: Call) -> int | None:
    """Unix time in ms at which a call began, else at which its record was created; None if neither is known."""
    return call.created_at_ms if call.started_at_ms is None else call.started_at_ms


def is_older(call: Call, since_ms: int | None) -> bool:
    """Whether a call is older than a time, if there is one; a call without a time is not."""
    began_ms = when_ms(call)
    return since_ms is not None and began_ms is not None and began_ms < since_ms


def _about(call: Call) -> str:
    """What a call was about, or why it failed."""
    if words := _first_words(call.fields.get("summary")):
        return words
    if call.error:
        return safe_line(call.error)
    if code := terminal_reason(call):
        return reason_words(code)
    return "has a summary" if call.has_summary else ""


def _first_words(summary: Any, depth: int = 0) -> str:
    """The first text in a summary, which may be any JSON."""
    if isinstance(summary, str):
        return safe_line(summary[: _MAX_CELLS * 4])
    parts = summary.values() if isinstance(summary, Mapping) else summary if isinstance(summary, list) else ()
    found = (_first_words(part, depth + 1) for part in parts) if depth < _MAX_DEPTH else iter(())
    return next(filter(None, found), "")
