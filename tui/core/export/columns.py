"""The columns of the two tables that other engines read: a row per call, and a row per turn.

Every row has all columns, in this order; what is not known is None. Numbers are integers in ms unless they are shares,
turns are numbered from 1. ``rows`` fills the columns in; ``jsonl`` and ``parquet`` write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias


class ColumnKind(Enum):
    """The type of the values of a column."""

    TEXT = "text"
    INT = "int"
    REAL = "real"
    FLAG = "flag"
    TIME = "time"
    """A Unix time in ms within the calendar's range; written as a time in UTC."""


Type: TypeAlias = ColumnKind | tuple["Type"] | Mapping[str, "Type"]
"""A kind, a list of one type, or named values."""
Columns: TypeAlias = Mapping[str, Type]

_TEXT, _INT, _REAL, _FLAG, _TIME = ColumnKind.TEXT, ColumnKind.INT, ColumnKind.REAL, ColumnKind.FLAG, ColumnKind.TIME
_TURN = {"turn": _INT, "ms": _INT}
_SIDE: Columns = {
    "turns": _INT, "talk_ms": _INT, "share_of_talk": _REAL, "share_of_call": _REAL, "words_per_minute": _INT,
    "longest_turn": _TURN, "longest_monologue": {"from_turn": _INT, "to_turn": _INT, "ms": _INT},
    "response": {
        "n": _INT, "p50_ms": _INT, "p95_ms": _INT, "max_ms": _INT, "slow": _INT,
        "offsets": ({**_TURN, "tool_ms": _INT},),
    },
}  # fmt: skip
_MOMENT: Columns = {"kind": _TEXT, "turn": _INT, "start_ms": _INT, "ms": _INT, "side": _TEXT, "tool_ms": _INT}

CALL_COLUMNS: Columns = MappingProxyType({
    "call_id": _TEXT, "label": _TEXT, "status": _TEXT, "error": _TEXT, "started_at": _TIME, "link": _TEXT,
    "turns": _INT, "timed": _INT, "untimed": _INT, "other": _INT, "unordered": _INT, "doubtful": _INT,
    "backchannels": _INT, "first_start_ms": _INT, "last_end_ms": _INT, "duration_ms": _INT, "first_word_ms": _INT,
    "overlap_ms": _INT, "silence_ms": _INT, "assistant": _SIDE, "user": _SIDE, "moments": (_MOMENT,), "marks": (_INT,),
})  # fmt: skip
"""The facts of a call, then its figures as ``insights --json`` has them, then the turns that the user has marked."""

TURN_COLUMNS: Columns = MappingProxyType({
    "call_id": _TEXT, "label": _TEXT, "status": _TEXT, "started_at": _TIME, "duration_ms": _INT,
    "turn": _INT, "speaker": _TEXT, "role": _TEXT, "start_ms": _INT, "end_ms": _INT, "text": _TEXT,
    "tools": ({"name": _TEXT, "arguments": _TEXT, "result": _TEXT, "has_failed": _FLAG, "error": _TEXT},),
    "offset_ms": _INT, "floor": _TEXT, "tool_ms": _INT, "response_ms": _INT, "is_slow": _FLAG, "moments": (_TEXT,),
    "is_marked": _FLAG, "link": _TEXT,
})  # fmt: skip
"""The facts of the call, the turn as csv has it, its tool calls, its timing as csv has it, its mark and its link."""
