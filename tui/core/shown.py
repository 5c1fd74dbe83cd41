"""What is shown of a turn: its text, and below it its structures (such as tool calls), one per line.

View, search, clipboard, library and exports all read a turn through ``shown``, so that what can
be found can be seen, and what can be seen can be copied. Raw fields are left to the JSON and CSV exports. Styles
and line breaks are decided elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, overload

from tui.core.text import safe, safe_line
from tui.core.transcript import Turn

_TOOL_ROLES = frozenset(("tool", "function", "tool_call", "tool_result"))
NO_TEXT = "(no text)"
"""Shown for a turn without anything to show."""

_CALLS = ("tool_calls", "tool_call", "function_calls", "function_call")
_NAMES = ("name", "tool_name", "function_name", "tool")
_ARGUMENTS = ("arguments", "args", "input", "parameters")
_RESULTS = ("result", "output", "response")
_ERRORS = ("error", "is_error")
_FAILED = frozenset(("failed", "failure", "error", "timeout", "timed out"))
_SUCCEEDED = frozenset(("ok", "success", "succeeded", "completed", "complete", "done"))
"""A status of a tool call that adds nothing to its result; any other one is shown."""
_FALSE = frozenset(("false", "no", "0"))
_UNSET = frozenset(("", "none", "null"))
"""Texts of a flag that is false, and of one that tells nothing."""
_SUCCESS_FLAGS = ("success", "ok")
_FLAGS = ("interrupted", "final", "is_final")
_OF_TOOL = (*_NAMES, *_ARGUMENTS, *_RESULTS, *_ERRORS)
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_BOOKKEEPING = frozenset(("id", "type", "index", "seq", "object", "call_id", "tool_call_id", "tool_use_id"))
"""Fields that are mere identifiers; the JSON export has them."""


class Shown(NamedTuple):
    """What is shown of a turn.

    Attributes:
        words: The text, safe to show; empty if nothing of it is visible.
        structures: Other content of the turn, each on one safe line.
    """

    words: str
    structures: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words, and the structures on their own lines below; may be empty."""
        return "\n".join(filter(None, (self.words, *self.structures))) if self.structures else self.words


def shown(turn: Turn) -> Shown:
    """The words of a turn and its structures: tool calls, failures, interruptions, other parts.

    Other plain values, such as a sequence number, are shown only where there is nothing else to show.
    """
    words = safe(turn.text)
    if not turn.extra:
        return Shown("" if words.isspace() else words)
    words = words.rstrip()
    lines = tuple(line for line, _ in _structure_lines(turn))
    if not words and not lines:
        lines = tuple(filter(None, (safe_line(_values(_without(turn.extra, _FLAGS, (turn.text_key,)))),)))
    return Shown(words, lines)


def failures(turn: Turn) -> frozenset[int]:
    """The indexes of the structures of a turn that report a failure."""
    return frozenset(place for place, (_, failed) in enumerate(_structure_lines(turn)) if failed)


def _structure_lines(turn: Turn) -> list[tuple[str, bool]]:
    """The structures of a turn, each on one safe line, and whether it reports a failure."""
    return [(line, failed) for text, failed in _structures(turn) if (line := safe_line(text))]


class ShownTexts(Sequence[str]):
    """The shown text of each turn, computed on first access.

    Args:
        turns: The turns. Nothing is cached for turns shown exactly as sent.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._altered: dict[int, Shown] = {}

    def __len__(self) -> int:
        return len(self._turns)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        kept = self._altered.get(index)
        if kept is not None:
            return kept.text
        turn = self._turns[index]
        text = turn.text
        if not turn.extra and text.isascii() and text.isprintable() and not text.isspace():
            return text  # fast path for nearly all: repeated searches must be cheap
        return self.of(index).text

    def of(self, index: int) -> Shown:
        """What is shown of a turn."""
        kept = self._altered.get(index)
        if kept is not None:
            return kept
        turn = self._turns[index]
        made = shown(turn)
        if made.structures or made.words is not turn.text:
            self._altered[index] = made
        return made


def _structures(turn: Turn) -> Iterator[tuple[str, bool]]:
    """The structures of a turn, each on one line, and whether it reports a failure; not yet safe to show."""
    fields = _without(turn.extra, (turn.text_key,))
    for part in _list_of(turn.extra.get(turn.text_key)):
        if is_tool_part(part):
            yield _tool_line(part, (*_RESULTS, "content"))
    for call in (call for key in _CALLS for call in _list_of(fields.pop(key, None))):
        is_whole = isinstance(call, Mapping)
        yield _tool_line(call, (*_RESULTS, "content")) if is_whole else (f"▸ {_value(call)}", False)
    if _is_of_tool(turn.speaker, fields):
        known = _without(fields, _FLAGS)
        yield _tool_line({key: known[key] for key in known if key in _OF_TOOL or key == "status"}, _RESULTS)
        fields = _without(fields, _OF_TOOL)
    yield _flags(fields), _tells_error(fields)
    for key, value in _without(fields, _FLAGS, _ERRORS).items():
        if isinstance(value, Mapping | list) and value:
            yield f"· {key} {_value(value)}", False


def has_failed(turn: Turn) -> bool:
    """Whether a turn reports a failure, of its own or of a tool call."""
    return _tells_error(turn.extra) or any(map(_has_failed, _tool_fields(turn)))


def _tells_error(fields: Mapping[str, Any]) -> bool:
    """Whether one of the fields for errors is set."""
    values = (fields.get(key) for key in _ERRORS)
    return any(_words(value) not in _FALSE | _UNSET if isinstance(value, str) else bool(value) for value in values)


def _words(value: Any) -> str:
    """A flag or a status as words in lower case; empty if it is neither a text nor a truth value."""
    return re.sub(r"[\s_-]+", " ", str(value).lower()).strip() if isinstance(value, str | bool) else ""


class ToolCall(NamedTuple):
    """A tool call, or the result of one, as a turn has it; not yet safe to show.

    Attributes:
        name: The name of the tool; None if it is not sent.
        arguments: Its arguments as sent, often JSON in a string; None without any.
        result: What it answered, as sent; None without an answer.
        has_failed: Whether it reports a failure.
        error: Why it failed, as sent; None where it does not say so.
    """

    name: str | None
    arguments: Any
    result: Any
    has_failed: bool
    error: Any = None


def tool_words(call: Mapping[str, Any]) -> tuple[str, bool]:
    """A tool call on one safe line: "▸ name arguments → result"; and whether it failed."""
    line, failed = _tool_line(call, (*_RESULTS, "content"))
    return safe_line(line), failed


def tool_calls(turn: Turn) -> list[ToolCall]:
    """The tool calls and results of a turn, in the order sent."""
    if not turn.extra:
        return []
    return [
        ToolCall(
            _value(_first(fields, (*_NAMES, "function"))) or None,
            _first(fields, _ARGUMENTS),
            _first(fields, _RESULTS),
            _has_failed(fields),
            _reason(fields),
        )
        for fields in _tool_fields(turn)
    ]


def _tool_fields(turn: Turn) -> list[Mapping[str, Any]]:
    """The fields of the tool calls of a turn, flattened."""
    fields = turn.extra
    calls = [part for part in _list_of(fields.get(turn.text_key)) if is_tool_part(part)]
    calls += [call for key in _CALLS for call in _list_of(fields.get(key)) if isinstance(call, Mapping)]
    if _is_of_tool(turn.speaker, fields):
        calls.append(fields)
    return [_fields_of(call) for call in calls]


def is_tool_part(part: Any) -> bool:
    """Whether a content part is a tool call or a tool result."""
    kind = part.get("type") if isinstance(part, Mapping) else None
    return isinstance(kind, str) and any(word in kind for word in ("tool", "function"))


def is_tool_role(speaker: str) -> bool:
    """Whether a role name is that of a turn which a tool has written."""
    return speaker.strip().lower() in _TOOL_ROLES


def _is_of_tool(speaker: str, fields: Mapping[str, Any]) -> bool:
    """Whether a turn is a tool call or a tool result."""
    if not any(key in fields for key in _OF_TOOL):
        return False
    named = any(key in fields for key in _NAMES) and any(key in fields for key in (*_ARGUMENTS, *_RESULTS))
    return named or "result" in fields or "tool_call_id" in fields or is_tool_role(speaker)


def _tool_line(call: Mapping[str, Any], results: Sequence[str]) -> tuple[str, bool]:
    """A tool call: "▸ name arguments → result", or "→ failed: why", followed by other fields; whether it failed."""
    fields = _fields_of(call)
    name = _first(fields, (*_NAMES, "function")) or "tool"
    result = _value(_first(fields, results))
    words = [f"▸ {_value(name)}", _value(_first(fields, _ARGUMENTS))]
    if failed := _has_failed(fields):
        why = " ".join(filter(None, (_value(_reason(fields)), result)))
        words.append(f"→ failed: {why}" if why else "→ failed")
    elif result:
        words.append(f"→ {result}")
    rest = _without(fields, _OF_TOOL, results, ("function",))
    if _words(fields.get("status")) in _FAILED | _SUCCEEDED:
        rest.pop("status", None)
    return " ".join(filter(None, (*words, _values(rest)))), failed


def _fields_of(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a tool call, flattened."""
    inner = call.get("function")  # OpenAI's shape
    return {**_without(call, ("function",)), **inner} if isinstance(inner, Mapping) else call


def _has_failed(fields: Mapping[str, Any]) -> bool:
    is_unsuccessful = any(_words(fields.get(key)) in _FALSE for key in _SUCCESS_FLAGS)
    return _tells_error(fields) or _words(fields.get("status")) in _FAILED or is_unsuccessful


def _reason(fields: Mapping[str, Any]) -> Any:
    """Why a tool call failed, as sent; None where a flag alone says that it did."""
    error = fields.get("error")
    return error if error and error is not True else None


def _flags(fields: Mapping[str, Any]) -> str:
    """The flags of a turn: "· interrupted · not final"."""
    words = []
    if interrupted := fields.get("interrupted"):
        words.append("interrupted" if interrupted is True else f"interrupted {_value(interrupted)}")
    if any(fields.get(key) is False for key in ("final", "is_final")):
        words.append("not final")
    if _tells_error(fields):
        reason = _reason(fields)
        words.append("failed" if reason is None else f"failed: {_value(reason)}")
    return " ".join(f"· {word}" for word in words)


def _values(fields: Mapping[str, Any]) -> str:
    """Other values with their names: "· digit 5 · t_ms 300"."""
    relevant = {key: value for key, value in fields.items() if key not in _BOOKKEEPING and value not in _NOTHING}
    return " ".join(f"· {key} {_value(value)}" for key, value in relevant.items())


def _without(fields: Mapping[str, Any], *names: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if not any(key in some for some in names)}


def _first(fields: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """The first non-empty value of some keys."""
    return next((fields[key] for key in keys if fields.get(key) not in _NOTHING), None)


def _list_of(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _value(value: Any) -> str:
    """A value as text: a string unchanged, anything else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
