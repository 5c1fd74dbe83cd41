"""What is shown of a turn: its words, and what else it carries on lines below them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.wire import parse_transcript
from tui.core.shown import Shown, ShownTexts, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Turn


def carried(text: str = "", role: str = "assistant", **extra: Any) -> list[str]:
    """The lines of a turn as sent."""
    body = json.dumps([{"role": role, "text": text, **extra}]).encode()
    return shown(parse_transcript(body, call_id="c").turns[0]).text.split("\n")


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ({"name": "find", "args": {"id": "B-2"}}, '▸ find {"id": "B-2"}'),
        ({"name": "find", "arguments": {"id": 2}, "result": {"n": 1}}, '▸ find {"id": 2} → {"n": 1}'),
        ({"name": "find", "result": "two\nslots"}, "▸ find → two slots"),
        ({"name": "find", "error": "timed out"}, "▸ find → failed: timed out"),
        ({"name": "find", "is_error": True, "result": {"why": "gone"}}, '▸ find → failed: {"why": "gone"}'),
        ({"name": "find", "is_error": True}, "▸ find → failed"),
        ({"name": "find", "is_error": False, "error": None, "result": "ok"}, "▸ find → ok"),
        ({"name": "find", "status": "failed"}, "▸ find → failed"),
        ({"name": "find", "status": "TIMEOUT"}, "▸ find → failed"),
        ({"name": "find", "status": "timed-out"}, "▸ find → failed"),
        ({"name": "find", "error": "none", "result": 1}, "▸ find → 1"),
        ({"name": "find", "success": "false"}, "▸ find → failed · success false"),
        ({"name": "find", "success": "", "ok": None, "result": 1}, "▸ find → 1"),
        ({"name": "find", "ok": False}, "▸ find → failed · ok false"),
        ({"name": "find", "ok": {"n": 1}}, '▸ find · ok {"n": 1}'),
        ({"name": "find", "status": "Completed", "result": 1}, "▸ find → 1"),
        ({"name": "find", "status": "pending"}, "▸ find · status pending"),
        ({"name": "find", "success": False}, "▸ find → failed · success false"),
        ({"name": "find", "is_error": "false", "result": 1}, "▸ find → 1"),
        ({"name": "find", "args": {}, "t_ms": 1200, "id": "x"}, "▸ find · t_ms 1200"),
        ({"id": "tc", "type": "function", "function": {"name": "find", "arguments": '{"a": 1}'}}, '▸ find {"a": 1}'),
        ({"arguments": [1]}, "▸ tool [1]"),
        ("find", "▸ find"),
    ],
)
def test_a_tool_call_is_one_line(call: Any, line: str) -> None:
    assert carried("One moment.", tool_calls=[call]) == ["One moment.", line]
    assert carried(tool_call=call) == [line]


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({"name": "find", "is_error": True, "result": {"n": 0}}, ['▸ find → failed: {"n": 0}']),
        ({"name": "find", "tool_call_id": "tc"}, ["▸ find"]),
        ({"name": "find", "output": "ok", "final": True}, ["▸ find → ok"]),
        ({"name": "find", "interrupted": True, "x": [1]}, ["▸ find", "· interrupted", "· x [1]"]),
    ],
)
def test_a_tool_result_is_one_line(fields: dict[str, Any], lines: list[str]) -> None:
    assert carried(role="tool", **fields) == lines
    assert carried("42 found", "tool", **fields) == ["42 found", *lines]


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({"interrupted": True}, ["· interrupted"]),
        ({"interrupted": {"at_ms": 300}}, ['· interrupted {"at_ms": 300}']),
        ({"final": False, "interrupted": True}, ["· interrupted · not final"]),
        ({"final": True, "interrupted": False, "seq": 4, "confidence": 0.3, "name": "Bob", "tool_calls": []}, []),
        ({"error": "no voice"}, ["· failed: no voice"]),
        ({"is_error": True}, ["· failed"]),
        ({"handoff": {"queue": "a"}, "words": [1]}, ['· handoff {"queue": "a"}', "· words [1]"]),
    ],
)
def test_flags_are_shown_below_the_text(fields: dict[str, Any], lines: list[str]) -> None:
    assert carried("hello", "user", **fields) == ["hello", *lines]


def test_other_values_are_shown_if_there_is_nothing_else() -> None:
    assert carried(role="dtmf", digit="5", seq=3) == ["· digit 5"]
    assert carried(role="user", seq=3) == [""]


def test_content_parts_with_tool_calls_are_structures() -> None:
    content = [
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "t", "name": "find", "input": {"id": "B-2"}},
        {"type": "tool_result", "tool_use_id": "t", "content": "gone", "is_error": True},
        {"type": "image", "url": "x"},
    ]
    body = {"role": "assistant", "content": content}
    turn = parse_transcript(json.dumps([body]).encode(), call_id="c").turns[0]
    assert shown(turn).text.split("\n") == [
        *("Let me see.", "[image]"),
        *('▸ find {"id": "B-2"}', "▸ tool → failed: gone"),
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["tool_calls", "function_call", "name", "result", "error", "is_error", "interrupted", "final", "input", "x"]
)


@given(st.text(max_size=9), st.sampled_from(["user", "tool"]), st.dictionaries(KEYS, VALUES | st.lists(VALUES)))
def test_every_structure_is_safe_to_show(text: str, speaker: str, extra: dict[str, Any]) -> None:
    made = shown(Turn(0, speaker, text, extra=extra))
    assert all(line and line == safe_line(line) for line in made.structures)
    assert safe(made.text) == made.text
    assert not made.words.isspace()
    assert made.text.startswith(made.words)


def test_texts_are_cached_only_if_they_differ() -> None:
    turns = [Turn(0, "user", "plain"), Turn(1, "user", "a\x1b[2Jb"), Turn(2, "user", "  ")]
    texts = ShownTexts(turns)
    assert texts[0:3] == ["plain", "a␛b", ""]
    assert texts[0] is turns[0].text
    assert texts.of(1) is texts.of(1)
    assert texts.of(2) == Shown("")
