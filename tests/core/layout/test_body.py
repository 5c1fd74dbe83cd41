"""Structures folded to a line and unfolded as trees: the same text, the same offsets, and no hit out of sight."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout import Layout, Line, Look, TimeLabels, TranscriptLayout
from tui.core.layout.block import Block
from tui.core.layout.folds import Folds
from tui.core.layout.tree import MOST_DEPTH, MOST_ENTRIES
from tui.core.text import cell_len
from tui.core.transcript import Transcript, Turn


def block_of(turn: Turn, *, unfolded: bool, width: int = 120) -> Block:
    page = TranscriptLayout(Transcript("c", (turn,)))
    page.arrange(Layout.CHAT, width, TimeLabels())
    page.fold(Folds(unfolded))
    return page.block(0)


def drawn(block: Block, line: Line) -> str:
    texts = (
        block.content.body[part.start : part.end] if part.instead is None else part.instead for part in line.drawn()
    )
    return " " * line.indent + "".join(texts)


def text_of(turn: Turn, *, unfolded: bool, width: int = 120) -> list[str]:
    """The lines of a turn's text as they are drawn, without blanks at their ends."""
    block = block_of(turn, unfolded=unfolded, width=width)
    return [drawn(block, line).rstrip() for line in block.lines if line.span is not None]


def tool(text: str = "", role: str = "assistant", **call: Any) -> Turn:
    return Turn(0, role, text, extra={"tool_calls": [call]})


LOOKUP = tool("One moment.", name="lookup", arguments={"dob": "1984", "in": [1, {"a": 2, "b": []}]}, result={"n": 2})


@pytest.mark.parametrize("answer", [{"error": {"": -(10**18)}, "result": [None]}, {"result": '{"": 123 }'}])
def test_no_line_of_a_tree_ends_with_blanks(answer: dict[str, Any]) -> None:
    block = block_of(tool(name="", **answer), unfolded=True, width=42)
    lines = [drawn(block, line) for line in block.lines if line.span is not None][1:]
    assert lines[1:]
    assert [line for line in lines if line.endswith(" ")] == []


def test_a_folded_tool_call_is_one_line() -> None:
    assert text_of(LOOKUP, unfolded=False) == [
        "One moment.",
        '▸ lookup {"dob": "1984", "in": [1, {"a": 2, "b": []}]} → {"n": 2}',
    ]


def test_a_folded_line_is_shortened_to_its_width() -> None:
    call: Any = {
        "name": "lookup_patient",
        "arguments": {"name": "x" * 90},
        "result": [{"id": 1}, {"id": 2, "of": "y" * 90}],
    }
    assert text_of(tool(**call), unfolded=False) == [f'▸ lookup_patient {{"name": "{"x" * 36}… → 2 results']
    assert text_of(tool(name="say", result="y" * 90), unfolded=False) == [f"▸ say → {'y' * 67}…"]
    assert text_of(tool(name="say", arguments="x" * 90, error="z" * 90), unfolded=False) == [
        f"▸ say {'x' * 32}… → failed: {'z' * 25}…"
    ]


def test_an_unfolded_tool_call_is_a_tree() -> None:
    assert text_of(LOOKUP, unfolded=True) == [
        "One moment.",
        "▾ lookup",
        '  dob: "1984"',
        "  in:",
        "    - 1",
        "    - a: 2",
        "      b: []",
        "  →",
        "    n: 2",
    ]


def test_each_structure_of_a_turn_has_its_own_tree() -> None:
    turn = Turn(0, "user", "", extra={"tool_calls": ["hang_up", {"name": "a", "args": [1]}], "handoff": {"queue": "b"}})
    assert text_of(turn, unfolded=False) == ["· hang_up", "▸ a [1]", '▸ handoff {"queue": "b"}']
    assert text_of(turn, unfolded=True) == ["· hang_up", "▾ a", "  - 1", "▾ handoff", '  queue: "b"']


def test_a_structure_without_members_that_fits_is_not_folded() -> None:
    turn = Turn(
        0, "user", "", extra={"interrupted": True, "final": False, "tool_calls": [{"name": "a", "result": "ok"}]}
    )
    for unfolded in (True, False):
        assert text_of(turn, unfolded=unfolded) == ["· a → ok", "· interrupted · not final"]


def test_long_values_are_wrapped_below_their_entry() -> None:
    lines = text_of(tool(name="a", args={"why": "word " * 30}), unfolded=True, width=60)
    assert lines[0] == "▾ a"
    assert lines[1].startswith('  why: "word')
    assert all(line.startswith("    word") for line in lines[2:])


@pytest.mark.parametrize("indent", [None, 2])
def test_the_json_text_of_a_tool_is_folded(indent: int | None) -> None:
    said = json.dumps({"charges": [{"id": 1, "at": "08:14"}, {"id": 2}], "ok": True}, indent=indent)
    (folded,) = text_of(Turn(0, "tool", said), unfolded=False)
    assert folded.startswith("▸ {")
    assert text_of(Turn(0, "tool", said), unfolded=True) == [
        "▾ charges:",
        "    - id: 1",
        '      at: "08:14"',
        "    - id: 2",
        "  ok: true",
    ]
    assert text_of(Turn(0, "user", "[1, 2]"), unfolded=True) == ["[1, 2]"]


@pytest.mark.parametrize("text", ['{"a": 1', "[[[[[[[[[[[[1", "}{", '{"a": nope}', "[" * 5_000, '{"a": "\\"'])
def test_invalid_json_stays_text(text: str) -> None:
    lines = text_of(tool(name="a", arguments=text), unfolded=True, width=200)
    assert "".join(lines).replace(" ", "").endswith(text.replace(" ", ""))


def test_a_failure_has_its_own_look_from_its_beginning() -> None:
    call: Any = {"name": "track", "arguments": {"of": "→ failed"}, "error": {"code": 5}}
    for unfolded in (True, False):
        block = block_of(tool("Hm.", **call), unfolded=unfolded)
        parts = [part for line in block.lines for part in line.drawn()]
        looks = [block.content.look(part.start) for part in parts]
        failed = [part.start for part, look in zip(parts, looks, strict=True) if look is Look.FAILURE]
        assert block.content.body[failed[0] :] == '→ failed: {"code": 5}'
        assert looks[0] is Look.WORDS


def test_depth_and_entries_are_bounded() -> None:
    deep: Any = "end"
    for _ in range(400):
        deep = {"a": [deep]}
    lines = text_of(tool(name="x", args=deep), unfolded=True)
    assert len(lines) < MOST_DEPTH + 2 * 400 * 8 // 40
    assert any("end" in line for line in lines)
    many = text_of(tool(name="x", args=dict.fromkeys(map(str, range(5_000)), 1)), unfolded=True)
    assert MOST_ENTRIES < len(many) < MOST_ENTRIES + 1_000
    assert any('"4999": 1' in line for line in many)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
CALLS = st.fixed_dictionaries(
    {"name": st.text(max_size=40)},
    optional={"arguments": VALUES, "result": VALUES, "error": VALUES, "more": VALUES},
)
TURNS = st.builds(
    lambda role, text, calls, more: Turn(0, role, text, extra={"tool_calls": calls, "more": more}),
    st.sampled_from(["user", "assistant", "tool"]),
    st.text(max_size=40) | VALUES.map(json.dumps),
    st.lists(CALLS, max_size=3),
    VALUES,
)


@given(TURNS, st.integers(20, 140), st.booleans())
def test_every_character_is_on_a_line_folded_or_not(turn: Turn, width: int, unfolded: bool) -> None:
    block = block_of(turn, unfolded=unfolded, width=width)
    body, spans = block.content.body, block.spans
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(body[at].isspace() for at in range(len(body)) if at not in covered)
    for line in range(block.height):
        assert block.line_of(block.offset_at(line)) == line


@given(TURNS, st.integers(20, 140), st.booleans())
def test_the_parts_of_a_line_are_its_span_and_fit(turn: Turn, width: int, unfolded: bool) -> None:
    block = block_of(turn, unfolded=unfolded, width=width)
    cells = max(1, min(76, width * 2 // 3 - 2))
    for line in block.lines:
        if line.span is None:
            continue
        parts = line.drawn()
        assert (parts[0].start, parts[-1].end) == line.span
        assert all(one.end == other.start for one, other in pairwise(parts))
        assert cell_len(drawn(block, line)) <= cells or cells < 24


@given(TURNS)
def test_folded_a_structure_is_one_line_of_the_same_text(turn: Turn) -> None:
    folded, unfolded = (block_of(turn, unfolded=unfolded) for unfolded in (False, True))
    assert folded.content.body == unfolded.content.body
    structures = folded.content.structures
    assert folded.spans[len(folded.spans) - len(structures) :] == [each[:2] for each in structures]


@given(TURNS, st.integers(20, 140))
def test_a_tree_leaves_out_only_the_punctuation_of_json(turn: Turn, width: int) -> None:
    block = block_of(turn, unfolded=True, width=width)
    for line in block.lines:
        for part in line.drawn():
            left_out = block.content.body[part.start : part.end] if part.instead is not None else ""
            assert set(left_out.strip()) <= set('{}[],"▸·')
