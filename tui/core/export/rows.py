"""The rows of a call for other engines: one for the call, or one per turn, by the tables in ``columns``.

Texts are as sent: these formats are for programs, so no value may change. A format that a terminal may show escapes
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any, NamedTuple, TypeAlias

from tui.core.call import CallDocument
from tui.core.call_figures import figures_of
from tui.core.export.columns import CALL_COLUMNS, TURN_COLUMNS, Columns
from tui.core.export.model import Options, wanted
from tui.core.json_values import text_of
from tui.core.record import Call
from tui.core.shown import ToolCall, tool_calls
from tui.core.target import address_of, link_to
from tui.core.times import moment
from tui.core.timing import FloorOffset, MomentKind, measure
from tui.core.transcript import Transcript, Turn

Row: TypeAlias = dict[str, Any]

_UNTIMED = (None, None, None)


class Table(NamedTuple):
    """One of the two tables.

    Attributes:
        columns: Its columns.
        rows_of: The rows of a call.
        rows_without: The rows of a call without a transcript, from its record; None if the table has none.
    """

    columns: Columns
    rows_of: Callable[[CallDocument, Options], Iterator[Row]]
    rows_without: Callable[[Call], Iterator[Row]] | None = None


def call_rows(document: CallDocument, options: Options) -> Iterator[Row]:
    """The row of a call."""
    figures = figures_of(document, measure(document.transcript.turns, options.silence_ms))
    moments = [{**one, "tool_ms": one.get("tool_ms")} for one in figures.pop("moments")]
    yield {**_facts(document), **figures, "moments": moments, "marks": [turn + 1 for turn in sorted(options.marks)]}


def record_rows(call: Call) -> Iterator[Row]:
    """The row of a call without a transcript: its facts; figures and moments are unknown."""
    document = CallDocument(Transcript(call.call_id), call)
    yield {**dict.fromkeys(CALL_COLUMNS), **_facts(document), "duration_ms": document.length_ms(None), "marks": []}


def turn_rows(document: CallDocument, options: Options) -> Iterator[Row]:
    """A row per wanted turn; a legacy text is one row without a turn. Timing is that of the whole call."""
    call = _call_facts(document)
    if document.transcript.plain is not None:
        yield {**dict.fromkeys(TURN_COLUMNS), **call, **_plain(document)}
        return
    turns = tuple(document.transcript.turns)
    timing = measure(turns, options.silence_ms)
    floor, kinds = timing.floor_offsets, timing.kinds
    for turn in wanted(turns, options):
        yield {
            **call,
            **_turn(turn),
            **_timing(floor.get(turn.index, _UNTIMED), kinds.get(turn.index, [])),
            "is_marked": turn.index in options.marks,
            "link": link_to(document.transcript, turn.index + 1),
        }


CALLS = Table(CALL_COLUMNS, call_rows, record_rows)
TURNS = Table(TURN_COLUMNS, turn_rows)


def table_of(*, by_turn: bool) -> Table:
    """The table with a row per turn, or per call."""
    return TURNS if by_turn else CALLS


def _started(document: CallDocument) -> int | None:
    """The start of the call, if a calendar has it."""
    start_ms = document.start_ms
    return None if start_ms is None or moment(start_ms, UTC) is None else start_ms


def _facts(document: CallDocument) -> Row:
    record, transcript = document.record, document.transcript
    return {
        "call_id": transcript.call_id, "label": record.label, "status": record.status, "error": record.error,
        "started_at": _started(document), "link": address_of(transcript),
    }  # fmt: skip


def _call_facts(document: CallDocument) -> Row:
    record = document.record
    return {
        "call_id": document.transcript.call_id, "label": record.label, "status": record.status,
        "started_at": _started(document), "duration_ms": document.length_ms(None),
    }  # fmt: skip


def _plain(document: CallDocument) -> Row:
    transcript = document.transcript
    return {"text": transcript.plain, "tools": [], "moments": [], "is_marked": False, "link": address_of(transcript)}


def _turn(turn: Turn) -> Row:
    return {
        "turn": turn.index + 1, "speaker": turn.speaker, "role": turn.role.value, "start_ms": turn.start_ms,
        "end_ms": turn.end_ms, "text": turn.text, "tools": [_tool(call) for call in tool_calls(turn)],
    }  # fmt: skip


def _tool(call: ToolCall) -> Row:
    """A tool call; its values differ from tool to tool, so that they are JSON in a text."""
    return {
        "name": call.name, "arguments": _json(call.arguments), "result": _json(call.result),
        "has_failed": call.has_failed, "error": _json(call.error),
    }  # fmt: skip


def _json(value: Any) -> str | None:
    """A value as JSON; a text, which often is JSON already, as sent."""
    return None if value is None else text_of(value)


def _timing(floor: FloorOffset | tuple[None, None, None], kinds: list[MomentKind]) -> Row:
    offset_ms, transfer, tool_ms = floor
    response_ms = offset_ms if transfer == "change" else None
    return {
        "offset_ms": offset_ms, "floor": transfer, "tool_ms": tool_ms, "response_ms": response_ms,
        "is_slow": None if response_ms is None else MomentKind.SLOW_ANSWER in kinds,
        "moments": [kind.value for kind in kinds],
    }  # fmt: skip
